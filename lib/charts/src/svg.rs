//! A writer of SVG elements. Knows nothing about charts.

use std::fmt::Write;

use crate::palette::{GROUND, INK, Look, MUTED, Marker};

/// Tried in this order; the first is the one that PNGs are drawn with.
const FONTS: &str = "Ubuntu, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/// An SVG document that grows element by element.
pub struct Svg {
    text: String,
}

/// How a text stands at its position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// The few kinds of text that a figure has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Style {
    Title,
    Heading,
    Label,
    Muted,
}

impl Style {
    pub fn size(self) -> f64 {
        match self {
            Style::Title => 18.0,
            Style::Heading => 14.5,
            Style::Label => 13.0,
            Style::Muted => 12.0,
        }
    }

    fn colour(self) -> &'static str {
        match self {
            Style::Muted => MUTED,
            _ => INK,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Style::Title | Style::Heading => "strong",
            Style::Label => "label",
            Style::Muted => "muted",
        }
    }

    /// Width of a text in pixels, from the widths of the classes of letters; within a tenth of the
    /// truth for common sans-serif fonts, and rather too wide.
    pub fn width(self, text: &str) -> f64 {
        text.chars().map(relative_width).sum::<f64>() * self.size()
    }

    /// The text, or as much of it as fits into `width` pixels, with an ellipsis.
    pub fn fitted(self, text: &str, width: f64) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let room = width - self.width("…");
        let mut used = 0.0;
        let fits = |letter: &char| {
            used += relative_width(*letter) * self.size();
            used <= room
        };
        text.chars().take_while(fits).chain(['…']).collect()
    }
}

/// Advance over font size.
fn relative_width(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ':' | ';' | '!' => 0.27,
        ' ' | 'f' | 'r' | 't' | '(' | ')' | '[' | ']' | '-' | '/' => 0.36,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.88,
        letter if letter.is_ascii_uppercase() => 0.67,
        letter if letter.is_ascii() => 0.57,
        // Chinese, Japanese and Korean letters are as wide as they are high.
        letter if u32::from(letter) >= 0x2E80 => 1.0,
        _ => 0.6,
    }
}

impl Svg {
    pub fn new(width: f64, height: f64, ground: &str) -> Svg {
        let text = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" \
             viewBox=\"0 0 {0} {1}\" font-family=\"{FONTS}\">\n\
             <rect width=\"{0}\" height=\"{1}\" fill=\"{ground}\"/>\n",
            short(width),
            short(height)
        );
        Svg { text }
    }

    pub fn finish(mut self) -> String {
        self.text.push_str("</svg>\n");
        self.text
    }

    pub fn text(&mut self, x: f64, y: f64, style: Style, anchor: Anchor, content: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let weight = if style.class() == "strong" {
            " font-weight=\"600\""
        } else {
            ""
        };
        self.element(format_args!(
            "<text class=\"{}\" x=\"{}\" y=\"{}\" font-size=\"{}\"{weight} fill=\"{}\" \
             text-anchor=\"{anchor}\">{}</text>",
            style.class(),
            short(x),
            short(y),
            style.size(),
            style.colour(),
            escaped(content)
        ));
    }

    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        self.element(format_args!(
            "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"{colour}\" \
             stroke-width=\"{width}\"/>",
            short(from.0),
            short(from.1),
            short(to.0),
            short(to.1)
        ));
    }

    pub fn polyline(&mut self, points: &[(f64, f64)], look: Look, width: f64, opacity: f64) {
        let dashes = if look.dashed {
            " stroke-dasharray=\"6 5\""
        } else {
            ""
        };
        self.element(format_args!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" \
             stroke-opacity=\"{opacity}\" stroke-linejoin=\"round\" stroke-linecap=\"round\"{dashes}/>",
            listed(points),
            look.colour
        ));
    }

    pub fn polygon(&mut self, points: &[(f64, f64)], colour: &str, opacity: f64) {
        self.element(format_args!(
            "<polygon points=\"{}\" fill=\"{colour}\" fill-opacity=\"{opacity}\"/>",
            listed(points)
        ));
    }

    pub fn rect(&mut self, corner: (f64, f64), size: (f64, f64), colour: &str) {
        self.element(format_args!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{colour}\"/>",
            short(corner.0),
            short(corner.1),
            short(size.0),
            short(size.1)
        ));
    }

    pub fn marker(&mut self, at: (f64, f64), look: Look) {
        let (x, y) = at;
        let paint = if look.dashed {
            format!(
                "fill=\"{GROUND}\" stroke=\"{}\" stroke-width=\"1.6\"",
                look.colour
            )
        } else {
            format!("fill=\"{}\"", look.colour)
        };
        let corners: &[(f64, f64)] = match look.marker {
            Marker::Circle => {
                let (x, y) = (short(x), short(y));
                return self.element(format_args!(
                    "<circle cx=\"{x}\" cy=\"{y}\" r=\"3.6\" {paint}/>"
                ));
            }
            Marker::Square => &[(-3.3, -3.3), (3.3, -3.3), (3.3, 3.3), (-3.3, 3.3)],
            Marker::Triangle => &[(0.0, -4.4), (4.2, 3.2), (-4.2, 3.2)],
            Marker::Diamond => &[(0.0, -4.6), (4.6, 0.0), (0.0, 4.6), (-4.6, 0.0)],
        };
        let points: Vec<_> = corners.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        self.element(format_args!(
            "<polygon points=\"{}\" {paint}/>",
            listed(&points)
        ));
    }

    fn element(&mut self, element: std::fmt::Arguments) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{element}");
    }
}

fn listed(points: &[(f64, f64)]) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{},{}", short(*x), short(*y)))
        .collect();
    points.join(" ")
}

/// A tenth of a pixel is as exact as eyes are.
fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            // Control characters are not allowed in XML at all.
            letter if letter.is_control() => result.push('\u{FFFD}'),
            letter => result.push(letter),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            escaped("a<b & \"c\"\u{1}"),
            "a&lt;b &amp; &quot;c&quot;\u{FFFD}"
        );
    }

    #[test]
    fn long_text_is_cut_with_an_ellipsis() {
        let fitted = Style::Label.fitted("a very long label indeed", 80.0);
        assert!(
            fitted.ends_with('…') && Style::Label.width(&fitted) <= 80.0,
            "{fitted}"
        );
        assert_eq!(Style::Label.fitted("short", 80.0), "short");
    }
}
