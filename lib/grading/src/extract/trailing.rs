//! The last formula, list or number of a text that announces nothing.

use std::borrow::Cow;

use super::formulas::{Formula, conclusion, displays, formulas, joint};
use super::{Extracted, Rule, expression, prose};
use crate::read::node::Node;
use crate::read::{self, Digits};

/// Where a formula, a bold passage or a number ends the text's mathematics.
pub(super) fn trailing(text: &str) -> Option<Extracted<'_>> {
    let text = without_closing_remark(text);
    let mut formulas = formulas(text);
    without_names(text, &mut formulas);
    let formula = formulas.last();
    let number = expression::last(text);
    match (formula, number) {
        // `**11 hotdogs a minute** to tie the record of 10 minutes`
        (Some(formula), Some(number))
            if formula.bold
                && formula
                    .inner
                    .starts_with(|c: char| c.is_ascii_digit() || c == '$')
                && number.start >= formula.end
                && !text[formula.end..number.start].contains(['.', '\n', ':']) =>
        {
            Some(found(closing(text, &formulas, formula), Rule::Formula))
        }
        // A number behind the last formula is nearer to the end, unless the text breaks off within a formula.
        (Some(formula), Some(number))
            if number.start >= formula.end && !breaks_off(&text[formula.end..number.start]) =>
        {
            Some(found(number.text, Rule::Number))
        }
        (Some(last), _) => Some(found(closing(text, &formulas, last), Rule::Formula)),
        (None, Some(number)) => Some(found(number.text, Rule::Number)),
        (None, None) => None,
    }
}

/// Beginnings of paragraphs that speak of the answer when it has been given.
const CLOSING_REMARKS: [&str; 7] = [
    "Check",
    "**Check",
    "Verif",
    "**Verif",
    "We can verify",
    "Let me know",
    "Let's verify",
];

/// What a reason or a remark behind the answer begins with.
const REASONS: [&str; 9] = [
    ", and not ",
    ", not ",
    " rather than ",
    ", since ",
    " since $",
    " because ",
    ", attained ",
    ", achieved ",
    ", when $",
];

/// Without the paragraphs that check an answer, and without the reason or remark behind the last one.
fn without_closing_remark(text: &str) -> &str {
    let mut text = text;
    let paragraph = |text: &str| {
        let mut ends = text.rmatch_indices("\n\n").map(|(at, _)| at).take(8);
        ends.find(|at| {
            let behind = text[*at..].trim_start();
            CLOSING_REMARKS.iter().any(|word| behind.starts_with(word))
        })
    };
    let has_digits = |text: &str| text.bytes().any(|b| b.is_ascii_digit());
    while let Some(at) = paragraph(text).filter(|at| has_digits(&text[..*at])) {
        text = &text[..at];
    }
    let start = text.rfind('\n').map_or(0, |at| at + 1);
    let start = text[start..].rfind(". ").map_or(start, |at| start + at + 2);
    let reason = REASONS
        .iter()
        .filter_map(|reason| text[start..].find(reason))
        .min()
        .map(|at| &text[..start + at])
        .filter(|told| has_digits(&told[start..]));
    reason.unwrap_or(text)
}

fn found(text: Cow<'_, str>, rule: Rule) -> Extracted<'_> {
    Extracted { text, rule }
}

/// Drops names at the end of a line in which a formula says more: `$f(x) = x^2$ for all $x$`.
fn without_names(text: &str, formulas: &mut Vec<Formula<'_>>) {
    let is_name = |formula: &Formula<'_>| formula.inner.len() == 1;
    let Some(says_more) = formulas.iter().rposition(|formula| !is_name(formula)) else {
        return;
    };
    let line = &text[formulas[says_more].end
        ..formulas[formulas.len() - 1]
            .start
            .max(formulas[says_more].end)];
    if formulas[says_more].inner.contains('=') && !line.contains('\n') {
        formulas.truncate(says_more + 1);
    }
}

/// Whether a displayed formula is open at the end of `text`.
fn breaks_off(text: &str) -> bool {
    text.rfind("\\[")
        .is_some_and(|open| !text[open..].contains("\\]"))
}

/// The last formulas as one list, the value of a bold sentence, or what the last formula comes down to.
fn closing<'a>(text: &'a str, formulas: &[Formula<'a>], last: &Formula<'a>) -> Cow<'a, str> {
    if let Some(list) = list(text, formulas) {
        return list;
    }
    let sentence = last.bold && last.inner.contains([':', '=']) && !last.inner.contains('\\');
    if sentence && let Some(number) = expression::last(last.inner) {
        return number.text;
    }
    conclusion(last.inner)
}

/// More formulas than these are no list that anyone writes.
const MOST: usize = 32;

