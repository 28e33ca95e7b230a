//! What a whole sentence concludes: `the perimeter is 2(3+5) = 16 cm` says 16 cm.

use std::borrow::Cow;

use super::formulas::{self, Formula};
use super::{expression, prose};

/// More words behind a number than these name no unit.
const LONGEST_UNIT: usize = 3;

/// Ideographs that make a sentence.
const IDEOGRAPHS: usize = 4;

/// The 3/4 of `3/4 of the cake`, the 18 of `$18 per day`.
fn share(sentence: &str) -> Option<&str> {
    let end = [" of ", " per "]
        .iter()
        .filter_map(|word| sentence.find(word))
        .min()?;
    let value = &sentence[..end];
    let bare =
        |c: char| prose::is_digit(c) || matches!(c, '.' | ',' | '/' | '$' | ' ' | '%' | '\\');
    value.chars().all(bare).then_some(value)
}

pub(super) fn ideographs(text: &str) -> usize {
    text.chars()
        .filter(|c| matches!(c, '\u{3040}'..='\u{9fff}'))
        .count()
}

/// The value in a sentence that tells the answer: behind the last equality sign or verb, marked, or the first number.
pub(super) fn of(sentence: &str) -> Cow<'_, str> {
    let has_digit = |text: &str| text.contains(prose::is_digit);
    if !has_digit(sentence) {
        return sentence.into();
    }
    if ideographs(sentence) >= IDEOGRAPHS
        && let Some(number) = expression::last(sentence)
    {
        return number.text;
    }
    if let Some(value) = share(sentence) {
        return value.into();
    }
    if prose::words(sentence) < 3 {
        return sentence.into();
    }
    if let Some((_, value)) = sentence
        .rsplit_once('=')
        .filter(|(_, value)| has_digit(value))
    {
        return first_value(value.trim());
    }
    if sentence.starts_with(|c: char| c.is_ascii_digit() || c == '\\') {
        return if prose::words(sentence) > LONGEST_UNIT && !prose::joins_numbers(sentence) {
            first_value(sentence)
        } else {
            sentence.into()
        };
    }
    if let Some(value) = behind_verb(sentence).filter(|value| has_digit(value)) {
        return first_value(value);
    }
    first_value(sentence)
}

/// What stands behind the last verb.
fn behind_verb(sentence: &str) -> Option<&str> {
    sentence
        .rmatch_indices(' ')
        .map(|(at, _)| at)
        .find_map(|at| {
            let start = sentence[..at].rfind(' ').map_or(0, |blank| blank + 1);
            prose::is_copula(&sentence[start..at]).then(|| &sentence[at + 1..])
        })
}

/// A short phrase itself; else what is marked in it, or its first number.
fn first_value(phrase: &str) -> Cow<'_, str> {
    if prose::words(phrase) < 3 {
        return phrase.into();
    }
    let marked = |formula: &&Formula<'_>| {
        formula.inner.contains(prose::is_digit) && prose::words(formula.inner) < 3
    };
    if let Some(formula) = formulas::formulas(phrase).iter().find(marked) {
        return formula.inner.into();
    }
    match expression::first(phrase) {
        Some(number) if !is_bound(phrase) => number.text,
        _ => phrase.into(),
    }
}

/// Whether the first number of a phrase is a bound or an exception: `any number greater than 2`.
pub(super) fn is_bound(phrase: &str) -> bool {
    let end = phrase.find(prose::is_digit).unwrap_or(0);
    let last = phrase[..end].split_whitespace().next_back();
    last.is_some_and(|word| matches!(word, "than" | "except" | "above" | "below" | "not" | "of"))
}

#[cfg(test)]
mod tests {
    use super::super::clause::answer;

    fn found(rest: &str) -> Option<String> {
        answer(rest).map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn what_a_sentence_concludes() {
        for (rest, value) in [
            (
                "\nThe train travels 180 miles in 3 hours, so its speed is 60 mph.",
                "60 mph",
            ),
            (" The perimeter is 2(3+5) = 16 cm.", "16 cm"),
            (
                " that it takes **160 minutes** (or 2 hours and 40 minutes).",
                "160 minutes",
            ),
            (" 3/4 of the cake.", "3/4"),
            (" 甲的速度是每小时15千米。", "15"),
            (" therefore given by 3 + 4 = 7, and hence 7.", "3 + 4 = 7"),
        ] {
            assert_eq!(found(rest).as_deref(), Some(value), "{rest}");
        }
    }
}
