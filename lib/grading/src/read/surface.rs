//! Markup around an answer: dollars, bold, quotes, a box, a closing full stop.

use std::borrow::Cow;

use super::repeating::goes_on;

/// The answer without what merely surrounds it.
pub(crate) fn stripped(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let before = text.len();
        text = introduced(unannounced(unwrapped(unpunctuated(text)))).trim();
        if text.len() == before {
            return text;
        }
    }
}

/// Full-width digits and letters as their ASCII selves, invisible characters gone.
pub(crate) fn unified(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_foreign) {
        return Cow::Borrowed(text);
    }
    let mut before = ' ';
    let known = text.chars().filter_map(|c| {
        // A dash in an exponent is a minus.
        let dash = c == '–' && matches!(before, 'e' | 'E');
        before = c;
        ascii(if dash { '-' } else { c })
    });
    Cow::Owned(known.collect())
}

fn is_foreign(c: char) -> bool {
    matches!(c, '\u{ff10}'..='\u{ff5a}' | '\u{200b}'..='\u{200f}' | '\u{2061}'..='\u{2064}' | '\u{feff}' | '\u{660}'..='\u{669}' | '\u{66b}' | '\u{66c}' | '\u{2212}' | '–' | '\u{ff0e}' | '\u{6f0}'..='\u{6f9}' | '\u{966}'..='\u{96f}')
}

fn ascii(c: char) -> Option<char> {
    match c {
        '\u{200b}'..='\u{200f}' | '\u{2061}'..='\u{2064}' | '\u{feff}' => None,
        '\u{ff10}'..='\u{ff5a}' => char::from_u32(c as u32 - 0xfee0),
        '\u{660}'..='\u{669}' => char::from_u32(c as u32 - 0x660 + 0x30),
        '\u{6f0}'..='\u{6f9}' => char::from_u32(c as u32 - 0x6f0 + 0x30),
        '\u{966}'..='\u{96f}' => char::from_u32(c as u32 - 0x966 + 0x30),
        '\u{66b}' | '\u{ff0e}' => Some('.'),
        '\u{66c}' => Some(','),
        '\u{2212}' => Some('-'),
        _ => Some(c),
    }
}

/// Without punctuation and blanks that end a sentence; `!` is a factorial and stays.
fn unpunctuated(text: &str) -> &str {
    // The dots of `1, 2, 3, ...` and of `0.333...` say that it goes on.
    if text.trim_end().ends_with("...") {
        if text.contains(',') {
            return text;
        }
        let number = text.trim_end().trim_end_matches('.');
        let dotted = &text[..number.len() + "...".len()];
        if goes_on(dotted) {
            return dotted;
        }
    }
    let text = text.trim_end_matches(['.', ',', ';', ':', '。', '，', '\n', ' ']);
    let set = text
        .strip_suffix('}')
        .and_then(|text| text.rsplit_once("\\text{"));
    let text = match set {
        Some((before, mark)) if matches!(mark.trim(), "." | ",") => before.trim_end(),
        _ => text,
    };
    let text = text.strip_prefix("\\displaystyle").unwrap_or(text);
    let text = text.strip_suffix("\\\\").unwrap_or(text);
    let text = match text.strip_suffix('\\') {
        Some(rest) if !rest.ends_with('\\') => rest,
        _ => text,
    };
    text.trim_start_matches([':', '\n', ' '])
}

/// Without `The final answer is`, `Answer:` and the like before the answer.
fn unannounced(text: &str) -> &str {
    let set = text
        .strip_prefix("\\text{")
        .and_then(|inner| inner.split_once('}'));
    let announces = |inner: &str| announced(inner).is_empty() || inner.trim_end().ends_with(" is");
    if let Some((inner, behind)) = set.filter(|(inner, _)| announces(inner)) {
        return if inner.trim().is_empty() {
            text
        } else {
            behind
        };
    }
    announced(text)
}

/// Words that may stand between an article and the thing that is the answer.
const KINDS: [&str; 26] = [
    "point",
    "points",
    "year",
    "line",
    "integer",
    "integers",
    "number",
    "numbers",
    "value",
    "values",
    "set",
    "interval",
    "pair",
    "triple",
    "equation",
    "function",
    "polynomial",
    "ratio",
    "vector",
    "matrix",
    "angle",
    "plane",
    "circle",
    "sequence",
    "tuple",
    "solution",
];
/// Words that may stand around those.
const ARTICLES: [&str; 16] = [
    "the",
    "a",
    "an",
    "all",
    "on",
    "in",
    "at",
    "vertical",
    "horizontal",
    "real",
    "ordered",
    "positive",
    "whole",
    "natural",
    "are",
    "is",
];
/// Words that introduce an answer.
const LONGEST_INTRODUCTION: usize = 6;