/// The formulas at the end of a text that commas and conjunctions join, behind a verb or all labelled with one name.
fn list<'a>(text: &'a str, formulas: &[Formula<'a>]) -> Option<Cow<'a, str>> {
    let mut first = formulas.len() - 1;
    let mut conjunction = false;
    while first > 0 && formulas.len() - first < MOST {
        let gap = &text[formulas[first - 1].end..formulas[first].start];
        let Some(word) = joint(gap).filter(|_| formulas[first].bold == formulas[first - 1].bold)
        else {
            break;
        };
        conjunction |= word;
        first -= 1;
    }
    let items = &formulas[first..];
    let label = |formula: &Formula<'a>| formula.inner.split_once('=').map(|(name, _)| family(name));
    let labelled =
        label(&items[0]).is_some() && items.iter().all(|item| label(item) == label(&items[0]));
    let before = text[..items[0].start].trim_end();
    let verb = before
        .rsplit(|c: char| !c.is_alphabetic())
        .next()
        .is_some_and(|word| prose::is_copula(word) || prose::opens_list(word));
    let introduced = verb || before.ends_with(':');
    let several = items.len() > 1 && (conjunction || items.len() > 2 || labelled);
    if !several || !(labelled || introduced) {
        return None;
    }
    let bold = items[0].bold;
    Some(if bold {
        items
            .iter()
            .map(|item| item.inner)
            .collect::<Vec<_>>()
            .join(", ")
            .into()
    } else {
        text[items[0].start..items[items.len() - 1].end].into()
    })
}

/// A label without its subscript: the eigenvalues `\lambda_1` and `\lambda_2` are of one family.
fn family(name: &str) -> &str {
    name.split_once('_').map_or(name, |(name, _)| name).trim()
}

/// Prose, however short.
const SMALL_WORDS: [&str; 9] = ["so", "So", "is", "we", "it", "he", "as", "by", "be"];

/// So many letters of another alphabet are prose.
const FOREIGN: usize = 6;

fn foreign_letters(text: &str) -> usize {
    let foreign = |c: &char| !c.is_ascii() && c.is_alphabetic();
    text.chars().filter(foreign).count()
}

/// A line that is mathematics from its beginning to its end.
pub(super) fn formula(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text.len() <= 100
        && !text.contains(['\n', '$'])
        && !text.contains("\\(")
        && !text.contains("\\[")
        && prose::long_words(text) == 0
        && !text.split(' ').any(|word| SMALL_WORDS.contains(&word))
        && foreign_letters(text) < FOREIGN
        && !displays(text);
    let mathematical = || {
        !matches!(
            read::read(text, Digits::Grouped),
            Err(_) | Ok(Node::Text(_) | Node::Symbol(_))
        )
    };
    (bare && mathematical()).then_some(text)
}

/// A short line that is nothing but an answer.
pub(super) fn whole(text: &str) -> Option<&str> {
    let text = text.trim();
    let words = text.split_whitespace().count();
    ((1..=3).contains(&words) && text.len() <= 60).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        trailing(text).map(|extracted| extracted.text.into_owned())
    }

    #[test]
    fn last_formula_or_number() {
        assert_eq!(found("so $5x=30$ and $x=6$.").as_deref(), Some("x=6"));
        assert_eq!(found("we compute 12 then 15").as_deref(), Some("15"));
        assert_eq!(found("the temperature drops to -3").as_deref(), Some("-3"));
        assert_eq!(
            found("It takes **160 minutes** (or 2 hours and 40 minutes).").as_deref(),
            Some("160 minutes")
        );
        assert_eq!(found("5 litres of H2O").as_deref(), Some("5"));
        assert_eq!(found("no conclusion").as_deref(), None);
        assert_eq!(found("which gives 2.5 hours").as_deref(), Some("2.5"));
        assert_eq!(found("1,234 people").as_deref(), Some("1,234"));
        assert_eq!(found("how many $? just about 1$").as_deref(), Some("1"));
        assert_eq!(found("**Total: $15**").as_deref(), Some("15"));
    }

    #[test]
    fn lists_of_formulas() {
        assert_eq!(
            found("so $x=1$ or $x=4$.").as_deref(),
            Some("$x=1$ or $x=4$")
        );
        assert_eq!(
            found("They are **7** and **11**.").as_deref(),
            Some("7, 11")
        );
        assert_eq!(
            found(r"so $\lambda_1 = 2$ and $\lambda_2 = -1$").as_deref(),
            Some(r"$\lambda_1 = 2$ and $\lambda_2 = -1$")
        );
        assert_eq!(found("with $x=1$ and $y=4$").as_deref(), Some("y=4"));
    }
}
