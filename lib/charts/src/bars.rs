//! Grouped bars with error bars. Knows nothing about figures with several panels.

use crate::axis::Axis;
use crate::palette::{INK, Look};
use crate::panel::{Area, Frame};
use crate::svg::{Style, Svg};

/// Groups of bars side by side.
#[derive(Debug, Clone)]
pub struct Bars {
    pub title: String,
    /// What the groups are.
    pub x_label: String,
    /// Its range always holds 0, where bars begin.
    pub y: Axis,
    /// Legend names of the bars of every group, in order.
    pub labels: Vec<String>,
    pub groups: Vec<Group>,
}

/// One bar per label; `None` leaves its place empty.
#[derive(Debug, Clone)]
pub struct Group {
    pub name: String,
    pub bars: Vec<Option<Bar>>,
}

/// A value, with an interval where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    pub value: f64,
    pub interval: Option<(f64, f64)>,
}

/// Share of a group's width that its bars fill.
const FILLED: f64 = 0.78;
const WIDEST_BAR: f64 = 48.0;

impl Bars {
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.labels.iter().map(|label| (label.as_str(), None))
    }

    pub(crate) fn draw(&self, svg: &mut Svg, area: Area, look: &dyn Fn(&str) -> Look) {
        let axis = self.y.clone().including(0.0);
        let frame = Frame::draw(svg, area, &self.title, &axis, self.heights());
        frame.floor(svg, &self.x_label);
        let slot = frame.plot.width / self.groups.len().max(1) as f64;
        for (place, group) in self.groups.iter().enumerate() {
            let middle = frame.plot.left + (place as f64 + 0.5) * slot;
            frame.tick(svg, middle, &Style::Muted.fitted(&group.name, slot - 6.0));
            self.group(svg, &frame, group, middle, slot, look);
        }
    }

    fn heights(&self) -> impl Iterator<Item = f64> {
        let bars = self
            .groups
            .iter()
            .flat_map(|group| group.bars.iter().flatten());
        bars.flat_map(|bar| {
            let (low, high) = bar.interval.unwrap_or((bar.value, bar.value));
            [low, bar.value, high]
        })
    }

    fn group(
        &self,
        svg: &mut Svg,
        frame: &Frame,
        group: &Group,
        middle: f64,
        slot: f64,
        look: &dyn Fn(&str) -> Look,
    ) {
        let count = self.labels.len().max(1) as f64;
        let width = (slot * FILLED / count).min(WIDEST_BAR);
        let left = middle - width * count / 2.0;
        for (place, (label, bar)) in self.labels.iter().zip(&group.bars).enumerate() {
            let Some(bar) = bar.filter(|bar| bar.value.is_finite()) else {
                continue;
            };
            draw_bar(
                svg,
                frame,
                bar,
                left + place as f64 * width,
                width,
                look(label).colour,
            );
        }
    }
}

fn draw_bar(svg: &mut Svg, frame: &Frame, bar: Bar, left: f64, width: f64, colour: &str) {
    let (zero, end) = (frame.height_of(0.0), frame.height_of(bar.value));
    let gap = (width * 0.06).min(2.0);
    svg.rect(
        (left + gap, zero.min(end)),
        (width - 2.0 * gap, (zero - end).abs()),
        colour,
    );
    let Some((low, high)) = bar.interval else {
        return;
    };
    let (x, arm) = (left + width / 2.0, (width * 0.22).min(6.0));
    let (low, high) = (frame.height_of(low), frame.height_of(high));
    svg.line((x, low), (x, high), INK, 1.3);
    svg.line((x - arm, low), (x + arm, low), INK, 1.3);
    svg.line((x - arm, high), (x + arm, high), INK, 1.3);
}
