//! The expression in plain prose that a number belongs to: `3.5 × 10^4`, `9π`, `x ≥ −2`, `(2, 3]`, `9:30 PM`.
//! Knows words only as what parts expressions.

use std::borrow::Cow;
use std::ops::Range;

use super::lists;
use super::prose::{self, Kind, Token};

/// Bytes around a number in which its expression is looked for.
const REACH: usize = 240;

/// A number of a text and what it belongs to.
pub(super) struct Found<'a> {
    pub(super) start: usize,
    pub(super) text: Cow<'a, str>,
}

/// The expression of the last number that is neither a unit's exponent, nor a remark in parentheses, nor a page or
/// step; of the last number, if there are only such.
pub(super) fn last(text: &str) -> Option<Found<'_>> {
    let ascii = text.is_ascii();
    let mut before = text.len();
    let mut aside = None;
    while let Some(digit) = last_digit(&text[..before], ascii) {
        before = digit;
        if prose::is_unit_exponent(&text[..digit]) {
            continue;
        }
        let tokens = prose::tokens(text, window(text, digit));
        match place(text, &tokens, digit) {
            Place::At(at) => return Some(around(text, &tokens, at)),
            Place::Aside(at) => {
                aside = aside.or_else(|| Some(around(text, &tokens, at)));
                before = tokens[at].start.min(digit);
            }
            Place::Within(start) => before = start.min(digit),
        }
    }
    aside
}

/// The expression of the first number.
pub(super) fn first(text: &str) -> Option<Found<'_>> {
    let digit = text.find(prose::is_digit)?;
    let tokens = prose::tokens(text, window(text, digit));
    let at = tokens
        .iter()
        .position(|token| token.start <= digit && digit < token.end)?;
    Some(around(text, &tokens, at))
}

/// Where the last digit stands.
fn last_digit(text: &str, ascii: bool) -> Option<usize> {
    if ascii {
        text.bytes().rposition(|b| b.is_ascii_digit())
    } else {
        text.rfind(prose::is_digit)
    }
}

/// The line around a place, as far as the reach goes.
fn window(text: &str, at: usize) -> Range<usize> {
    let mut start = prose::floor(text, at.saturating_sub(REACH));
    // No number of an ordinary length is cut in two.
    let least = start.saturating_sub(REACH);
    while start > least && matches!(text.as_bytes()[start - 1], b'0'..=b'9' | b'.' | b',') {
        start -= 1;
    }
    let end = prose::floor(text, at + REACH);
    let start = text[start..at]
        .rfind('\n')
        .map_or(start, |line| start + line + 1);
    let end = text[at..end].find('\n').map_or(end, |line| at + line);
    start..end
}

/// What a digit is.
enum Place {
    /// Part of the number that is this token.
    At(usize),
    /// Part of a number that is no answer.
    Aside(usize),
    /// Part of a word that starts here.
    Within(usize),
}

fn place(text: &str, tokens: &[Token], digit: usize) -> Place {
    let Some(at) = tokens
        .iter()
        .position(|token| token.start <= digit && digit < token.end)
    else {
        return Place::Within(digit);
    };
    if tokens[at].kind != Kind::Number {
        return Place::Within(tokens[at].start);
    }
    let numbered = at > 0 && prose::is_numbered(tokens[at - 1].word(text));
    if numbered || is_remark(text, tokens, at) {
        Place::Aside(at)
    } else {
        Place::At(at)
    }
}

/// Whether a token stands in a remark: in parentheses, with words, behind a number, and no equation.
fn is_remark(text: &str, tokens: &[Token], at: usize) -> bool {
    let mut depth = 0;
    let open = (0..at).rev().find(|i| {
        match tokens[*i].kind {
            Kind::Close => depth += 1,
            Kind::Open if depth == 0 => return true,
            Kind::Open => depth -= 1,
            _ => {}
        }
        false
    });
    let close = (at..tokens.len()).find(|i| tokens[*i].kind == Kind::Close);
    let (Some(open), Some(close)) = (open, close) else {
        return false;
    };
    let inside = &tokens[open + 1..close];
    let worded = inside.iter().any(|token| token.kind == Kind::Word);
    let equated = inside.iter().any(|token| token.kind == Kind::Equal);
    let numbered = tokens[..open].iter().any(|t| t.kind == Kind::Number);
    let spaced = open > 0 && tokens[open - 1].end < tokens[open].start;
    worded && !equated && numbered && spaced && text[tokens[open].start..].starts_with('(')
}

