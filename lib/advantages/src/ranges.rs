//! The tokens of attempts: ranges within a dialogue, and where each begins to be the policy's.

use std::ops::Range;

use crate::AdvantageError;

/// Token ranges of attempts, checked: in order, apart from one another, within the `tokens` of the
/// dialogue.
pub fn attempt_ranges(
    attempts: impl Iterator<Item = (i32, i32)>,
    tokens: usize,
) -> Result<Vec<Range<usize>>, AdvantageError> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (attempt, (start, end)) in attempts.enumerate() {
        let after = ranges.last().map_or(0, |range| range.end);
        match (usize::try_from(start), usize::try_from(end)) {
            (Ok(start), Ok(end)) if after <= start && start <= end && end <= tokens => {
                ranges.push(start..end);
            }
            _ => {
                let (start, end) = (start.into(), end.into());
                return Err(AdvantageError::Range {
                    attempt,
                    start,
                    end,
                    tokens,
                });
            }
        }
    }
    Ok(ranges)
}

/// The first policy token of each attempt that has one, in order: where an attempt has its value.
pub fn first_tokens(policy: &[bool], attempts: &[Range<usize>]) -> Vec<usize> {
    let first = |attempt: &Range<usize>| attempt.clone().find(|&t| policy[t]);
    attempts.iter().filter_map(first).collect()
}

/// Every policy token lies in an attempt.
pub(crate) fn covered(policy: &[bool], attempts: &[Range<usize>]) -> Result<(), AdvantageError> {
    let inside = |t: &usize| attempts.iter().any(|attempt| attempt.contains(t));
    match (0..policy.len()).find(|t| policy[*t] && !inside(t)) {
        None => Ok(()),
        Some(position) => Err(AdvantageError::Outside { position }),
    }
}

/// True at the listed positions, `[tokens]`.
pub fn mask_of(positions: &[usize], tokens: usize) -> Vec<bool> {
    let mut mask = vec![false; tokens];
    for &position in positions {
        mask[position] = true;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_cannot_be_are_refused() {
        let message = |attempts: &[(i32, i32)]| {
            let error = attempt_ranges(attempts.iter().copied(), 6).unwrap_err();
            error.to_string()
        };
        let expected =
            "expected token ranges in order within the 6 tokens, found 2..4 for attempt 1";
        assert_eq!(message(&[(1, 3), (2, 4)]), expected);
        assert!(message(&[(3, 1)]).contains("found 3..1 for attempt 0"));
        assert!(message(&[(-1, 1)]).contains("found -1..1"));
        assert!(message(&[(1, 7)]).contains("found 1..7"));
        assert_eq!(
            attempt_ranges([(1, 1), (1, 6)].into_iter(), 6),
            Ok(vec![1..1, 1..6])
        );
    }

    #[test]
    fn an_attempt_begins_at_its_first_policy_token() {
        let policy = [false, true, true, false, false, true];
        let attempts = [1..3, 3..4, 4..6];
        assert_eq!(first_tokens(&policy, &attempts), [1, 5]);
        assert_eq!(
            mask_of(&[1, 5], 6),
            [false, true, false, false, false, true]
        );
    }
}