/// Without `the point`, `all integers`, `the vertical line` before a formula.
fn introduced(text: &str) -> &str {
    let (set, inner) = match text.strip_prefix("\\text{").and_then(|t| t.split_once('}')) {
        Some((words, behind)) => (Some(behind.trim_start()), words),
        None => (None, text),
    };
    let (mut rest, mut named) = (inner, false);
    for _ in 0..LONGEST_INTRODUCTION {
        let word = rest
            .split(|c: char| !c.is_ascii_alphabetic())
            .next()
            .unwrap_or_default();
        // `Interval(0, 1)` is what a program prints, and closed; `Matrix([1, 2])` is a column.
        let printed =
            matches!(word, "Interval" | "Matrix") && rest[word.len()..].starts_with(['(', '.']);
        let known =
            |words: &[&str]| !printed && words.iter().any(|own| own.eq_ignore_ascii_case(word));
        if word.is_empty() || !(known(&KINDS) || known(&ARTICLES)) {
            break;
        }
        named |= known(&KINDS);
        rest = rest[word.len()..].trim_start();
    }
    // In a text of its own the introduction is all there is.
    let rest = match set {
        Some(behind) if rest.is_empty() => behind,
        Some(_) => return text,
        None => rest,
    };
    let formula = rest.starts_with(|c: char| {
        c.is_ascii_digit() || matches!(c, '(' | '[' | '{' | '\\' | '$' | '-' | '<' | '⟨')
    }) || rest
        .as_bytes()
        .get(1)
        .is_some_and(|second| !second.is_ascii_alphanumeric())
        && rest.starts_with(|c: char| c.is_ascii_alphabetic());
    if named && formula { rest } else { text }
}

/// What follows the announcement at the start of `text`, or `text` if there is none.
fn announced(text: &str) -> &str {
    let mut rest = text.trim_start_matches(['*', '_', ' ']);
    for (word, needed) in [
        ("the", false),
        ("final", false),
        ("correct", false),
        ("right", false),
        ("answer", true),
    ] {
        match word_first(rest, word) {
            Some(behind) => rest = behind,
            None if needed => return text,
            None => {}
        }
    }
    let said = word_first(rest, "is");
    let behind = said.unwrap_or(rest).trim_start_matches(['*', '_', ' ']);
    let marked = behind.strip_prefix([':', '=']);
    match (marked, said) {
        (Some(answer), _) => answer.trim_start_matches(['*', '_', ' ']),
        (None, Some(_)) => behind,
        (None, None) => text,
    }
}

/// What follows `word` and blanks at the start of `text`.
fn word_first<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let (first, rest) = text.split_at_checked(word.len())?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric());
    (ends && first.eq_ignore_ascii_case(word)).then(|| rest.trim_start())
}

const PAIRS: [(&str, &str); 13] = [
    ("``", "''"),
    ("$$", "$$"),
    ("$", "$"),
    ("\\(", "\\)"),
    ("\\[", "\\]"),
    ("**", "**"),
    ("__", "__"),
    ("`", "`"),
    ("\"", "\""),
    ("“", "”"),
    ("'", "'"),
    ("*", "*"),
    ("「", "」"),
];

/// Without one layer of a pair around the whole.
fn unwrapped(text: &str) -> &str {
    for (open, close) in PAIRS {
        if let Some(inner) = text
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            && !inner.contains(open)
            && !inner.contains(close)
            && !inner.is_empty()
        {
            return inner;
        }
    }
    let boxed = text
        .strip_prefix("\\boxed")
        .or_else(|| text.strip_prefix("\\fbox"))
        .map(str::trim_start);
    match boxed.and_then(crate::extract::braced) {
        Some(inner) if text.ends_with('}') && !inner.contains("\\boxed") => inner,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_layers_and_keeps_the_middle() {
        for (text, inner) in [
            (" $5$. ", "5"),
            ("**5**", "5"),
            (r"\boxed{22}", "22"),
            (r"\(\frac{1}{2}\)", r"\frac{1}{2}"),
            ("\"odd\".", "odd"),
            ("$8$,$4$", "$8$,$4$"),
            ("5!", "5!"),
            ("185\\ ", "185"),
            ("The final answer is: $5$.", "5"),
            ("**Answer:** 5", "5"),
            ("\\text{Answer: } 5", "5"),
            ("\\text{ } 5", "\\text{ } 5"),
            ("answer 5", "answer 5"),
            ("the answering", "the answering"),
        ] {
            assert_eq!(stripped(text), inner, "{text}");
        }
    }
}
