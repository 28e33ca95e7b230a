//! Choice letters and truth values in prose, looked for only where the reference is one.

use super::{Extracted, Rule};
use crate::compare::reference_choice;

/// The answer's letter or truth value, by the reference's kind.
pub(super) fn in_prose<'a>(text: &'a str, reference: &str) -> Option<Extracted<'a>> {
    let reference = reference.trim();
    if is_boolean(reference) {
        // What the text announces goes before what it mentions.
        let text = super::stated::stated(text).unwrap_or(text);
        return last_word(text, is_boolean).map(|text| Extracted {
            text,
            rule: Rule::Boolean,
        });
    }
    reference_choice(reference).filter(|letter| ('A'..='J').contains(letter))?;
    let lower = reference.chars().any(|c| c.is_ascii_lowercase()) && reference.contains('(');
    stated_letter(text, lower)
        .or_else(|| last_word(text, |word| is_letter(word, lower)))
        .map(|text| Extracted {
            text,
            rule: Rule::Choice,
        })
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
    text.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '\'' || c == '_'))
        .find(|word| test(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, reference: &str) -> Option<String> {
        in_prose(text, reference).map(|extracted| extracted.text.to_owned())
    }

    #[test]
    fn letters_and_truth_values() {
        assert_eq!(
            found("It's not A, therefore I think it's B", "B").as_deref(),
            Some("B")
        );
        assert_eq!(found("The answer is (b).", "(b)").as_deref(), Some("b"));
        assert_eq!(
            found("Yes, this argument is True.", "True").as_deref(),
            Some("True")
        );
        assert_eq!(found("The answer is 5.", "12"), None);
    }
}
