//! Digits as people group them: `1,234`, `1{,}234`, `1\,234`, `1 234`, `1.234.567`, `.5`, `3.`, `1.7e-6`, `0.\overline{3}`.
//!
//! What is ambiguous: `1,234` is grouped and `1.234` a decimal, always; `1.234,56` is a decimal with a comma;
//! `1,5` is a list unless the other side has no list. A comma list of which not all parts are groups has no groups.

use std::borrow::Cow;

/// How grouped digits are taken where two readings are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grouping {
    /// `1,234` is one number (off inside brackets, where it is two coordinates).
    pub(crate) comma: bool,
    /// `16,75` is sixteen and three quarters.
    pub(crate) decimal_comma: bool,
    /// `2e-5` with an integer before the `e` is scientific notation.
    pub(crate) bare_exponent: bool,
    /// `0.2727...` repeats what it shows twice.
    pub(crate) repeating: bool,
}

/// A number at the start of a text.
pub(crate) struct Numeral<'a> {
    /// Digits with at most one point and exponent, then `~` and the repeating digits, if any.
    pub(crate) digits: Cow<'a, str>,
    /// Bytes that it covers.
    pub(crate) length: usize,
}

/// What stands between groups of three digits; groups of one number all have the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// `1,234`: also how lists are written.
    Comma,
    /// `1.234.567`.
    Point,
    /// `1 234`: also how mixed numbers are written.
    Blank,
    /// `1{,}234`, `1,\!234`, `1\,234`, `1_234`, `1'234`: no list is written so.
    Marked,
}

/// Separators that are nothing else between digits; commas with marks around them are read by [`marked_comma`].
const MARKS: [&str; 13] = [
    "~",
    "\\,",
    "\\;",
    "\\:",
    "\\ ",
    "\\_",
    "_",
    "'",
    "’",
    "\\text{,}",
    "\u{202f}",
    "\u{2009}",
    "\u{a0}",
];

/// Reads the number at the start of `text`, which begins with a digit or with a point and decimals.
pub(crate) fn scan(text: &str, grouping: Grouping) -> Option<Numeral<'_>> {
    let whole = digits(text);
    if whole == 0 && !starts_decimals(text) {
        return None;
    }
    // No group stands behind a leading zero, so that the comma of `0,125` is a point.
    let groupable = (1..=3).contains(&whole) && !text.starts_with('0');
    let groups = if groupable {
        groups(text, whole, grouping)
    } else {
        None
    };
    let (grouped, point) = groups.map_or((None, whole), |groups| {
        (Some((groups.joined, groups.separator)), groups.length)
    });
    let decimal_comma = matches!(grouped, Some((_, Separator::Point)));
    let decimals = decimals(&text[point..], groupable, grouping, decimal_comma);
    let mut length = point + decimals;
    length += exponent(
        &text[length..],
        decimals > 0 || grouped.is_some(),
        grouping.bare_exponent,
    );
    let tail = text[point..length].trim_end_matches('.');
    let repeating = (decimals > 0)
        .then(|| repetition(&text[length..]))
        .flatten();
    if grouped.is_none() && repeating.is_none() && (tail.is_empty() || !is_comma(tail)) {
        return Some(Numeral {
            digits: Cow::Borrowed(&text[..point + tail.len()]),
            length,
        });
    }
    let mut all = grouped.map_or_else(|| text[..point].to_owned(), |(joined, _)| joined);
    match tail.strip_prefix("{,}").or(tail.strip_prefix(',')) {
        Some(decimals) => {
            all.push('.');
            all.push_str(decimals);
        }
        None => all.push_str(tail),
    }
    if let Some((repeating, used)) = repeating {
        if all.is_empty() {
            all.push('0');
        }
        all.push('~');
        all.push_str(&repeating);
        length += used;
    }
    Some(Numeral {
        digits: Cow::Owned(all),
        length,
    })
}

/// Whether a point at the start of `text` begins a number.
pub(crate) fn starts_decimals(text: &str) -> bool {
    text.strip_prefix('.').is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit())
            || rest.starts_with("\\overline{")
            || rest.starts_with("\\dot")
    })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn is_comma(text: &str) -> bool {
    text.starts_with(',') || text.starts_with("{,}")
}

struct Groups {
    joined: String,
    length: usize,
    separator: Separator,
}

