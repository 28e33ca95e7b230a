//! What can be wrong with the numbers.

use thiserror::Error;

/// Input that no estimator is defined for.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum AdvantageError {
    #[error("expected {expected} elements of {what}, found {found}")]
    Length {
        what: &'static str,
        expected: usize,
        found: usize,
    },
    #[error("expected a finite number in {what}, found {found} at position {position}")]
    NonFinite {
        what: &'static str,
        found: f32,
        position: usize,
    },
    #[error("expected at least two samples of each question, found one")]
    Alone,
    #[error(
        "expected token ranges in order within the {tokens} tokens, found {start}..{end} for attempt {attempt}"
    )]
    Range {
        /// 0-based.
        attempt: usize,
        start: i64,
        end: i64,
        tokens: usize,
    },
    #[error(
        "expected every policy token to lie in an attempt, found one outside at position {position}"
    )]
    Outside { position: usize },
}

/// One element per token.
pub(crate) fn same_length(
    what: &'static str,
    expected: usize,
    found: usize,
) -> Result<(), AdvantageError> {
    if expected == found {
        Ok(())
    } else {
        Err(AdvantageError::Length {
            what,
            expected,
            found,
        })
    }
}

/// Finite wherever the mask is true; other elements may hold anything.
pub(crate) fn finite(
    what: &'static str,
    numbers: &[f32],
    mask: &[bool],
) -> Result<(), AdvantageError> {
    let mut both = numbers.iter().zip(mask);
    match both.position(|(number, on)| *on && !number.is_finite()) {
        None => Ok(()),
        Some(position) => Err(AdvantageError::NonFinite {
            what,
            found: numbers[position],
            position,
        }),
    }
}
