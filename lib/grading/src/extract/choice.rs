//! Choice letters in prose, looked for only where the reference is one.

use std::borrow::Cow;

use super::{Extracted, Rule, stated, truth};
use crate::compare::reference_choice;

/// The answer's letter or truth value, by the reference's kind.
pub(super) fn in_prose<'a>(text: &'a str, reference: &str) -> Option<Extracted<'a>> {
    let reference = reference.trim();
    if truth::is_truth_value(reference) {
        return truth::truth_value(text).map(|text| Extracted {
            text: text.into(),
            rule: Rule::Boolean,
        });
    }
    reference_choice(reference).filter(|letter| ('A'..='J').contains(letter))?;
    let lower = reference.chars().any(|c| c.is_ascii_lowercase()) && reference.contains('(');
    let letters = Letters { text, lower };
    letters
        .stated()
        .or_else(|| letters.affirmed())
        .or_else(|| letters.last())
        .map(|text| Extracted {
            text: text.into(),
            rule: Rule::Choice,
        })
}

/// The letter of an option and what stands behind it: `\text{(C) } 42`, `\textbf{(C)}\ 42`, `(C) 42`.
pub(super) fn option(text: &str) -> Option<(&str, &str)> {
    let (bare, in_text) = match text.strip_prefix('\\') {
        Some(command) => (command.split_once('{')?.1, true),
        None => (text, false),
    };
    let inside = bare.strip_prefix('(')?;
    let rest = inside
        .strip_prefix(|c: char| c.is_ascii_uppercase())?
        .strip_prefix(')')?;
    let rest = rest.trim_start_matches([' ', '~']);
    let rest = if in_text {
        rest.strip_prefix('}')?
    } else {
        rest
    };
    let value = rest.trim_start_matches([' ', '~']);
    (!value.is_empty()).then_some((&inside[..1], value))
}

/// The letters of a text.
struct Letters<'a> {
    text: &'a str,
    /// `b` counts without brackets, because the reference is written `(b)`.
    lower: bool,
}

/// A letter with what stands around it, brackets and marks gone.
struct Letter<'a> {
    letter: &'a str,
    before: &'a str,
    after: &'a str,
}

impl<'a> Letters<'a> {
    /// The letter behind "answer is".
    fn stated(&self) -> Option<&'a str> {
        let Some(Cow::Borrowed(stated)) = stated::stated(self.text) else {
            return None;
        };
        let word = stated
            .split(|c: char| !c.is_alphanumeric())
            .find(|word| !word.is_empty() && !is_noun(word))?;
        let marked = self.lower || stated.contains(&format!("({word})"));
        let after = &stated[word.as_ptr() as usize - stated.as_ptr() as usize + word.len()..];
        is_letter(word, marked).then(|| if is_joined(after) { stated } else { word })
    }

    /// The last letter that is called right.
    fn affirmed(&self) -> Option<&'a str> {
        self.backwards()
            .find(|letter| letter.is_affirmed() && !letter.is_ruled_out())
            .map(|letter| letter.letter)
    }

    /// The last letter that is not ruled out: not the A of `B, not A`.
    fn last(&self) -> Option<&'a str> {
        self.backwards()
            .find(|letter| !letter.is_ruled_out())
            .map(|letter| letter.letter)
    }

    fn backwards(&self) -> impl Iterator<Item = Letter<'a>> + '_ {
        words_from_the_end(self.text).filter_map(|(at, word)| {
            let (before, after) = (&self.text[..at], &self.text[at + word.len()..]);
            let bracketed = before.ends_with('(') && after.starts_with(')');
            let pronoun = word == "I" && !bracketed && after.starts_with([' ', '\'']);
            (is_letter(word, self.lower || bracketed) && !pronoun).then(|| Letter {
                letter: word,
                before: before.trim_end_matches(is_mark),
                after: after.trim_start_matches(is_mark),
            })
        })
    }
}

fn is_mark(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '(' | ')' | '*' | '"' | '\'' | '“' | '”' | '‘' | '’' | '$'
        )
}

fn is_noun(word: &str) -> bool {
    ["option", "choice", "letter", "statement", "answer"]
        .iter()
        .any(|noun| word.eq_ignore_ascii_case(noun))
}