/// The expression or list around the number at `at`.
fn around<'a>(text: &'a str, tokens: &[Token], at: usize) -> Found<'a> {
    let run = run(text, tokens, at);
    let mut item = balanced(tokens, segment(tokens, run, at), at);
    if !introduced(text, tokens, item.start) {
        item = term(tokens, item, at);
    }
    item = trimmed(text, tokens, item, at);
    let answers = is_answer(tokens, &item) || introduced(text, tokens, item.start);
    if !answers || is_quantity(text, &tokens[item.clone()]) {
        item = at..at + 1;
    }
    item = unwrapped(text, tokens, ranging(text, tokens, item));
    if let Some(list) = lists::ended_by(text, tokens, &item) {
        item = list;
    }
    let start = signed(text, tokens, &item);
    let end = with_hour(
        text,
        &text[start..tokens[item.end - 1].end],
        tokens[item.end - 1].end,
    );
    let negative = item.start.checked_sub(1).filter(|i| {
        matches!(tokens[*i].word(text), "minus" | "negative")
            && !i.checked_sub(1).is_some_and(|i| tokens[i].ends_operand())
    });
    match negative {
        Some(word) => Found {
            start: tokens[word].start,
            text: format!("-{}", &text[start..end]).into(),
        },
        None => Found {
            start,
            text: text[start..end].into(),
        },
    }
}

