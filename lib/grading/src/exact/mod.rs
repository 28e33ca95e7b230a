//! Exact arithmetic: rationals, radicals, `i`, and polynomials over whatever else occurs, in one normal form.
//!
//! Two expressions with the same normal form are equal with certainty. The converse does not hold
//! (`sin^2 + cos^2` is not seen to be 1), so a difference is left to numeric evaluation.

mod form;
mod functions;
mod integers;
mod modular;
mod normalise;
mod powers;
mod products;
mod rational;
mod small;

pub(crate) use modular::same_at_whole_numbers;
pub(crate) use normalise::{Normaliser, Unsettled};
pub(crate) use small::Small;
