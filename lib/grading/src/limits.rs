//! Limits that several ways of computing share, so that none gives up where another goes on.

/// A sum or product over an index has at most this many terms, and one.
pub(crate) const LONGEST_RANGE: i64 = 1000;
/// Digits of a literal number.
pub(crate) const MOST_DIGITS: usize = 3000;
