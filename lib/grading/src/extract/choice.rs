//! Choice letters and truth values in prose, looked for only where the reference is one.

use super::{Extracted, Rule};
use crate::compare::reference_choice;

/// The answer's letter or truth value, by the reference's kind.
pub(super) fn in_prose<'a>(text: &'a str, reference: &str) -> Option<Extracted<'a>> {
    let reference = reference.trim();
    if is_boolean(reference) {
        return boolean(text).map(|text| Extracted {
            text: text.into(),
            rule: Rule::Boolean,
        });
    }
    reference_choice(reference).filter(|letter| ('A'..='J').contains(letter))?;
    let lower = reference.chars().any(|c| c.is_ascii_lowercase()) && reference.contains('(');
    stated_letter(text, lower)
        .or_else(|| last_letter(text, lower))
        .map(|text| Extracted {
            text: text.into(),
            rule: Rule::Choice,
        })
}

/// The announced truth value; without an announcement the only one that the end of the text speaks of.
fn boolean(text: &str) -> Option<&str> {
    if let Some(stated) = super::stated::stated(text) {
        return last_word(stated, is_boolean);
    }
    let end = &text[floor(text, text.len().saturating_sub(EDGE))..];
    let found = last_word(end, is_boolean)?;
    let positive =
        |word: &str| word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("yes");
    let contradicted = |word: &str| is_boolean(word) && positive(word) != positive(found);
    last_word(end, contradicted).is_none().then_some(found)
}

/// Bytes at the end of a text where a truth value answers the question.
const EDGE: usize = 120;

fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

fn is_boolean(word: &str) -> bool {
    ["true", "false", "yes", "no"]
        .iter()
        .any(|boolean| word.eq_ignore_ascii_case(boolean))
}

/// `B`, or `b` where the reference is written `(b)`.
fn is_letter(word: &str, lower: bool) -> bool {
    matches!(word.as_bytes(), [b'A'..=b'J']) || (lower && matches!(word.as_bytes(), [b'a'..=b'j']))
}

/// The letter behind "answer is", "option", "choice".
fn stated_letter(text: &str, lower: bool) -> Option<&str> {
    let stated = super::stated::stated(text)?;
    let word = stated
        .split(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty())?;
    is_letter(word, lower || stated.starts_with('(')).then_some(word)
}

/// The last whole word that passes; `A` as an article does not stand last.
fn last_word(text: &str, test: impl Fn(&str) -> bool) -> Option<&str> {
    words_from_the_end(text)
        .map(|(_, word)| word)
        .find(|word| test(word))
}

/// The last letter that is not ruled out: not the A of `B, not A`.
fn last_letter(text: &str, lower: bool) -> Option<&str> {
    words_from_the_end(text)
        .filter(|(_, word)| is_letter(word, lower))
        .find(|(at, word)| !is_ruled_out(&text[..*at], &text[at + word.len()..]))
        .map(|(_, word)| word)
}

/// Words and where they start, the last one first.
fn words_from_the_end(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '\'' || c == '_'))
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// Whether the words around a letter deny it.
fn is_ruled_out(before: &str, after: &str) -> bool {
    let before =
        before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '(' | '*' | '"' | '\''));
    let after = after
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ')' | '*' | '"' | '\''));
    let ends = |denial: &str| {
        before
            .len()
            .checked_sub(denial.len())
            .and_then(|at| before.get(at..))
            .is_some_and(|end| end.eq_ignore_ascii_case(denial))
    };
    let begins = |denial: &str| {
        after
            .get(..denial.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(denial))
    };
    [
        " not",
        "n't",
        " neither",
        " nor",
        "not option",
        "not choice",
        "rule out",
        "ruled out",
        "eliminate",
        "rather than",
        "instead of",
        "不是",
        "不选",
        "并非",
        "排除",
    ]
    .iter()
    .any(|denial| ends(denial))
        || [
            "is not",
            "isn't",
            "is wrong",
            "is incorrect",
            "is false",
            "cannot be",
            "can't be",
            "不对",
            "错误",
        ]
        .iter()
        .any(|denial| begins(denial))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, reference: &str) -> Option<String> {
        in_prose(text, reference).map(|extracted| extracted.text.into_owned())
    }

    #[test]
    fn letters_and_truth_values() {
        assert_eq!(
            found("It's not A, therefore I think it's B", "B").as_deref(),
            Some("B")
        );
        assert_eq!(found("I think B, not A.", "B").as_deref(), Some("B"));
        assert_eq!(found("B不是 A", "B").as_deref(), Some("B"));
        assert_eq!(
            found("It is D, since C is wrong", "D").as_deref(),
            Some("D")
        );
        assert_eq!(found("The answer is (b).", "(b)").as_deref(), Some("b"));
        assert_eq!(
            found("Yes, this argument is True.", "True").as_deref(),
            Some("True")
        );
        assert_eq!(found("The answer is 5.", "12"), None);
    }
}
