//! Numeric evaluation with error bounds: a difference that exceeds its bound is certain.

mod ball;
mod evaluate;
mod functions;
mod points;

pub(crate) use ball::Ball;
pub(crate) use evaluate::Evaluator;
pub(crate) use points::Point;
