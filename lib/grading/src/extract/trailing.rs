//! The last formula or number of a text that announces nothing.

use super::{Extracted, Rule};
use crate::read::node::Node;
use crate::read::{self, Digits};

/// Where a formula, a bold passage or a number ends the text's mathematics.
pub(super) fn trailing(text: &str) -> Option<Extracted<'_>> {
    let formula = last_formula(text);
    let number = last_number(text);
    match (formula, number) {
        // A number behind the last formula is nearer to the end, unless the text breaks off within a formula.
        (Some((_, end)), Some((start, number)))
            if start >= end && !breaks_off(&text[end..start]) =>
        {
            Some(Extracted {
                text: number.into(),
                rule: Rule::Number,
            })
        }
        (Some((formula, _)), _) => Some(Extracted {
            text: formula.into(),
            rule: Rule::Formula,
        }),
        (None, Some((_, number))) => Some(Extracted {
            text: number.into(),
            rule: Rule::Number,
        }),
        (None, None) => None,
    }
}

/// Whether a displayed formula is open at the end of `text`.
fn breaks_off(text: &str) -> bool {
    text.rfind("\\[")
        .is_some_and(|open| !text[open..].contains("\\]"))
}

/// A line that is mathematics from its beginning to its end.
pub(super) fn formula(text: &str) -> Option<&str> {
    let text = text.trim();
    let bare = text.len() <= 100
        && !text.contains(['\n', '$'])
        && !text.contains("\\(")
        && !text.contains("\\[")
        && prose_words(text) == 0;
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

/// The last text between math delimiters or bold marks, and where it ends.
fn last_formula(text: &str) -> Option<(&str, usize)> {
    let pairs = [
        ("$$", "$$"),
        ("$", "$"),
        ("\\(", "\\)"),
        ("\\[", "\\]"),
        ("**", "**"),
    ];
    let candidates = pairs
        .iter()
        .filter_map(|(open, close)| last_between(text, open, close));
    candidates
        .filter(|(inner, _)| is_mathematical(inner))
        .max_by_key(|(inner, end)| (*end, inner.len()))
}

fn last_between<'a>(text: &'a str, open: &str, close: &str) -> Option<(&'a str, usize)> {
    let mut closings = unescaped_from_the_end(text, close);
    let end = closings.next()?;
    let start = unescaped_from_the_end(&text[..end], open).next()? + open.len();
    let inner = text[start..end].trim().trim_matches('$').trim();
    // One closing is gone already.
    let unbalanced = open == close && closings.count().is_multiple_of(2);
    let foreign = open == "$" && inner.contains('\n');
    let unfit = inner.is_empty() || inner.len() >= 400 || unbalanced || foreign;
    (!unfit).then_some((inner, end + close.len()))
}

/// Where a delimiter stands, the last first; `\$` is a dollar.
fn unescaped_from_the_end<'a>(
    text: &'a str,
    delimiter: &'a str,
) -> impl Iterator<Item = usize> + 'a {
    text.rmatch_indices(delimiter)
        .map(|(at, _)| at)
        .filter(move |at| !text[..*at].ends_with('\\'))
}

/// Digits, or letters of which few stand beside each other, and no prose: `$5 and he kept $` is money.
fn is_mathematical(text: &str) -> bool {
    let marked = text
        .bytes()
        .any(|b| b.is_ascii_digit() || matches!(b, b'\\' | b'=' | b'^'));
    (marked || text.chars().count() <= 3) && (text.contains('\\') || prose_words(text) < 2)
}

/// Words of plain prose.
fn prose_words(text: &str) -> usize {
    text.split(|c: char| c.is_whitespace())
        .filter(|word| word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic()))
        .count()
}

/// The last number with its sign, decimals, fraction and percent sign; the 2 of `H2O` is none.
fn last_number(text: &str) -> Option<(usize, &str)> {
    let bytes = text.as_bytes();
    let mut before = bytes.len();
    loop {
        let last = bytes[..before].iter().rposition(u8::is_ascii_digit)?;
        let mut start = last;
        while start > 0 && is_part(bytes, start - 1) {
            start -= 1;
        }
        if start > 0 && (bytes[start - 1].is_ascii_alphabetic() || bytes[start - 1] == b'_') {
            before = start;
            continue;
        }
        while start < last && matches!(bytes[start], b',' | b'/') {
            start += 1;
        }
        let mut end = last + 1;
        if bytes.get(end) == Some(&b'%') {
            end += 1;
        } else if text[end..].starts_with("\\%") {
            end += 2;
        }
        start = signed(text, start);
        return text.get(start..end).map(|number| (start, number));
    }
}

/// Digits, and separators between digits.
fn is_part(bytes: &[u8], at: usize) -> bool {
    match bytes[at] {
        b'0'..=b'9' => true,
        b'.' => bytes[at + 1].is_ascii_digit(),
        b',' | b'/' => at > 0 && bytes[at - 1].is_ascii_digit() && bytes[at + 1].is_ascii_digit(),
        _ => false,
    }
}

/// Where a number with its sign begins: `-5`, `-$40`; `7-5` has no sign.
fn signed(text: &str, start: usize) -> usize {
    let before = text[..start].trim_end_matches('$').trim_end_matches('\\');
    let dollars = before.len();
    for minus in ["-", "−"] {
        if let Some(rest) = before.strip_suffix(minus)
            && !rest.ends_with(|c: char| {
                c.is_alphanumeric()
                    || c == ')'
                    || c == ' ' && rest.trim_end().ends_with(|c: char| c.is_ascii_digit())
            })
        {
            return rest.len();
        }
    }
    if dollars < start { dollars } else { start }
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
            Some("40")
        );
        assert_eq!(found("5 litres of H2O").as_deref(), Some("5"));
        assert_eq!(found("no conclusion").as_deref(), None);
        assert_eq!(found("which gives 2.5 hours").as_deref(), Some("2.5"));
        assert_eq!(found("1,234 people").as_deref(), Some("1,234"));
        assert_eq!(found("how many $? just about 1$").as_deref(), Some("1"));
    }
}
