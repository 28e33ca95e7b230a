//! A figure: a title, one legend, and panels in a grid. Knows nothing about what panels draw.

use crate::bars::Bars;
use crate::legend::Legend;
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
impl Figure {
    /// The whole figure as an SVG document.
    pub fn to_svg(&self) -> String {
        let (columns, size) = self.grid();
        let rows = self.panels.len().div_ceil(columns);
        let width = 2.0 * MARGIN + columns as f64 * (size.0 + GAP) - GAP;
        let legend = Legend::of(self.panels.iter().flat_map(Panel::names));
        let top = MARGIN + self.title_height() + legend.height(width - 2.0 * MARGIN) + 8.0;
        let height = top + rows as f64 * (size.1 + GAP) - GAP + MARGIN / 2.0;
        let mut svg = Svg::new(width, height, GROUND);
        self.head(&mut svg, width - 2.0 * MARGIN);
        let below = MARGIN + self.title_height();
        legend.draw(&mut svg, (MARGIN, below), width - 2.0 * MARGIN);
        for (place, panel) in self.panels.iter().enumerate() {
            let (column, row) = ((place % columns) as f64, (place / columns) as f64);
            let (left, top) = (MARGIN + column * (size.0 + GAP), top + row * (size.1 + GAP));
            let (width, height) = size;
            let area = Area {
                left,
                top,
                width,
                height,
            };
            panel.draw(&mut svg, area, &|label| legend.look(label));
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

    fn title_height(&self) -> f64 {
        if self.subtitle.is_empty() { 28.0 } else { 48.0 }
    }

    fn head(&self, svg: &mut Svg, room: f64) {
        let title = Style::Title.fitted(&self.title, room);
        svg.text(MARGIN, MARGIN + 16.0, Style::Title, Anchor::Start, &title);
        let subtitle = Style::Muted.fitted(&self.subtitle, room);
        if !subtitle.is_empty() {
            svg.text(
                MARGIN,
                MARGIN + 37.0,
                Style::Muted,
                Anchor::Start,
                &subtitle,
            );
        }
    }
}

impl Panel {
    /// Names for the legend, each with the name that it is a control of.
    pub(crate) fn names(&self) -> Vec<(&str, Option<&str>)> {
        match self {
            Panel::Lines(lines) => lines.names().collect(),
            Panel::Bars(bars) => bars.names().collect(),
        }
    }

    pub(crate) fn draw(&self, svg: &mut Svg, area: Area, look: &dyn Fn(&str) -> Look) {
        match self {
            Panel::Lines(lines) => lines.draw(svg, area, look),
            Panel::Bars(bars) => bars.draw(svg, area, look),
        }
    }
}
