//! Digits as people group them: `1,234`, `1{,}234`, `1\,234`, `1 234`, `1.234.567`, `.5`, `3.`, `1.7e-6`, `0.\overline{3}`.

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
}

/// A number at the start of a text.
pub(crate) struct Numeral<'a> {
    /// Digits with at most one point and exponent, then `~` and the repeating digits, if any.
    pub(crate) digits: Cow<'a, str>,
    /// Bytes that it covers.
    pub(crate) length: usize,
}

/// Longest spellings first.
const SEPARATORS: [&str; 16] = [
    ", \\!", ",\\! ", ",\\!", "{,}\\!", "{,}\\ ", "{,} ", "{,}", " {,}", "\\,", "\\;", "\\:",
    "\\ ", "\u{202f}", "\u{2009}", "\u{a0}", " ",
];

/// Reads the number at the start of `text`, which begins with a digit or with a point and a digit.
pub(crate) fn scan(text: &str, grouping: Grouping) -> Option<Numeral<'_>> {
    let whole = digits(text);
    if whole == 0 && !(text.starts_with('.') && digits(&text[1..]) > 0) {
        return None;
    }
    let mut length = whole;
    let mut grouped: Option<String> = None;
    if (1..=3).contains(&whole)
        && !text.starts_with('0')
        && let Some((joined, end)) = groups(text, whole, grouping)
    {
        grouped = Some(joined);
        length = end;
    }
    let point = length;
    length += fraction(&text[length..], grouping);
    length += exponent(
        &text[length..],
        length > point || grouped.is_some() || grouping.bare_exponent,
    );
    let (repeating, end) = repetition(&text[length..], text[..length].contains('.'));
    let tail = text[point..length].trim_end_matches('.');
    let digits = match (grouped, repeating) {
        (None, None) if !tail.contains(',') => Cow::Borrowed(&text[..point + tail.len()]),
        (grouped, repeating) => {
            let mut all = grouped.unwrap_or_else(|| text[..point].to_owned());
            all.push_str(&tail.replacen(',', ".", 1));
            if let Some(repeating) = repeating {
                all.push('~');
                all.push_str(repeating);
            }
            Cow::Owned(all)
        }
    };
    Some(Numeral {
        digits,
        length: length + end,
    })
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// Further groups of exactly three digits behind one and the same separator.
fn groups(text: &str, whole: usize, grouping: Grouping) -> Option<(String, usize)> {
    let separator = separator(&text[whole..], grouping)?;
    let (mut joined, mut end) = (text[..whole].to_owned(), whole);
    while let Some(rest) = text[end..].strip_prefix(separator) {
        if digits(rest) != 3 {
            break;
        }
        joined.push_str(&rest[..3]);
        end += separator.len() + 3;
    }
    let several = end > whole + separator.len() + 3;
    let blank = separator == " ";
    // `1.234` is a decimal and `6 125/1000` a mixed number; `1.234.567` cannot be.
    let certain = match separator {
        "." => several,
        _ => !blank || !text[end..].trim_start().starts_with('/'),
    };
    (end > whole && certain).then_some((joined, end))
}

fn separator(text: &str, grouping: Grouping) -> Option<&'static str> {
    if let Some(separator) = SEPARATORS
        .into_iter()
        .find(|separator| text.starts_with(separator))
    {
        return Some(separator);
    }
    match text.as_bytes().first() {
        Some(b',') if grouping.comma => Some(","),
        Some(b'.') => Some("."),
        _ => None,
    }
}

/// Length of a decimal part. A point that ends a number, as in `3./2` or `42.`, belongs to it.
fn fraction(text: &str, grouping: Grouping) -> usize {
    if let Some(rest) = text.strip_prefix('.') {
        return match rest.bytes().next() {
            Some(b'.') => 0,
            _ => 1 + digits(rest),
        };
    }
    match text.strip_prefix(',') {
        Some(rest) if grouping.decimal_comma && digits(rest) > 0 => 1 + digits(rest),
        _ => 0,
    }
}

/// Length of `e5`, `E-6`, `e+10`; a signed exponent needs a number that is surely no coefficient of Euler's number.
fn exponent(text: &str, signed: bool) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else {
        return 0;
    };
    let sign = usize::from(rest.starts_with(['+', '-']) && signed);
    match digits(&rest[sign..]) {
        0 => 0,
        count => 1 + sign + count,
    }
}

/// `\overline{3}` or `\bar{3}` directly after decimals: the repeating digits and the length of the whole.
fn repetition(text: &str, decimal: bool) -> (Option<&str>, usize) {
    let opening = ["\\overline{", "\\bar{", "\\dot{"]
        .into_iter()
        .find(|opening| decimal && text.starts_with(opening));
    let Some(opening) = opening else {
        return (None, 0);
    };
    let rest = &text[opening.len()..];
    let count = digits(rest);
    if count == 0 || !rest[count..].starts_with('}') {
        return (None, 0);
    }
    (Some(&rest[..count]), opening.len() + count + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, usize) {
        let grouping = Grouping {
            comma: true,
            decimal_comma: false,
            bare_exponent: true,
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
        ] {
            assert_eq!(read(text), ("1234".to_owned(), text.len()), "{text}");
        }
        assert_eq!(read("2,598,960").0, "2598960");
        assert_eq!(read("1.234.567").0, "1234567");
        assert_eq!(read("1,234.5").0, "1234.5");
    }

    #[test]
    fn no_groups() {
        assert_eq!(read("1, 234").0, "1");
        assert_eq!(read("352146,362145").0, "352146");
        assert_eq!(read("28,84,68").0, "28");
        assert_eq!(read("6 1/8").0, "6");
        assert_eq!(read("1.234").0, "1.234");
    }

    #[test]
    fn points_and_exponents() {
        assert_eq!(read(".5").0, ".5");
        assert_eq!(read("3./2"), ("3".to_owned(), 2));
        assert_eq!(read("1.77e-6x"), ("1.77e-6".to_owned(), 7));
        assert_eq!(read("2exp").0, "2");
        assert_eq!(read("0.1\\overline{6}").0, "0.1~6");
    }
}
