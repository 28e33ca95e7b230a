//! The legend: which names a figure has, how each of them looks, and where it stands.
//!
//! Knows nothing about panels.

use crate::palette::Look;
use crate::svg::{Anchor, Style, Svg};

const ROW: f64 = 22.0;
/// Length of a sample of a line.
const SAMPLE: f64 = 30.0;
/// Width of a sample and of the spaces around its text.
const SPACE: f64 = 62.0;

/// Distinct names in order of appearance.
pub struct Legend {
    names: Vec<(String, Look)>,
}

impl Legend {
    /// Names with the names that they are controls of; empty names have no place. A control takes
    /// the colour of its principal.
    pub fn of<'a>(names: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Legend {
        let mut legend = Legend { names: Vec::new() };
        let mut principals = 0;
        for (name, principal) in names.filter(|(name, _)| !name.is_empty()) {
            if legend.find(name).is_some() {
                continue;
            }
            let look = principal
                .and_then(|principal| legend.find(principal))
                .map(Look::of_control);
            let look = look.unwrap_or_else(|| {
                principals += 1;
                Look::at(principals - 1)
            });
            legend.names.push((name.to_owned(), look));
        }
        legend
    }

    /// How a name looks; one without a name looks like the first.
    pub fn look(&self, name: &str) -> Look {
        self.find(name).unwrap_or(Look::at(0))
    }

    /// Height in pixels within a given width.
    pub fn height(&self, width: f64) -> f64 {
        self.places(width)
            .last()
            .map_or(0.0, |(_, row)| (row + 1) as f64 * ROW)
    }

    /// Draws it below and to the right of `corner`.
    pub fn draw(&self, svg: &mut Svg, corner: (f64, f64), width: f64) {
        for ((name, look), (left, row)) in self.names.iter().zip(self.places(width)) {
            let (left, middle) = (corner.0 + left, corner.1 + 8.0 + row as f64 * ROW);
            svg.polyline(&[(left, middle), (left + SAMPLE, middle)], *look, 2.2, 1.0);
            svg.marker((left + SAMPLE / 2.0, middle), *look);
            let name = fitted(name, width);
            svg.text(
                left + SAMPLE + 8.0,
                middle + 4.5,
                Style::Label,
                Anchor::Start,
                &name,
            );
        }
    }

    fn find(&self, name: &str) -> Option<Look> {
        self.names
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, look)| *look)
    }

    /// Left ends and rows, wrapped; none where there is nothing to tell apart.
    fn places(&self, width: f64) -> Vec<(f64, usize)> {
        let (mut left, mut row) = (0.0, 0);
        let place = |(name, _): &(String, Look)| {
            let needed = Style::Label.width(&fitted(name, width)) + SPACE;
            if left > 0.0 && left + needed > width {
                (left, row) = (0.0, row + 1);
            }
            left += needed;
            (left - needed, row)
        };
        let names = if self.names.len() < 2 {
            &[]
        } else {
            self.names.as_slice()
        };
        names.iter().map(place).collect()
    }
}

fn fitted(name: &str, width: f64) -> String {
    Style::Label.fitted(name, width - SPACE)
}
