//! Yes, no, true and false in prose, looked for only where the reference is one of them.

use super::{choice, prose, stated};

/// Whether a word is a truth value.
pub(super) fn is_truth_value(word: &str) -> bool {
    opposite(word).is_some()
}

/// The announced truth value; without an announcement the only one that the end of the text speaks of.
pub(super) fn truth_value(text: &str) -> Option<&str> {
    if let Some(stated) = stated::stated(text) {
        return values(text_of(text, &stated)).next();
    }
    let end = &text[prose::floor(text, text.len().saturating_sub(EDGE))..];
    let found = values(end).next()?;
    let contradicted = values(end).any(|other| is_positive(other) != is_positive(found));
    (!contradicted).then_some(found)
}

/// Bytes at the end of a text where a truth value answers the question.
const EDGE: usize = 120;

/// A statement as a part of the text; one that was put together holds no truth value.
fn text_of<'a>(text: &'a str, stated: &str) -> &'a str {
    text.rfind(stated)
        .map_or("", |at| &text[at..at + stated.len()])
}

/// Truth values, the last first; what is denied is its opposite, and `true or false` is a question.
fn values(text: &str) -> impl Iterator<Item = &str> {
    choice::words_from_the_end(text).filter_map(|(at, word)| {
        let opposite = opposite(word)?;
        let before = text[..at].trim_end();
        let after = &text[at + word.len()..];
        let unsaid = ["cannot say", "can't say", "not sure if it is"]
            .iter()
            .any(|doubt| before.ends_with(doubt));
        if unsaid || is_alternative(before, after) || is_determiner(word, after) {
            return None;
        }
        let denied = [" not", "n't", "cannot be", "not necessarily"]
            .iter()
            .any(|denial| before.ends_with(denial));
        Some(if denied || before == "not" {
            opposite
        } else {
            word
        })
    })
}

/// `true or false`, `yes/no`: both are named.
fn is_alternative(before: &str, after: &str) -> bool {
    let after = after.trim_start();
    let joined = |rest: &str| {
        rest.split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .is_some_and(is_truth_value)
    };
    let next = after
        .strip_prefix("or ")
        .or_else(|| after.strip_prefix('/'));
    let previous = before
        .strip_suffix(" or")
        .or_else(|| before.strip_suffix('/'))
        .map(|rest| rest.rsplit(|c: char| !c.is_ascii_alphabetic()).next());
    next.is_some_and(joined) || previous.flatten().is_some_and(is_truth_value)
}

/// `no divisors`: no answer.
fn is_determiner(word: &str, after: &str) -> bool {
    let noun = after.strip_prefix(' ').unwrap_or_default();
    word.eq_ignore_ascii_case("no") && noun.starts_with(|c: char| c.is_ascii_lowercase())
}

fn opposite(word: &str) -> Option<&'static str> {
    [
        ("true", "false"),
        ("false", "true"),
        ("yes", "no"),
        ("no", "yes"),
    ]
    .iter()
    .find(|(value, _)| word.eq_ignore_ascii_case(value))
    .map(|(_, opposite)| *opposite)
}

fn is_positive(word: &str) -> bool {
    word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("yes")
}

#[cfg(test)]
mod tests {
    use super::truth_value;

    #[test]
    fn truth_values() {
        for (text, value) in [
            ("Yes, this argument is True.", Some("True")),
            ("The statement is not true.", Some("false")),
            ("The answer is: not true.", Some("false")),
            ("True or false? It has none. So it is true.", Some("true")),
            (
                "True or false: is 7 prime? It has no divisors. So it is true.",
                Some("true"),
            ),
            ("Some say yes, some say no", None),
            ("It isn't", None),
            ("I cannot say yes.", None),
        ] {
            assert_eq!(truth_value(text), value, "{text}");
        }
    }
}
