//! Line charts. Knows nothing about figures with several panels.

use crate::axis::{Axis, Scale};
use crate::palette::Look;
use crate::panel::{Area, Frame};
use crate::svg::Svg;

/// Lines over a common level axis.
#[derive(Debug, Clone)]
pub struct Lines {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub series: Vec<Series>,
}

/// One line.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// Its name in the legend; equal names look equal in every panel of a figure.
    pub label: String,
    /// The label of the series that this one is to be compared with: drawn in its colour, dashed.
    pub control_of: Option<String>,
    /// In ascending order of `x`; a value that is not finite interrupts the line.
    pub points: Vec<Point>,
    /// Unsmoothed values, drawn thin and pale behind the line.
    pub behind: Vec<(f64, f64)>,
}

/// A value, with an interval where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
    pub interval: Option<(f64, f64)>,
}

/// More points than this are a curve; markers would hide it.
const MOST_MARKERS: usize = 24;
/// Pixels that a tick of the level axis should have to itself.
const TICK_WIDTH: f64 = 58.0;

impl Lines {
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.series
            .iter()
            .map(|series| (series.label.as_str(), series.control_of.as_deref()))
    }

    pub(crate) fn draw(&self, svg: &mut Svg, area: Area, look: &dyn Fn(&str) -> Look) {
        let frame = Frame::draw(svg, area, &self.title, &self.y, self.heights());
        let x = self.level_axis(svg, &frame);
        let canvas = Canvas { frame, x };
        for series in &self.series {
            canvas.band(svg, series, look(&series.label));
        }
        for series in &self.series {
            canvas.line(svg, series, look(&series.label));
        }
    }

    fn heights(&self) -> impl Iterator<Item = f64> {
        let of_point = |point: &Point| {
            let (low, high) = point.interval.unwrap_or((point.y, point.y));
            [low, point.y, high]
        };
        let points = self
            .series
            .iter()
            .flat_map(|series| &series.points)
            .flat_map(of_point);
        let behind = self
            .series
            .iter()
            .flat_map(|series| &series.behind)
            .map(|point| point.1);
        points.chain(behind)
    }

    fn level_axis(&self, svg: &mut Svg, frame: &Frame) -> Scale {
        let points = self
            .series
            .iter()
            .flat_map(|series| &series.points)
            .map(|point| point.x);
        let x = self
            .x
            .scale(points, (frame.plot.width / TICK_WIDTH) as usize, false);
        frame.floor(svg, &self.x.label);
        for tick in x.ticks() {
            frame.tick(
                svg,
                frame.plot.left + x.place(tick) * frame.plot.width,
                &x.text(tick),
            );
        }
        x
    }
}

struct Canvas {
    frame: Frame,
    x: Scale,
}

impl Canvas {
    fn pixel(&self, x: f64, y: f64) -> (f64, f64) {
        let plot = self.frame.plot;
        (
            plot.left + self.x.place(x) * plot.width,
            self.frame.height_of(y),
        )
    }

    fn band(&self, svg: &mut Svg, series: &Series, look: Look) {
        for run in runs(&series.points, |point| {
            point.y.is_finite() && point.interval.is_some()
        }) {
            let edge = |end: fn((f64, f64)) -> f64| {
                let edge = move |point: &Point| {
                    self.pixel(point.x, end(point.interval.unwrap_or((point.y, point.y))))
                };
                run.iter().map(edge).collect::<Vec<_>>()
            };
            let (lows, mut highs) = (edge(|interval| interval.0), edge(|interval| interval.1));
            if let ([low], [high]) = (lows.as_slice(), highs.as_slice()) {
                svg.line(*low, *high, look.colour, 1.6); // a single point has no area
            }
            highs.reverse();
            svg.polygon(&[lows, highs].concat(), look.colour, 0.16);
        }
    }

    fn line(&self, svg: &mut Svg, series: &Series, look: Look) {
        for run in runs(&series.behind, |point| point.1.is_finite()) {
            let pixels: Vec<_> = run.iter().map(|(x, y)| self.pixel(*x, *y)).collect();
            svg.polyline(&pixels, look, 1.0, 0.35);
        }
        let marked = series.points.len() <= MOST_MARKERS;
        for run in runs(&series.points, |point| point.y.is_finite()) {
            let pixels: Vec<_> = run
                .iter()
                .map(|point| self.pixel(point.x, point.y))
                .collect();
            svg.polyline(&pixels, look, 2.2, 1.0);
            for pixel in pixels.iter().filter(|_| marked || pixels.len() == 1) {
                svg.marker(*pixel, look);
            }
        }
    }
}

/// The longest stretches of points that all satisfy `keep`.
fn runs<T>(points: &[T], keep: impl Fn(&T) -> bool) -> impl Iterator<Item = &[T]> {
    points
        .split(move |point| !keep(point))
        .filter(|run| !run.is_empty())
}
