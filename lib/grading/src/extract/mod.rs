//! From a model's full text to its final answer.
//!
//! Rules are tried from the most explicit to the least; the first that finds something decides. Which rules
//! may be used is the caller's choice: training asks for a box, evaluation of foreign text allows them all.

mod thoughts;

mod attached;
mod boxed;
mod contents;
mod gaps;
mod several;

mod clause;
mod conclusion;
mod stated;

mod choice;
mod truth;

mod expression;
mod formulas;
mod lists;
mod named;
mod prose;
mod trailing;

use std::borrow::Cow;

pub(crate) use boxed::braced;

use crate::compare::reference_choice;
use crate::read::node::Node;
use crate::read::token::Bracket;
use crate::read::{self, Digits};

/// The rule that found an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The last complete `\boxed{...}` or `\fbox{...}`.
    Boxed,
    /// The last boxes, joined by commas or conjunctions, where the reference has several parts.
    Boxes,
    /// What follows the last `####`.
    Hashes,
    /// What follows "final answer is", "the answer is", "Answer:".
    Stated,
    /// The last choice letter in prose, where the reference is one.
    Choice,
    /// The last yes, no, true or false in prose, where the reference is one.
    Boolean,
    /// The last formula.
    Formula,
    /// The last number.
    Number,
    /// The whole text, which is nothing but an answer.
    Whole,
    /// An external program found it.
    External,
}

impl Rule {
    /// The code that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boxed => "boxed",
            Self::Boxes => "boxes",
            Self::Hashes => "hashes",
            Self::Stated => "stated",
            Self::Choice => "choice",
            Self::Boolean => "boolean",
            Self::Formula => "formula",
            Self::Number => "number",
            Self::Whole => "whole",
            Self::External => "external",
        }
    }
}

/// Which rules may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Boxes.
    pub boxed: bool,
    /// `####`, and statements such as "the answer is".
    pub stated: bool,
    /// The last formula, number, letter or truth value of the text.
    pub trailing: bool,
}

impl Rules {
    /// Boxes only: the answer must be marked as such.
    pub const BOXED: Self = Self {
        boxed: true,
        stated: false,
        trailing: false,
    };
    /// Boxes, hashes and statements.
    pub const STATED: Self = Self {
        boxed: true,
        stated: true,
        trailing: false,
    };
    /// Everything.
    pub const ALL: Self = Self {
        boxed: true,
        stated: true,
        trailing: true,
    };

    /// The name of the set, as it is typed; `custom` where it has none.
    pub fn name(self) -> &'static str {
        match self {
            Self::BOXED => "boxed",
            Self::STATED => "stated",
            Self::ALL => "all",
            _ => "custom",
        }
    }
}

/// A final answer and the rule that found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extracted<'a> {
    /// As it stands in the response; put together where it is in several places: several boxes, a sign before a box,
    /// bold numbers that make up a list, `minus 4`.
    pub text: Cow<'a, str>,
    pub rule: Rule,
}

/// Finds the final answer of `response`, outside its thoughts: what stands behind `</think>` decides, and a thought that
/// never ends has no answer. The reference only tells what kind of answer is looked for: a choice letter
/// or a truth value in prose, several values in several boxes, or mathematics.
pub fn extract<'a>(
    response: &'a str,
    reference: Option<&str>,
    rules: Rules,
) -> Option<Extracted<'a>> {
    found_in(thoughts::spoken(response), reference, rules)
}

fn found_in<'a>(response: &'a str, reference: Option<&str>, rules: Rules) -> Option<Extracted<'a>> {
    let found = |rule: Rule| {
        move |text: &'a str| Extracted {
            text: Cow::Borrowed(text),
            rule,
        }
    };
    let boxed = || rules.boxed.then(|| in_boxes(response, reference)).flatten();
    let announced = || {
        let stated = || {
            stated::stated(response).map(|text| Extracted {
                text,
                rule: Rule::Stated,
            })
        };
        rules.stated.then(stated).flatten()
    };
    let hashes = || rules.stated.then(|| stated::hashes(response)).flatten();
    let worded = || match reference {
        Some(reference) if rules.trailing => choice::in_prose(response, reference),
        _ => None,
    };
    let trailing = || {
        let found = found(Rule::Whole);
        let trailing = || {
            trailing::formula(response)
                .map(found)
                .or_else(|| trailing::trailing(response))
                .or_else(|| trailing::whole(response).map(found))
        };
        // A text that is nothing but an empty box holds no answer.
        (rules.trailing && contents::holds_answer(response))
            .then(trailing)
            .flatten()
    };
    let named = || match reference {
        Some(reference) if rules.trailing => {
            named::in_prose(response, reference).map(found(Rule::Formula))
        }
        _ => None,
    };
    boxed()
        .or_else(hashes)
        .or_else(worded)
        .or_else(announced)
        .or_else(named)
        .or_else(trailing)
}

