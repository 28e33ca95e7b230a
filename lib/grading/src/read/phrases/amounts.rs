//! How many: numbers, fractions and factors in words.

use std::borrow::Cow;

use super::{Speech, is_factor, number};
use crate::read::token::{Bracket, Lexeme, Sign, Token};
use crate::read::{times, words};

/// Tokens of a number in words.
const LONGEST: usize = 16;

impl<'a> Speech<'_, 'a> {
    /// `a dozen`, `a half`, `a million`, `the square root`: the article counts one or nothing.
    pub(super) fn article(&mut self) -> Option<()> {
        let start = self.out.is_empty();
        if start && self.says(0, &["the"]) {
            return self.put(1, []);
        }
        let one = matches!(self.lexeme(0), Some(Lexeme::Letter('a'))) || self.says(0, &["an"]);
        let counted = self
            .said(1)
            .is_some_and(|word| is_factor(word) || words::part(word, true).is_some());
        if !(start && one && counted) {
            return None;
        }
        self.put(1, [number("1")])
    }

    /// `3 and a half`, `two and three quarters`: a mixed number.
    pub(super) fn and_a_part(&mut self) -> Option<()> {
        let whole = self.is_sign(0, Sign::And) && self.integer().is_some();
        let one = matches!(self.lexeme(1), Some(Lexeme::Letter('a')))
            || self.says(1, &["a", "an", "one"]);
        let top = match self.lexeme(1).filter(|_| whole)? {
            _ if one => 1,
            Lexeme::Number(digits) => digits.parse().ok()?,
            _ => words::number(self.said(1)?)?,
        };
        let bottom = words::part(self.said(2)?, top == 1)?;
        if top >= bottom {
            return None;
        }
        self.fraction(3, top.to_string().into(), bottom)
    }

    /// Puts out `\frac{top}{bottom}`.
    pub(super) fn fraction(&mut self, count: usize, top: Cow<'a, str>, bottom: u64) -> Option<()> {
        let (open, close) = (Lexeme::Open(Bracket::Brace), Lexeme::Close(Bracket::Brace));
        self.put(
            count,
            [
                Lexeme::Sign(Sign::Fraction),
                open.clone(),
                Lexeme::Number(top),
                close.clone(),
                open,
                number(&bottom.to_string()),
                close,
            ],
        )
    }

    /// `one hundred and five`, `twenty-one`.
    pub(super) fn spelled_out(&mut self) -> Option<()> {
        self.said(0).filter(|word| words::number(word).is_some())?;
        let (mut text, mut best) = (String::new(), None);
        for ahead in 0..LONGEST {
            match self.lexeme(ahead) {
                Some(Lexeme::Word(word) | Lexeme::Text(word)) => text.push_str(word),
                Some(Lexeme::Sign(Sign::And)) => text.push_str("and"),
                Some(Lexeme::Sign(Sign::Minus)) if !self.tokens[self.at + ahead].spaced => {}
                _ => break,
            }
            text.push(' ');
            if self.said(ahead).is_some() {
                match words::number(&text) {
                    Some(value) => best = Some((value, ahead + 1)),
                    None => break,
                }
            }
        }
        let (value, used) = best?;
        self.put(used, [number(&value.to_string())])
    }

    /// `thirds` behind a number, a hyphen between or not.
    pub(super) fn parts(&mut self) -> Option<()> {
        let one = self.integer().filter(|_| !self.is_bound())? == "1";
        let hyphen = usize::from(self.is_sign(0, Sign::Minus) && !self.tokens[self.at].spaced);
        let bottom = words::part(self.said(hyphen)?, one)?;
        let Some(Token {
            lexeme: Lexeme::Number(top),
            ..
        }) = self.out.pop()
        else {
            return None;
        };
        self.fraction(1 + hyphen, top, bottom)
    }

    /// `per mille`, `basis points`, `‰` behind a number: so many parts of a whole.
    pub(super) fn share(&mut self) -> Option<()> {
        let (used, whole) = match self.lexeme(0) {
            Some(Lexeme::Sign(Sign::Other('‰'))) => (1, 1_000),
            Some(Lexeme::Sign(Sign::Other('‱'))) => (1, 10_000),
            _ => self.share_in_words()?,
        };
        match self.last() {
            Some(Lexeme::Number(_)) if !self.is_bound() => {
                let Some(Token {
                    lexeme: Lexeme::Number(top),
                    ..
                }) = self.out.pop()
                else {
                    return None;
                };
                self.fraction(used, top, whole)
            }
            Some(Lexeme::Number(_) | Lexeme::Close(_)) => self.put(
                used,
                [Lexeme::Sign(Sign::Slash), number(&whole.to_string())],
            ),
            _ => None,
        }
    }

    /// The words of a share, plain or set as one text: how many tokens, and what the parts are of.
    fn share_in_words(&self) -> Option<(usize, u64)> {
        const SHARES: [(&str, &str, u64); 11] = [
            ("promille", "", 1_000),
            ("permille", "", 1_000),
            ("permil", "", 1_000),
            ("ppm", "", 1_000_000),
            ("bps", "", 10_000),
            ("per", "hundred", 100),
            ("per", "mille", 1_000),
            ("per", "mil", 1_000),
            ("per", "thousand", 1_000),
            ("basis", "points", 10_000),
            ("basis", "point", 10_000),
        ];
        let said = self.said(0)?;
        let is = |text: &str, word: &str| text.eq_ignore_ascii_case(word);
        let found = |(first, second, whole): &(&str, &str, u64)| {
            let mut set = said.split([' ', '~']).filter(|word| !word.is_empty());
            let (a, b, more) = (set.next()?, set.next(), set.next());
            let used = match (second.is_empty(), b, more) {
                (true, None, _) if is(a, first) => 1,
                (false, Some(b), None) if is(a, first) && is(b, second) => 1,
                (false, None, _) if is(a, first) && self.says(1, &[second]) => 2,
                _ => return None,
            };
            Some((used, *whole))
        };
        SHARES.iter().find_map(found)
    }

    /// `million` behind a number: the point moves.
    pub(super) fn scale(&mut self) -> Option<()> {
        let power = words::power_of_ten(self.said(0)?)?;
        match self.last() {
            Some(Lexeme::Number(digits)) if !self.is_bound() => {
                let moved = moved(digits, power)?;
                self.out.pop();
                self.put(1, [Lexeme::Number(Cow::Owned(moved))])
            }
            Some(Lexeme::Number(_) | Lexeme::Close(_)) => self.put(
                1,
                [
                    Lexeme::Sign(Sign::Times),
                    Lexeme::Number(Cow::Owned(moved("1", power)?)),
                ],
            ),
            _ => None,
        }
    }

    /// `dozen` behind a number.
    pub(super) fn count(&mut self) -> Option<()> {
        let count = words::count(self.said(0)?)?;
        matches!(self.last(), Some(Lexeme::Number(_) | Lexeme::Close(_))).then_some(())?;
        self.put(1, [Lexeme::Sign(Sign::Times), number(&count.to_string())])
    }

    /// `11 (eleven)`: the same number once more.
    pub(super) fn restated(&mut self) -> Option<()> {
        matches!(self.lexeme(0), Some(Lexeme::Open(Bracket::Round))).then_some(())?;
        let value: u64 = self.integer()?.parse().ok()?;
        let mut text = String::new();
        for ahead in 1..LONGEST {
            match self.lexeme(ahead)? {
                Lexeme::Word(word) | Lexeme::Text(word) => text.push_str(word),
                Lexeme::Sign(Sign::And) => text.push_str("and"),
                Lexeme::Sign(Sign::Minus) => {}
                Lexeme::Close(Bracket::Round) => {
                    let same = words::number(&text) == Some(value);
                    return same.then_some(()).and_then(|()| self.put(ahead + 1, []));
                }
                _ => return None,
            }
            text.push(' ');
        }
        None
    }

    /// `5th`; `fifth` and `half` where they are the whole answer.
    pub(super) fn ordinal(&mut self) -> Option<()> {
        if self.integer().is_some() {
            let ending = times::ordinal_ending(self.rest());
            return if ending == 1 { self.put(1, []) } else { None };
        }
        let whole = self.out.is_empty() && self.at + 1 == self.tokens.len();
        let word = self.said(0).filter(|_| whole)?;
        if word.eq_ignore_ascii_case("half") {
            return self.fraction(1, "1".into(), 2);
        }
        let value = words::ordinal(word)?;
        self.put(1, [number(&value.to_string())])
    }
}

/// The digits with the point `power` places further right: `2.5` by 6 is `2500000`.
fn moved(digits: &str, power: usize) -> Option<String> {
    if digits.contains(['e', 'E', '~']) {
        return None;
    }
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let (shifted, rest) = decimals.split_at(power.min(decimals.len()));
    let zeros = "0".repeat(power - shifted.len());
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{whole}{shifted}{zeros}{point}{rest}"))
}