/// Further groups of exactly three digits behind one and the same kind of separator.
fn groups(text: &str, whole: usize, grouping: Grouping) -> Option<Groups> {
    let (separator, _) = separator_at(&text[whole..], grouping)?;
    let (mut joined, mut length, mut count) = (text[..whole].to_owned(), whole, 0);
    while let Some((next, width)) = separator_at(&text[length..], grouping) {
        let rest = &text[length + width..];
        if next != separator || digits(rest) != 3 {
            break;
        }
        joined.push_str(&rest[..3]);
        length += width + 3;
        count += 1;
    }
    let rest = &text[length..];
    let digits_behind = |mark: char| rest.strip_prefix(mark).map_or(0, digits);
    let certain = match separator {
        // `1.234` is a decimal; `1.234.567` cannot be, and in `1.234,56` the comma is the point.
        Separator::Point => count > 1 || (grouping.comma && !matches!(digits_behind(','), 0 | 3)),
        // In `27,54,108,135` not all are groups, so none is.
        Separator::Comma => digits_behind(',') == 0,
        // `6 125/1000` is a mixed number.
        Separator::Blank => !rest.trim_start().starts_with('/'),
        Separator::Marked => true,
    };
    (count > 0 && certain).then_some(Groups {
        joined,
        length,
        separator,
    })
}

fn separator_at(text: &str, grouping: Grouping) -> Option<(Separator, usize)> {
    if let Some(mark) = MARKS.into_iter().find(|mark| text.starts_with(mark)) {
        return Some((Separator::Marked, mark.len()));
    }
    if let Some(width) = marked_comma(text) {
        return Some((Separator::Marked, width));
    }
    match text.chars().next()? {
        c @ (',' | '，') if grouping.comma => Some((Separator::Comma, c.len_utf8())),
        '.' => Some((Separator::Point, 1)),
        ' ' => Some((Separator::Blank, 1)),
        _ => None,
    }
}

/// A comma in braces or with `\!` beside it, blanks in any place: `{,}`, `,\!`, `, \! `.
fn marked_comma(text: &str) -> Option<usize> {
    let (mut at, mut comma, mut marked) = (0, false, false);
    loop {
        let rest = &text[at..];
        at += match rest {
            _ if rest.starts_with("\\!") => {
                marked = true;
                2
            }
            _ if rest.starts_with("\\ ") => 2,
            _ if rest.starts_with(' ') => 1,
            _ if !comma && rest.starts_with("{,}") => {
                (comma, marked) = (true, true);
                3
            }
            _ if !comma && rest.starts_with(',') => {
                comma = true;
                1
            }
            _ => return (comma && marked).then_some(at),
        };
    }
}

/// Length of a decimal part. A point that ends a number, as in `3./2` or `42.`, belongs to it.
fn decimals(text: &str, groupable: bool, grouping: Grouping, comma: bool) -> usize {
    if let Some(rest) = text.strip_prefix('.') {
        return match rest.bytes().next() {
            Some(b'.') => 0,
            _ => 1 + digits(rest),
        };
    }
    // Three digits behind a comma are a group, never decimals: `12,345` is not `12.345`. And `5,0` are two numbers.
    let group = |rest: &str| {
        let count = digits(rest);
        let zeros = rest[..count].bytes().all(|b| b == b'0');
        // Cents are written out: `45,00`.
        zeros && count != 2 || count == 3 && groupable
    };
    match (text.strip_prefix("{,}"), text.strip_prefix(',')) {
        (Some(rest), _) if matches!(digits(rest), 1 | 2) || digits(rest) > 0 && !group(rest) => {
            3 + digits(rest)
        }
        (_, Some(rest))
            if digits(rest) > 0 && (comma || (grouping.decimal_comma && !group(rest))) =>
        {
            1 + digits(rest)
        }
        _ => 0,
    }
}

/// Length of `e5`, `E-6`, `e+10`. Behind an integer, `2e+3` and `3e-2` may speak of Euler's number: a plus then needs
/// two digits, as programs print it, and a minus a text without commands; a letter behind (`4e+7p`) makes it a
/// sum.
fn exponent(text: &str, decimal: bool, bare: bool) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let signed = match rest.bytes().next() {
        Some(b'+') => decimal || (bare && digits(&rest[1..]) > 1),
        Some(b'-') => decimal || bare,
        _ => false,
    };
    let sign = usize::from(signed);
    let count = digits(&rest[sign..]);
    let sum = signed && !decimal && rest[sign + count..].starts_with(|c: char| c.is_alphabetic());
    match count {
        0 => 0,
        _ if sum => 0,
        count => 1 + sign + count,
    }
}

