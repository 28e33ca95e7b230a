//! A figure: a title, one legend, and panels in a grid. Knows nothing about what panels draw.

use crate::bars::Bars;
use crate::lines::Lines;
use crate::palette::{GROUND, Look};
use crate::panel::Area;
use crate::svg::{Anchor, Style, Svg};

/// Panels that share a legend.
#[derive(Debug, Clone)]
pub struct Figure {
    pub title: String,
    /// One line under the title, e.g. what the bands are.
    pub subtitle: String,
    pub panels: Vec<Panel>,
}

/// What a figure is made of.
#[derive(Debug, Clone)]
pub enum Panel {
    Lines(Lines),
    Bars(Bars),
}

const MARGIN: f64 = 24.0;
const GAP: f64 = 28.0;
const LEGEND_ROW: f64 = 22.0;
/// Width of a legend's sample and the spaces around its text.
const LEGEND_SPACE: f64 = 58.0;

/// One name of the legend and where it stands.
struct Entry {
    label: String,
    left: f64,
    row: usize,
}

impl Figure {
    /// The whole figure as an SVG document.
    pub fn to_svg(&self) -> String {
        let (columns, size) = self.grid();
        let rows = self.panels.len().div_ceil(columns);
        let width = 2.0 * MARGIN + columns as f64 * (size.0 + GAP) - GAP;
        let entries = self.legend(width);
        let top = self.head_height(&entries);
        let height = top + rows as f64 * (size.1 + GAP) - GAP + MARGIN / 2.0;
        let mut svg = Svg::new(width, height, GROUND);
        self.head(&mut svg, &entries, width);
        let labels = self.labels();
        let look =
            |label: &str| Look::at(labels.iter().position(|known| known == label).unwrap_or(0));
        for (place, panel) in self.panels.iter().enumerate() {
            let (column, row) = ((place % columns) as f64, (place / columns) as f64);
            let (left, top) = (MARGIN + column * (size.0 + GAP), top + row * (size.1 + GAP));
            panel.draw(
                &mut svg,
                Area {
                    left,
                    top,
                    width: size.0,
                    height: size.1,
                },
                &look,
            );
        }
        svg.finish()
    }

    /// Columns, and the size of a panel: one large, two wide, or three to a row.
    fn grid(&self) -> (usize, (f64, f64)) {
        match self.panels.len() {
            0 | 1 => (1, (720.0, 420.0)),
            2 | 4 => (2, (480.0, 320.0)),
            _ => (3, (380.0, 270.0)),
        }
    }

    /// Distinct labels in order of appearance.
    fn labels(&self) -> Vec<String> {
        let mut labels: Vec<String> = Vec::new();
        for panel in &self.panels {
            for label in panel.labels() {
                if !label.is_empty() && !labels.iter().any(|known| known == label) {
                    labels.push(label.to_owned());
                }
            }
        }
        labels
    }

    /// Entries from left to right, wrapped; none where there is nothing to tell apart.
    fn legend(&self, width: f64) -> Vec<Entry> {
        let labels = self.labels();
        if labels.len() < 2 {
            return Vec::new();
        }
        let (mut left, mut row) = (MARGIN, 0);
        let mut entries = Vec::new();
        for label in labels {
            let label = Style::Label.fitted(&label, width - 2.0 * MARGIN - LEGEND_SPACE);
            let needed = Style::Label.width(&label) + LEGEND_SPACE;
            if left > MARGIN && left + needed > width - MARGIN {
                (left, row) = (MARGIN, row + 1);
            }
            entries.push(Entry { label, left, row });
            left += needed;
        }
        entries
    }

    fn head_height(&self, entries: &[Entry]) -> f64 {
        let subtitle = if self.subtitle.is_empty() { 0.0 } else { 20.0 };
        let rows = entries.last().map_or(0, |entry| entry.row + 1);
        MARGIN + 30.0 + subtitle + rows as f64 * LEGEND_ROW + 8.0
    }

    fn head(&self, svg: &mut Svg, entries: &[Entry], width: f64) {
        let room = width - 2.0 * MARGIN;
        let title = Style::Title.fitted(&self.title, room);
        svg.text(MARGIN, MARGIN + 16.0, Style::Title, Anchor::Start, &title);
        let mut y = MARGIN + 16.0;
        if !self.subtitle.is_empty() {
            y += 21.0;
            let subtitle = Style::Muted.fitted(&self.subtitle, room);
            svg.text(MARGIN, y, Style::Muted, Anchor::Start, &subtitle);
        }
        for (place, entry) in entries.iter().enumerate() {
            let (look, middle) = (Look::at(place), y + 18.0 + entry.row as f64 * LEGEND_ROW);
            let sample = [(entry.left, middle), (entry.left + 26.0, middle)];
            svg.polyline(&sample, look, 2.2, 1.0);
            svg.marker((entry.left + 13.0, middle), look);
            svg.text(
                entry.left + 34.0,
                middle + 4.5,
                Style::Label,
                Anchor::Start,
                &entry.label,
            );
        }
    }
}

impl Panel {
    fn labels(&self) -> Box<dyn Iterator<Item = &str> + '_> {
        match self {
            Panel::Lines(lines) => Box::new(lines.labels()),
            Panel::Bars(bars) => Box::new(bars.labels()),
        }
    }

    fn draw(&self, svg: &mut Svg, area: Area, look: &dyn Fn(&str) -> Look) {
        match self {
            Panel::Lines(lines) => lines.draw(svg, area, look),
            Panel::Bars(bars) => bars.draw(svg, area, look),
        }
    }
}
