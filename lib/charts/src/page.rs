//! A figure for a web page: legend and panels as SVG elements of their own, which a page lays out in as many columns as
//! it has room for, in colours that it may change.
//!
//! Knows nothing about the page.

use crate::figure::{Figure, Panel};
use crate::legend::Legend;
use crate::palette::{GROUND, themes};
use crate::panel::Area;
use crate::svg::Svg;

/// The pieces of one figure.
#[derive(Debug, Clone)]
pub struct Parts {
    /// None where there is nothing to tell apart.
    pub legend: Option<String>,
    /// A title and its drawing each.
    pub panels: Vec<(String, String)>,
}

/// As wide as a telephone, so that text keeps its size there.
const WIDTH: f64 = 340.0;
const HEIGHT: f64 = 260.0;
const EDGE: f64 = 4.0;

impl Figure {
    /// Legend and panels, each in `var(--chart-..., colour)` colours.
    pub fn to_parts(&self) -> Parts {
        let legend = Legend::of(self.panels.iter().flat_map(Panel::names));
        let panels = self.panels.iter();
        let panels = panels.map(|panel| (panel.title().to_owned(), drawn(panel, &legend)));
        Parts {
            panels: panels.collect(),
            legend: (legend.height(WIDTH) > 0.0).then(|| {
                let mut svg = Svg::new(WIDTH, legend.height(WIDTH), GROUND);
                legend.draw(&mut svg, (0.0, 2.0), WIDTH);
                themed(svg.finish())
            }),
        }
    }
}

impl Panel {
    fn title(&self) -> &str {
        match self {
            Panel::Lines(lines) => &lines.title,
            Panel::Bars(bars) => &bars.title,
        }
    }
}

fn drawn(panel: &Panel, legend: &Legend) -> String {
    let mut svg = Svg::new(WIDTH, HEIGHT, GROUND);
    let area = Area {
        left: EDGE,
        top: EDGE,
        width: WIDTH - EDGE,
        height: HEIGHT - 2.0 * EDGE,
    };
    panel.draw(&mut svg, area, &|label| legend.look(label));
    themed(svg.finish())
}

/// Attributes that hold a colour, with a variable in its place; text holds none, since its quotes are escaped.
fn themed(svg: String) -> String {
    themes().fold(svg, |svg, (name, colour)| {
        let variable = format!("var({name}, {colour})");
        ["fill", "stroke"].iter().fold(svg, |svg, attribute| {
            svg.replace(
                &format!(" {attribute}=\"{colour}\""),
                &format!(" {attribute}=\"{variable}\""),
            )
        })
    })
}