/// What repeats, and the length of its spelling: `\overline{3}`, `\bar{3}`, `(3)`, `\dot{3}`, `\dot1 4285\dot7`.
fn repetition(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let (open, close) = [("\\overline{", '}'), ("\\bar{", '}'), ("(", ')')]
        .into_iter()
        .find(|(open, _)| text.starts_with(open))
        .unwrap_or(("", ' '));
    if open.is_empty() {
        return dotted(text);
    }
    let rest = &text[open.len()..];
    let count = digits(rest);
    (count > 0 && rest[count..].starts_with(close))
        .then(|| (Cow::Borrowed(&rest[..count]), open.len() + count + 1))
}

/// Dots over the first and the last digit of what repeats, or over the only one.
fn dotted(text: &str) -> Option<(Cow<'_, str>, usize)> {
    let (first, start) = dotted_digit(text)?;
    let between = digits(&text[start..]);
    match dotted_digit(&text[start + between..]) {
        Some((last, width)) => Some((
            Cow::Owned(format!("{first}{}{last}", &text[start..start + between])),
            start + between + width,
        )),
        None => Some((Cow::Borrowed(first), start)),
    }
}

/// `\dot{3}` or `\dot3`.
fn dotted_digit(text: &str) -> Option<(&str, usize)> {
    let rest = text.strip_prefix("\\dot")?;
    let inner = rest.trim_start_matches([' ', '{']);
    let opened = rest.contains('{') && rest[..rest.len() - inner.len()].contains('{');
    let digit = inner
        .get(..1)
        .filter(|d| d.as_bytes()[0].is_ascii_digit())?;
    let closed = !opened || inner[1..].starts_with('}');
    let length = text.len() - inner.len() + 1 + usize::from(opened);
    closed.then_some((digit, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, usize) {
        let grouping = Grouping {
            comma: true,
            decimal_comma: false,
            bare_exponent: true,
            repeating: false,
        };
        let numeral = scan(text, grouping).unwrap();
        (numeral.digits.into_owned(), numeral.length)
    }

    #[test]
    fn groups_of_three() {
        for text in [
            "1,234",
            "1{,}234",
            "1{,} 234",
            "1,\\! 234",
            "1\\,234",
            "1 234",
            "1,\\!234",
            "1\u{202f}234",
            "1, \\! 234",
            "1_234",
            "1'234",
            "1\\text{,}234",
            "1~234",
        ] {
            assert_eq!(read(text), ("1234".to_owned(), text.len()), "{text}");
        }
        assert_eq!(read("2,598,960").0, "2598960");
        assert_eq!(read("1.234.567").0, "1234567");
        assert_eq!(read("1,234.5").0, "1234.5");
        assert_eq!(read("1.234,56").0, "1234.56");
    }

    #[test]
    fn no_groups() {
        assert_eq!(read("1, 234").0, "1");
        assert_eq!(read("352146,362145").0, "352146");
        assert_eq!(read("28,84,68").0, "28");
        assert_eq!(read("27,54,108,135").0, "27");
        assert_eq!(read("108,135,16").0, "108");
        assert_eq!(read("6 1/8").0, "6");
        assert_eq!(read("1.234").0, "1.234");
    }

    #[test]
    fn points_and_exponents() {
        assert_eq!(read(".5").0, ".5");
        assert_eq!(read("3./2"), ("3".to_owned(), 2));
        assert_eq!(read("1.77e-6x"), ("1.77e-6".to_owned(), 7));
        assert_eq!(read("2exp").0, "2");
        assert_eq!(read("4e+7p").0, "4");
        assert_eq!(read("1e+20").0, "1e+20");
        assert_eq!(read("2{,}5").0, "2.5");
    }

    #[test]
    fn what_repeats() {
        for (text, digits) in [
            ("0.1\\overline{6}", "0.1~6"),
            ("0.(3)", "0~3"),
            ("0.1(6)", "0.1~6"),
            ("0.\\dot{3}", "0~3"),
            ("0.\\dot1\\dot2", "0~12"),
            ("0.\\dot{1}4285\\dot{7}", "0~142857"),
            (".\\overline{36}", "0~36"),
        ] {
            assert_eq!(read(text), (digits.to_owned(), text.len()), "{text}");
        }
        assert_eq!(read("3(4)").0, "3");
    }
}
