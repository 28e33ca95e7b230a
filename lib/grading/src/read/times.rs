//! Times of day and dates: `8:34 p.m.`, `05:00`, `9 AM`, `12 noon`, `October 30th`, `30 Oct. 2024`.

use super::token::{Bracket, Clock, Date, Half, Lexeme, Sign, Token};

/// A time of day at the start of `tokens`, and how many of them it takes.
///
/// Without `a.m.` or `p.m.`, `9:24` may be a ratio and is left to be one; a leading zero (`9:05`) makes it a time.
pub(super) fn clock(tokens: &[Token<'_>]) -> Option<(Clock, usize)> {
    let (hour, padded) = two_digits(tokens.first()?)?;
    let mut parts = [0, 0];
    let (mut at, mut seconds, mut zero) = (1, false, padded && tokens.len() > 1);
    for (part, shown) in parts.iter_mut().enumerate() {
        if !is_sign(tokens.get(at), Sign::Colon) {
            break;
        }
        let (value, padded) = two_digits(tokens.get(at + 1)?)?;
        if !padded && value < 10 {
            return None;
        }
        *shown = value;
        zero |= padded;
        seconds = part == 1;
        at += 2;
    }
    let colons = at > 1;
    // `9am` may be nine times a and m.
    let product =
        |token: &&Token<'_>| !token.spaced && matches!(token.lexeme, Lexeme::Word("am" | "pm"));
    let half = match tokens.get(at).filter(product) {
        Some(_) if !colons => None,
        _ => half(&tokens[at..]),
    };
    let possible = hour <= 24 && parts.iter().all(|part| *part < 60);
    let certain = half.is_some() || (colons && zero && !is_sign(tokens.get(at), Sign::Colon));
    if !possible || !certain || half.is_some() && !(1..=12).contains(&hour) && !colons {
        return None;
    }
    let (half, used) = half.map_or((None, 0), |(half, used)| (Some(half), used));
    let clock = Clock {
        hour,
        minute: parts[0],
        second: seconds.then_some(parts[1]),
        half,
    };
    Some((clock, at + used))
}

/// The value of one or two digits, and whether a zero stands first.
fn two_digits(token: &Token<'_>) -> Option<(u32, bool)> {
    let Lexeme::Number(digits) = &token.lexeme else {
        return None;
    };
    let plain = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
    let padded = digits.len() == 2 && digits.starts_with('0');
    Some((digits.parse().ok().filter(|_| plain)?, padded))
}

fn is_sign(token: Option<&Token<'_>>, sign: Sign) -> bool {
    matches!(token, Some(Token { lexeme: Lexeme::Sign(s), .. }) if *s == sign)
}

/// `am`, `p.m.`, `noon` as a word, as text or letter by letter, and how many tokens that takes.
fn half(tokens: &[Token<'_>]) -> Option<(Half, usize)> {
    if let Some(word) = said(tokens.first()?) {
        let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
        return half_word(&letters).map(|half| (half, 1));
    }
    let letter = |at: usize| match tokens.get(at) {
        Some(Token {
            lexeme: Lexeme::Letter(letter),
            ..
        }) => Some(letter.to_ascii_lowercase()),
        _ => None,
    };
    let dot = |at: usize| usize::from(is_sign(tokens.get(at), Sign::Dot));
    let first = dot(1);
    let spelled: String = [letter(0)?, letter(1 + first).filter(|_| first == 1)?]
        .into_iter()
        .collect();
    half_word(&spelled).map(|half| (half, 3 + dot(3)))
}

fn half_word(word: &str) -> Option<Half> {
    Some(match word.to_ascii_lowercase().as_str() {
        "am" | "midnight" | "inthemorning" => Half::Before,
        "pm" | "noon" | "intheafternoon" | "intheevening" => Half::After,
        _ => return None,
    })
}

/// A word, plain or set as text.
pub(super) fn said<'a>(token: &Token<'a>) -> Option<&'a str> {
    match token.lexeme {
        Lexeme::Word(word) | Lexeme::Text(word) => Some(word),
        _ => None,
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The number of a month that is named in full or by three letters or more.
pub(super) fn month(word: &str) -> Option<u32> {
    let word = word.trim_end_matches('.');
    let at = MONTHS
        .iter()
        .position(|month| word.len() >= 3 && word.is_ascii() && month.starts_with(word))?;
    u32::try_from(at + 1).ok()
}

/// A date with its day at the start of `tokens`, and how many of them it takes.
pub(super) fn date(tokens: &[Token<'_>]) -> Option<(Date, usize)> {
    let named = |at: usize| {
        tokens
            .get(at)
            .and_then(said)
            .and_then(month)
            .map(|month| (month, at + 1 + dots(tokens, at + 1)))
    };
    let day = |at: usize| {
        let (day, _) = two_digits(tokens.get(at)?)?;
        let end = at + 1 + ordinal_ending(&tokens[at + 1..]);
        (1..=31).contains(&day).then_some((day, end))
    };
    let (month, day, mut at) = match named(0) {
        Some((month, at)) => day(at).map(|(day, at)| (month, day, at))?,
        None => {
            let (day, at) = day(0)?;
            let of = usize::from(tokens.get(at).and_then(said) == Some("of"));
            named(at + of).map(|(month, at)| (month, day, at))?
        }
    };
    let comma = usize::from(is_sign(tokens.get(at), Sign::Comma));
    let year = match tokens.get(at + comma).map(|token| &token.lexeme) {
        Some(Lexeme::Number(year)) if year.len() == 4 => year.parse().ok(),
        _ => None,
    };
    if year.is_some() {
        at += comma + 1;
    }
    Some((Date { month, day, year }, at))
}

fn dots(tokens: &[Token<'_>], at: usize) -> usize {
    usize::from(is_sign(tokens.get(at), Sign::Dot))
}

/// How many tokens the `th` of `5th`, `5^{th}`, `5^{\text{th}}` takes, if there is one.
pub(super) fn ordinal_ending(tokens: &[Token<'_>]) -> usize {
    let ending = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| matches!(said(token), Some("st" | "nd" | "rd" | "th")))
    };
    let brace = |at: usize, close: bool| match tokens.get(at).map(|token| &token.lexeme) {
        Some(Lexeme::Open(Bracket::Brace)) => !close,
        Some(Lexeme::Close(Bracket::Brace)) => close,
        _ => false,
    };
    if ending(0) && !tokens[0].spaced {
        1
    } else if !is_sign(tokens.first(), Sign::Caret) {
        0
    } else if ending(1) {
        2
    } else if brace(1, false) && ending(2) && brace(3, true) {
        4
    } else {
        0
    }
}
