//! The frame that every kind of panel has: heading, axes, grid, and from values to pixels.
//!
//! Knows nothing about what is drawn inside.

use crate::axis::{Axis, Scale};
use crate::palette::{AXIS, GRID};
use crate::svg::{Anchor, Style, Svg};

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

const HEADING_HEIGHT: f64 = 48.0;
const FOOT_HEIGHT: f64 = 44.0;
const RIGHT_MARGIN: f64 = 16.0;
/// Pixels that a tick of the upright axis should have to itself.
const TICK_HEIGHT: f64 = 42.0;

/// The inside of a panel once its upright axis is known.
pub struct Frame {
    pub plot: Area,
    pub y: Scale,
}

impl Frame {
    /// Draws heading, upright axis and grid into `area`.
    pub fn draw(
        svg: &mut Svg,
        area: Area,
        title: &str,
        axis: &Axis,
        values: impl Iterator<Item = f64>,
    ) -> Frame {
        let height = area.height - HEADING_HEIGHT - FOOT_HEIGHT;
        let y = axis.scale(values, (height / TICK_HEIGHT) as usize, true);
        let widest = y
            .ticks()
            .iter()
            .map(|tick| Style::Muted.width(&y.text(*tick)))
            .fold(0.0, f64::max);
        let left = area.left + widest + 10.0;
        let width = area.left + area.width - RIGHT_MARGIN - left;
        let plot = Area {
            left,
            top: area.top + HEADING_HEIGHT,
            width,
            height,
        };
        let room = area.width - RIGHT_MARGIN;
        svg.text(
            area.left,
            area.top + 16.0,
            Style::Heading,
            Anchor::Start,
            &Style::Heading.fitted(title, room),
        );
        svg.text(
            area.left,
            area.top + 34.0,
            Style::Muted,
            Anchor::Start,
            &Style::Muted.fitted(&axis.label, room),
        );
        let frame = Frame { plot, y };
        frame.grid(svg);
        frame
    }

    fn grid(&self, svg: &mut Svg) {
        for tick in self.y.ticks() {
            let y = self.height_of(tick);
            svg.line(
                (self.plot.left, y),
                (self.plot.left + self.plot.width, y),
                GRID,
                1.0,
            );
            svg.text(
                self.plot.left - 7.0,
                y + 4.0,
                Style::Muted,
                Anchor::End,
                &self.y.text(tick),
            );
        }
    }

    /// Draws the level axis' line and label.
    pub fn floor(&self, svg: &mut Svg, label: &str) {
        let (bottom, middle) = (self.bottom(), self.plot.left + self.plot.width / 2.0);
        svg.line(
            (self.plot.left, bottom),
            (self.plot.left + self.plot.width, bottom),
            AXIS,
            1.0,
        );
        svg.text(
            middle,
            bottom + 36.0,
            Style::Muted,
            Anchor::Middle,
            &Style::Muted.fitted(label, self.plot.width),
        );
    }

    /// Draws one mark of the level axis.
    pub fn tick(&self, svg: &mut Svg, x: f64, text: &str) {
        svg.line((x, self.bottom()), (x, self.bottom() + 4.0), AXIS, 1.0);
        svg.text(x, self.bottom() + 18.0, Style::Muted, Anchor::Middle, text);
    }

    pub fn bottom(&self) -> f64 {
        self.plot.top + self.plot.height
    }

    /// Pixel height of a value.
    pub fn height_of(&self, value: f64) -> f64 {
        self.bottom() - self.y.place(value) * self.plot.height
    }
}