/// The longest stretch of tokens around `at` that may follow one another in mathematics.
pub(super) fn run(text: &str, tokens: &[Token], at: usize) -> Range<usize> {
    let mut start = 0;
    let mut depth = 0usize;
    for i in 0..tokens.len() {
        if i > start && !prose::joins(text, &tokens[i - 1], &tokens[i], depth > 0) {
            if i > at {
                return start..i;
            }
            (start, depth) = (i, 0);
        }
        match tokens[i].kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    start..tokens.len()
}

/// The part of a run between two equality signs.
pub(super) fn segment(tokens: &[Token], run: Range<usize>, at: usize) -> Range<usize> {
    let equal = |i: &usize| tokens[*i].kind == Kind::Equal;
    let start = (run.start..at)
        .rev()
        .find(equal)
        .map_or(run.start, |i| i + 1);
    let end = (at..run.end).find(equal).unwrap_or(run.end);
    start..end
}

/// Without what an unmatched bracket cuts off.
pub(super) fn balanced(tokens: &[Token], item: Range<usize>, at: usize) -> Range<usize> {
    let (mut start, mut end) = (item.start, item.end);
    let mut open = Vec::new();
    for i in item {
        match tokens[i].kind {
            Kind::Open => open.push(i),
            Kind::Close if open.pop().is_none() => {
                if i > at {
                    end = i;
                    break;
                }
                start = i + 1;
            }
            _ => {}
        }
    }
    for i in open {
        if i < at {
            start = start.max(i + 1);
        } else {
            end = end.min(i);
        }
    }
    start..end
}

/// Whether a value is announced here: behind an equality sign or a verb.
pub(super) fn introduced(text: &str, tokens: &[Token], start: usize) -> bool {
    start.checked_sub(1).is_some_and(|i| {
        let before = &tokens[i];
        before.kind == Kind::Equal
            || prose::is_copula(before.word(text))
            || &text[before.start..before.end] == ":"
    })
}

/// The summand with the token at `at`; relations stay whole.
fn term(tokens: &[Token], item: Range<usize>, at: usize) -> Range<usize> {
    if tokens[item.clone()].iter().any(|t| t.kind == Kind::Order) {
        return item;
    }
    let mut depth = 0i32;
    let mut parts = Vec::new();
    for i in item.clone() {
        match tokens[i].kind {
            Kind::Open => depth += 1,
            Kind::Close => depth -= 1,
            Kind::Sign if depth == 0 && i > item.start && tokens[i - 1].ends_operand() => {
                parts.push(i);
            }
            _ => {}
        }
    }
    let start = parts.iter().rev().find(|i| **i < at);
    let end = parts.iter().find(|i| **i > at);
    start.map_or(item.start, |i| i + 1)..end.copied().unwrap_or(item.end)
}

/// Without operators that have lost their operand at either end; a dash that touches a word is no sign.
fn trimmed(text: &str, tokens: &[Token], item: Range<usize>, at: usize) -> Range<usize> {
    let (mut start, mut end) = (item.start, item.end);
    let unary = |i: usize| {
        tokens[i].kind == Kind::Sign
            && tokens[i].end == tokens[i + 1].start
            && !text[..tokens[i].start].ends_with(|c: char| c.is_alphanumeric() || c == ')')
    };
    while end > at + 1 && !tokens[end - 1].ends_operand() {
        end -= 1;
    }
    while start < at && !(tokens[start].begins_operand() || unary(start)) {
        start += 1;
    }
    start..end
}

/// Whether an item that nothing introduces may stand for itself: numbers and constants, a tuple, or an inequality of a
/// name; not `f(5)` or `3x`.
fn is_answer(tokens: &[Token], item: &Range<usize>) -> bool {
    let has = |kind| tokens[item.clone()].iter().any(|t| t.kind == kind);
    has(Kind::Order) == has(Kind::Name)
}

/// With the lower bound of a range: `20-25 minutes` is not 25.
fn ranging(text: &str, tokens: &[Token], item: Range<usize>) -> Range<usize> {
    let Some(from) = item.start.checked_sub(2).filter(|_| item.len() == 1) else {
        return item;
    };
    let [low, dash, high] = [tokens[from], tokens[from + 1], tokens[from + 2]];
    let touching = low.end == dash.start && dash.end == high.start;
    let value = |token: &Token| token.word(text).parse::<u32>().ok();
    let ascending = value(&low).is_some_and(|low| value(&high).is_some_and(|high| low < high));
    let worded = from == 0 || tokens[from - 1].kind == Kind::Word;
    if touching && worded && dash.kind == Kind::Sign && ascending {
        from..item.end
    } else {
        item
    }
}

/// `3m²`: one number that a unit touches.
fn is_quantity(text: &str, item: &[Token]) -> bool {
    item.len() > 1
        && item[0].kind == Kind::Number
        && prose::is_unit(item[1].word(text))
        && item[2..].iter().all(|token| token.kind == Kind::Postfix)
}

/// Without parentheses around one value.
fn unwrapped(text: &str, tokens: &[Token], item: Range<usize>) -> Range<usize> {
    let inner = &tokens[item.clone()];
    let single = inner.len() == 3
        && inner[0].kind == Kind::Open
        && inner[2].kind == Kind::Close
        && !inner[1].word(text).contains(',');
    if single {
        item.start + 1..item.end - 1
    } else {
        item
    }
}

/// Where an item begins with the sign of a negative amount: `-$40`, `-5`; `7-5` has none.
fn signed(text: &str, tokens: &[Token], item: &Range<usize>) -> usize {
    let start = tokens[item.start].start;
    if item.start == 0 || tokens[item.start].kind != Kind::Number {
        return start;
    }
    let before = text[..start].trim_end_matches('$').trim_end_matches('\\');
    let unary = |rest: &str| {
        !rest.ends_with(|c: char| {
            c.is_alphanumeric()
                || c == ')'
                || c == ' ' && rest.trim_end().ends_with(|c: char| c.is_ascii_digit())
        })
    };
    ["-", "−", "–"]
        .iter()
        .find_map(|minus| before.strip_suffix(minus).filter(|rest| unary(rest)))
        .map_or(start, str::len)
}

/// The end of a time of day with its half of the day: `9:30 PM`.
fn with_hour(text: &str, item: &str, end: usize) -> usize {
    if !item.contains(':') {
        return end;
    }
    let behind = &text[end..];
    let half = behind.strip_prefix(' ').unwrap_or(behind);
    let skipped = behind.len() - half.len();
    ["a.m.", "p.m.", "am", "pm"]
        .iter()
        .find(|name| {
            half.get(..name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
                && !half[name.len()..].starts_with(|c: char| c.is_alphanumeric())
        })
        .map_or(end, |name| end + skipped + name.len())
}

#[cfg(test)]
mod tests {
    use super::last;

    fn found(text: &str) -> Option<String> {
        last(text).map(|found| found.text.into_owned())
    }

    #[test]
    fn the_whole_expression() {
        for (text, expression) in [
            ("the result is 3.5 × 10^4 meters", "3.5 × 10^4"),
            ("about 3 x 10^8 m/s.", "3 x 10^8"),
            ("Thus it is 2.4e6.", "2.4e6"),
            ("So N = 2^10.", "2^10"),
            ("an area of 9π.", "9π"),
            ("a length of 4√5 cm.", "4√5"),
            ("a depth of 3½ feet.", "3½"),
            ("a ratio of 3:4.", "3:4"),
            ("at 9:30 PM, she", "9:30 PM"),
            ("Therefore x ≥ −2.", "x ≥ −2"),
            ("x ∈ (−∞; 3]", "x ∈ (−∞; 3]"),
            ("the point (2, 3).", "(2, 3)"),
            ("drops to minus 4", "-4"),
            ("3 + 4 = 7", "7"),
            ("f(x) = 3x + 5", "3x + 5"),
            ("-$40 in total", "-$40"),
            ("17 1/13 of it", "17 1/13"),
            ("in 20-25 minutes", "20-25"),
        ] {
            assert_eq!(found(text).as_deref(), Some(expression), "{text}");
        }
    }

    #[test]
    fn what_is_no_part_of_it() {
        for (text, number) in [
            ("we have 7-5", "5"),
            ("pages 10 - 15", "15"),
            ("he ran 10x", "10"),
            ("it takes 12 hours. Reference: Chapter 2", "12"),
            ("see page 5", "5"),
            ("see f(5)", "5"),
            ("an area of 60 in^3.", "60"),
            ("falls at 9.8 m/s^2", "9.8"),
            ("a force of 50 N (about 11 lbs).", "50"),
            ("5 litres of H2O", "5"),
            ("In 2020, 35 people came", "35"),
            ("the sum of 12 and 18", "18"),
        ] {
            assert_eq!(found(text).as_deref(), Some(number), "{text}");
        }
    }
}
