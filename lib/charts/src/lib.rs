//! Figures as SVG text and PNG bytes: line charts with bands, grouped bars with error bars, several
//! panels to a figure, one legend for all of them.
//!
//! The same figure always gives the same bytes. This crate knows nothing about runs, models or
//! files; it draws numbers.

mod axis;
mod bars;
mod figure;
mod legend;
mod lines;
mod page;
mod palette;
mod panel;
mod png;
mod svg;

pub use axis::{Axis, Unit};
pub use bars::{Bar, Bars, Group};
pub use figure::{Figure, Panel};
pub use lines::{Lines, Point, Series};
pub use page::Parts;
pub use png::{Format, RenderError};