/// The answer in the last box, or in the last boxes where the reference has several parts and the last box has not.
fn in_boxes<'a>(response: &'a str, reference: Option<&str>) -> Option<Extracted<'a>> {
    let response = undenied(response);
    let last = boxed::last_box(response)?;
    // Joined boxes are one list whatever was asked for: naming two answers is not naming one. Only where each names
    // another thing, the last may be the one that was asked for.
    if let Some(reference) = reference
        && let Some(list) = several::joined(response)
        && (parts(reference) > parts(last.content) || !list.name_different_things)
    {
        return Some(Extracted {
            text: Cow::Owned(list.text),
            rule: Rule::Boxes,
        });
    }
    let text = several::enclosed(response)
        .map(Cow::Owned)
        .unwrap_or_else(|| worded(attached::whole(response, &last), reference));
    Some(Extracted {
        text,
        rule: Rule::Boxed,
    })
}

/// Up to the last box that is not denied, if there is one: `\boxed{42}, not \boxed{41}`.
fn undenied(response: &str) -> &str {
    const MOST: usize = 8;
    const DENIALS: [&str; 3] = [" not", " instead of", " rather than"];
    let mut text = response;
    for _ in 0..MOST {
        let Some(last) = boxed::last_box(text) else {
            return response;
        };
        let before = text[..last.start].trim_end_matches(['$', ' ', '\\', '(', '*']);
        if !DENIALS.iter().any(|denial| before.ends_with(denial)) {
            return text;
        }
        text = before;
    }
    response
}

/// What a box with words says, as far as the reference asks for it: `The answer is 33`, `There are 12 ways`, the letter
/// or the value of `\text{(C) } 42`.
fn worded<'a>(content: Cow<'a, str>, reference: Option<&str>) -> Cow<'a, str> {
    let Cow::Borrowed(text) = content else {
        return content;
    };
    let option = reference.and_then(|reference| Some((choice::option(text)?, reference)));
    let said = match (option, plain(text)) {
        (Some(((letter, value), reference)), _) => {
            let letter = reference_choice(reference).is_some().then(|| letter.into());
            Some(letter.unwrap_or(value.into()))
        }
        (None, Cow::Borrowed(plain)) => concluded(plain, reference),
        (None, Cow::Owned(plain)) => {
            concluded(&plain, reference).map(|answer| Cow::Owned(answer.into_owned()))
        }
    };
    said.unwrap_or(content)
}

/// Words by which a number is not the value itself, but a bound, an exception or a part of it.
const BOUNDING: [&str; 28] = [
    "except",
    "other",
    "than",
    "above",
    "below",
    "over",
    "under",
    "greater",
    "smaller",
    "larger",
    "fewer",
    "less",
    "more",
    "least",
    "most",
    "twice",
    "half",
    "no",
    "not",
    "never",
    "cannot",
    "without",
    "unless",
    "between",
    "first",
    "multiple",
    "multiples",
    "negative",
];

/// The one value that words stand around. Training rewards boxes: words may neither stand around several values, nor make
/// another one of it.
fn concluded<'a>(plain: &'a str, reference: Option<&str>) -> Option<Cow<'a, str>> {
    let digits = |text: &str| text.chars().filter(|c| prose::is_digit(*c)).count();
    let only = |answer: &Cow<'_, str>| digits(answer) == digits(plain);
    let mut words = plain.split(|c: char| !c.is_alphabetic());
    let bounded = words.any(|word| BOUNDING.iter().any(|own| own.eq_ignore_ascii_case(word)));
    let bounded = bounded || conclusion::is_bound(plain);
    if digits(plain) > 0 && bounded || plain.matches("answer is").count() > 1 {
        return None;
    }
    if let Some(answer) = stated::stated(plain).filter(only) {
        return Some(answer);
    }
    if plain.contains('\\') || prose::long_words(reference?) > 0 {
        return None;
    }
    let plain = clause::without_hedges(plain);
    // `Area: 12`
    if let Some((label, value)) = plain.split_once(": ")
        && label.chars().all(|c| c.is_alphabetic() || c == ' ')
        && !value.contains(':')
    {
        return Some(value.trim().into());
    }
    let value = match conclusion::of(plain) {
        Cow::Borrowed(value) => Cow::Borrowed(value.trim()),
        value => value,
    };
    (digits(&value) > 0 && only(&value)).then_some(value)
}