/// `B`, or `b` where it is marked as a letter.
fn is_letter(word: &str, lower: bool) -> bool {
    matches!(word.as_bytes(), [b'A'..=b'J']) || (lower && matches!(word.as_bytes(), [b'a'..=b'j']))
}

/// Words and where they start, the last one first.
pub(super) fn words_from_the_end(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.rsplit(|c: char| !(c.is_ascii_alphanumeric() || c == '\'' || c == '_'))
        .map(|word| word.trim_matches('\''))
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

impl Letter<'_> {
    /// Whether the words around it call it right.
    fn is_affirmed(&self) -> bool {
        let noun = ["option", "choice", "answer"]
            .iter()
            .find_map(|noun| without_end(self.before, noun));
        let before = noun.unwrap_or(self.before).trim_end();
        let praised = BEFORE_RIGHT.iter().any(|praise| {
            without_end(before, praise).is_some_and(|rest| {
                !rest.ends_with(char::is_alphanumeric) && !is_denial(rest.trim_end())
            })
        });
        praised || BEHIND_RIGHT.iter().any(|praise| begins(self.after, praise))
    }

    /// Whether the words around it, or around the list of letters in which it stands, deny it.
    fn is_ruled_out(&self) -> bool {
        let noun = ["option", "choice", "答案"]
            .iter()
            .find_map(|noun| without_end(self.before, noun));
        let before = noun.unwrap_or(self.before);
        is_denial(before)
            || is_denial(before_list(before, &["or", "nor", "and"]))
            || before_list(before, &["or", "and", ","]).ends_with(':')
                && is_denial(before_list(before, &["or", "and", ","]))
            || BEHIND_WRONG
                .iter()
                .any(|denial| begins(behind_list(self.after), denial))
    }
}

/// More letters than these are no list.
const MOST: usize = 10;

/// What stands before the letters that are joined to the next one.
fn before_list<'a>(before: &'a str, joints: &[&str]) -> &'a str {
    let mut rest = before;
    for _ in 0..MOST {
        let bare = rest.trim_end_matches(is_mark);
        let Some(joined) = joints.iter().find_map(|joint| without_end(bare, joint)) else {
            break;
        };
        let joined = joined.trim_end_matches(|c| is_mark(c) || c == ',');
        let letter = joined.strip_suffix(|c: char| c.is_ascii_uppercase());
        match letter.filter(|rest| !rest.ends_with(char::is_alphanumeric)) {
            Some(before) => rest = before,
            None => break,
        }
    }
    rest
}

