//! Numeric evaluation with error bounds, in two precisions.
//!
//! Every value is a ball: a centre and a bound on its distance from the true value, which every operation widens by
//! its own rounding. Two disjoint balls are different values, and that is certain. Balls that meet are not yet equal
//! values, only values that so many digits cannot tell apart. Doubles come first, because they are fast and find
//! nearly every difference; where they find none, wide numbers (120 digits) look again, and only their agreement, to
//! at least fifty digits and mostly to more than a hundred, is called equality.
//!
//! That is overwhelming evidence and not a proof. Nobody writes two constants by accident that differ beyond the
//! hundredth digit and not before, but they can be made, and pass wherever exact arithmetic does not reach. Names get
//! pseudo-random values: an analytic expression vanishes at all of them only if it vanishes everywhere, save by an
//! accident that we cannot exclude, while a function that changes its rule between the points can deceive us. Values
//! that may be real, and exponents that may be whole, within their bounds are taken to be so, because a root's or a
//! logarithm's branch depends on it.

mod ball;
mod evaluate;
mod functions;
mod points;
mod real;
mod wide;

pub(crate) use ball::Ball;
pub(crate) use evaluate::Evaluator;
pub(crate) use points::Point;
pub(crate) use real::Real;
pub(crate) use wide::Wide;