/// Text with what `\text{...}` holds in its place.
fn plain(text: &str) -> Cow<'_, str> {
    const SET: &str = "\\text{";
    if !text.contains(SET) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(SET) {
        // Braces that do not close, or stand in one another, are no words.
        let Some((inner, behind)) = behind
            .split_once('}')
            .filter(|(inner, _)| !inner.contains('{'))
        else {
            return Cow::Borrowed(text);
        };
        plain.push_str(before);
        plain.push_str(inner);
        rest = behind;
    }
    plain.push_str(rest);
    Cow::Owned(plain.trim().to_owned())
}

/// Words that make a reference a solution.
const SOLUTION: usize = 20;

/// The answer of a reference that is a whole solution: what its boxes hold, or what it states.
pub(crate) fn answer_of(reference: &str) -> Cow<'_, str> {
    if !reference.contains("box") {
        let long = reference.split_whitespace().nth(SOLUTION).is_some();
        let stated = long.then(|| extract(reference, None, Rules::STATED));
        return match stated.flatten() {
            Some(answer) => answer.text,
            None => Cow::Borrowed(reference),
        };
    }
    match (several::joined(reference), boxed::last_box(reference)) {
        (Some(list), _) => Cow::Owned(list.text),
        (None, Some(last)) => attached::whole(reference, &last),
        (None, None) => Cow::Borrowed(reference),
    }
}

/// What kind of parts an answer has: none, coordinates, or elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Parts {
    None,
    Coordinates,
    Elements,
}

fn parts(text: &str) -> Parts {
    if text.contains("\\pm") || text.contains('±') {
        return Parts::Elements;
    }
    if !text.contains([',', ';']) && !text.contains("and") && !text.contains("or") {
        return Parts::None;
    }
    let read = |digits| match read::read(text, digits) {
        Ok(Node::List(_) | Node::Group(Bracket::Curly, ..)) => Parts::Elements,
        Ok(Node::Group(..)) => Parts::Coordinates,
        _ => Parts::None,
    };
    read(Digits::Grouped).max(read(Digits::Listed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_box() {
        let found = |text, reference| {
            extract(text, Some(reference), Rules::BOXED).map(|found| found.text.into_owned())
        };
        for (text, reference, answer) in [
            (r"\boxed{The answer is 33}", "33", "33"),
            (r"\boxed{There are 12 ways}", "12", "12 ways"),
            (r"\boxed{\text{There are 12 ways}}", "12", "12 ways"),
            (
                r"\boxed{\text{There are } 12 \text{ ways}}",
                "12",
                "12  ways",
            ),
            (r"\boxed{\text{Answer: } 33}", "33", "33"),
            (r"\boxed{\text{Area: } 12}", "12", "12"),
            (r"\boxed{\text{exactly 2}}", "2", "2"),
            (
                r"\boxed{\text{the square of 3}}",
                "3",
                r"\text{the square of 3}",
            ),
            (r"\boxed{42}, not $\boxed{41}$", "42", "42"),
            (
                r"$m=\boxed{3}$, $n=\boxed{4}$, and $m+n=\boxed{7}$",
                "7",
                "7",
            ),
            ("<think>\\boxed{3}</think> So \\boxed{4}.", "4", "4"),
            (
                r"\boxed{\text{any value other than } 2}",
                "2",
                r"\text{any value other than } 2",
            ),
            (r"\boxed{\text{(C) } 42}", "42", "42"),
            (r"\boxed{\textbf{(C)}\ 42}", "C", "C"),
            (
                r"\boxed{The answer is 12, I think, or 13}",
                "12",
                "12, I think, or 13",
            ),
            (
                r"\boxed{12 or maybe 13 ways in all}",
                "12",
                "12 or maybe 13 ways in all",
            ),
            (
                r"\boxed{Page 5 is missing}",
                "Page 5 is missing",
                "Page 5 is missing",
            ),
        ] {
            assert_eq!(found(text, reference).as_deref(), Some(answer), "{text}");
        }
    }
}