/// Whether another letter is joined on: `A and C` is neither.
fn is_joined(after: &str) -> bool {
    let after = after.trim_start_matches(is_mark);
    let other = ["and ", "or "]
        .iter()
        .find_map(|joint| after.strip_prefix(joint));
    let other = other.unwrap_or_default().trim_start_matches(is_mark);
    other
        .strip_prefix(|c: char| c.is_ascii_uppercase())
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

/// What stands behind the letters that are joined to the one before.
fn behind_list(after: &str) -> &str {
    let mut rest = after;
    for _ in 0..MOST {
        let bare = rest.trim_start_matches([',', ' ']);
        let bare = ["and ", "or ", "nor "]
            .iter()
            .find_map(|joint| bare.strip_prefix(joint))
            .unwrap_or(bare);
        let letter = bare
            .trim_start_matches(is_mark)
            .strip_prefix(|c: char| c.is_ascii_uppercase());
        match letter.filter(|rest| !rest.starts_with(char::is_alphanumeric)) {
            Some(behind) => rest = behind.trim_start_matches(is_mark),
            None => break,
        }
    }
    rest
}

/// Before a letter that is right.
const BEFORE_RIGHT: [&str; 22] = [
    "correct:",
    "right:",
    "correct answer is",
    "correct option is",
    "correct choice is",
    "correct one is",
    "right answer is",
    "right option is",
    "right choice is",
    "right one is",
    "best answer is",
    "best option is",
    "best choice is",
    "go with",
    "going with",
    "choose",
    "pick",
    "select",
    "respuesta correcta es",
    "réponse est",
    "antwort ist",
    "选",
];

/// Behind a letter that is right.
const BEHIND_RIGHT: [&str; 18] = [
    "is correct",
    "is right",
    "is true",
    "is the correct",
    "is the right",
    "is the best",
    "is the answer",
    "is the only",
    "must be correct",
    ": correct",
    ": right",
    ": true",
    "est correct",
    "est la bonne",
    "ist richtig",
    "es correct",
    "es la correcta",
    "正确",
];

/// Behind a letter that is wrong.
const BEHIND_WRONG: [&str; 24] = [
    "is not",
    "isn't",
    "is wrong",
    "is incorrect",
    "is false",
    "are not",
    "aren't",
    "are wrong",
    "are incorrect",
    "are false",
    "do not",
    "does not",
    "don't",
    "doesn't",
    "fail",
    "violate",
    "cannot be",
    "can't be",
    ": wrong",
    ": incorrect",
    ": false",
    "ist falsch",
    "不对",
    "错误",
];

/// Whether a text ends with words that deny what follows.
fn is_denial(before: &str) -> bool {
    let before = before.trim_end_matches(is_mark);
    const DENIALS: [&str; 22] = [
        " not",
        "n't",
        " neither",
        " nor",
        ", no",
        ", non",
        "(not",
        " nicht",
        " pas",
        "rule out",
        "ruled out",
        "eliminate",
        "eliminated",
        "rather than",
        "instead of",
        "incorrect:",
        "wrong:",
        "false:",
        "不是",
        "不选",
        "并非",
        "排除",
    ];
    DENIALS
        .iter()
        .any(|denial| without_end(before, denial).is_some())
        || before.eq_ignore_ascii_case("not")
}

/// What stands before `end`, which `text` ends with.
fn without_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(end.len())?;
    let found = text.get(at..)?;
    found.eq_ignore_ascii_case(end).then(|| &text[..at])
}

fn begins(text: &str, start: &str) -> bool {
    text.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, reference: &str) -> Option<String> {
        in_prose(text, reference).map(|extracted| extracted.text.into_owned())
    }

    #[test]
    fn letters() {
        for (text, letter) in [
            ("It's not A, therefore I think it's B", "B"),
            ("I think B, not A.", "B"),
            ("B不是 A", "B"),
            ("It is D, since C is wrong", "D"),
            ("The correct answer is option 'C'.", "C"),
            ("I would choose option (d).", "d"),
            ("La respuesta correcta es C, no A.", "C"),
            ("D is the right answer; A, B and C violate a law.", "D"),
            (
                "A and B are wrong; the correct one is C, whereas D is beside the point.",
                "C",
            ),
            ("Correct: D. Incorrect: A, B, C.", "D"),
            ("A: wrong\nB: wrong\nC: right\nD: wrong", "C"),
            (
                "B is not correct. C is correct. D describes something else.",
                "C",
            ),
        ] {
            assert_eq!(found(text, "B").as_deref(), Some(letter), "{text}");
        }
        for (text, letter) in [
            ("Only C satisfies it; A and D do not.", "C"),
            ("It is not A or B but C. Neither A nor D.", "C"),
            ("It's not A, B is right", "B"),
            ("Wrong: A, B, D. So C", "C"),
        ] {
            assert_eq!(found(text, "B").as_deref(), Some(letter), "{text}");
        }
        assert_eq!(found("The answer is (b).", "(b)").as_deref(), Some("b"));
        assert_eq!(
            found("The answer is A or C.", "A").as_deref(),
            Some("A or C")
        );
        assert_eq!(found("The answer is 5.", "12"), None);
        assert_eq!(found("Here I stop", "B"), None);
    }

    #[test]
    fn values_behind_a_letter() {
        for (text, value) in [
            (r"\text{(C) } 42", Some("42")),
            ("(C) 42", Some("42")),
            (r"\textbf{(C)}\ 42", Some(r"\ 42")),
            ("(C)", None),
            ("(x) 42", None),
        ] {
            assert_eq!(option(text).map(|(_, value)| value), value, "{text}");
        }
    }
}
