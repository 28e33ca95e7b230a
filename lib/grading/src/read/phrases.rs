//! Words that say what a sign says: `negative five`, `3 million`, `two thirds`, `5 squared`, `3 to 4`, `101 base 2`.
//!
//! One pass over the tokens, which stay tokens: the parser and the comparison of tokens see signs and digits. A rule
//! looks at what comes next and at what has been put out so far; words that no rule knows stay words.

use std::borrow::Cow;

use super::times;
use super::token::{Bracket, Function, Lexeme, Sign, Token};
use super::{units, words};

/// Replaces the phrases in `tokens`.
pub(super) fn translated<'a>(tokens: Vec<Token<'a>>) -> Vec<Token<'a>> {
    if !tokens.iter().any(|token| may_speak(&token.lexeme)) {
        return tokens;
    }
    let mut speech = Speech {
        out: Vec::with_capacity(tokens.len() + 8),
        tokens: &tokens,
        at: 0,
    };
    while let Some(token) = tokens.get(speech.at) {
        if !may_begin(&token.lexeme) || !rules().iter().any(|rule| rule(&mut speech).is_some()) {
            speech.out.push(token.clone());
            speech.at += 1;
        }
    }
    speech.out
}

/// Whether what a text command holds is such a phrase, or begins with digits: then it is read like plain text.
pub(super) fn is_phrase(text: &str) -> bool {
    let mut words = text.split([' ', '~', '-']).filter(|word| !word.is_empty());
    let Some(first) = words.next() else {
        return false;
    };
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        return !text.contains('-');
    }
    let leads = words::number(first).is_some()
        || is_factor(first)
        || LEADING.iter().any(|word| word.eq_ignore_ascii_case(first));
    let dated = times::month(first).is_some() && text.contains(|c: char| c.is_ascii_digit());
    let known = |word: &str| {
        words::number(word).is_some()
            || is_factor(word)
            || FOLLOWING.iter().any(|own| own.eq_ignore_ascii_case(word))
            || units::is_unit_word(word)
    };
    dated || leads && (words.all(known) || (is_factor(first) && !text.contains('-')))
}

/// Words that a phrase in a text command may begin with, besides numbers.
const LEADING: [&str; 9] = [
    "negative", "minus", "to", "out", "base", "squared", "cubed", "square", "cube",
];
/// Words that may follow.
const FOLLOWING: [&str; 10] = [
    "and", "a", "half", "quarter", "of", "root", "squared", "cubed", "percent", "base",
];

fn is_factor(word: &str) -> bool {
    words::power_of_ten(word).is_some()
        || words::count(word).is_some()
        || words::part(word, false).is_some()
}

fn may_speak(lexeme: &Lexeme<'_>) -> bool {
    matches!(
        lexeme,
        Lexeme::Word(_)
            | Lexeme::Text(_)
            | Lexeme::Sign(Sign::Colon | Sign::Dot | Sign::Other('‰'))
    )
}

/// Numbers begin times and dates; a conjunction may join a fraction to its whole.
fn may_begin(lexeme: &Lexeme<'_>) -> bool {
    may_speak(lexeme)
        || matches!(
            lexeme,
            Lexeme::Number(_)
                | Lexeme::Letter('a')
                | Lexeme::Open(Bracket::Round)
                | Lexeme::Sign(Sign::And | Sign::Minus)
        )
}

/// A rule takes tokens from `at` on, puts out others and says so; otherwise it leaves all as it is.
type Rule<'t, 'a> = fn(&mut Speech<'t, 'a>) -> Option<()>;

const fn rules<'t, 'a>() -> [Rule<'t, 'a>; 18] {
    [
        Speech::noon,
        Speech::date,
        Speech::clock,
        Speech::article,
        Speech::and_a_part,
        Speech::spelled_out,
        Speech::parts,
        Speech::scale,
        Speech::count,
        Speech::sign,
        Speech::power,
        Speech::root,
        Speech::ratio,
        Speech::base,
        Speech::bracketed_base,
        Speech::restated,
        Speech::ordinal,
        Speech::currency,
    ]
}

struct Speech<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    out: Vec<Token<'a>>,
}

impl<'a> Speech<'_, 'a> {
    fn rest(&self) -> &[Token<'a>] {
        &self.tokens[self.at..]
    }

    fn lexeme(&self, ahead: usize) -> Option<&Lexeme<'a>> {
        self.tokens.get(self.at + ahead).map(|token| &token.lexeme)
    }

    fn said(&self, ahead: usize) -> Option<&'a str> {
        self.tokens.get(self.at + ahead).and_then(times::said)
    }

    fn says(&self, ahead: usize, words: &[&str]) -> bool {
        self.said(ahead)
            .is_some_and(|said| words.iter().any(|word| word.eq_ignore_ascii_case(said)))
    }

    fn is_sign(&self, ahead: usize, sign: Sign) -> bool {
        matches!(self.lexeme(ahead), Some(Lexeme::Sign(s)) if *s == sign)
    }

    fn last(&self) -> Option<&Lexeme<'a>> {
        self.out.last().map(|token| &token.lexeme)
    }

    /// The digits of an integer that was put out last.
    fn integer(&self) -> Option<&str> {
        match self.last() {
            Some(Lexeme::Number(digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                Some(digits)
            }
            _ => None,
        }
    }

    /// Ends a rule: `count` tokens are taken and `lexemes` put out in their place.
    fn put<const N: usize>(&mut self, count: usize, lexemes: [Lexeme<'a>; N]) -> Option<()> {
        let mut spaced = self.rest().first().is_some_and(|token| token.spaced);
        for lexeme in lexemes {
            self.out.push(Token { lexeme, spaced });
            spaced = false;
        }
        self.at += count;
        Some(())
    }

    /// `12 noon`, `noon`, `midnight`.
    fn noon(&mut self) -> Option<()> {
        if !self.says(0, &["noon", "midnight"]) || self.tokens.len() > 1 {
            return None;
        }
        let twelve = [
            Token {
                lexeme: number("12"),
                spaced: false,
            },
            self.tokens[self.at].clone(),
        ];
        let (clock, _) = times::clock(&twelve)?;
        self.put(1, [Lexeme::Clock(clock)])
    }

    fn date(&mut self) -> Option<()> {
        let (date, used) = times::date(self.rest())?;
        self.put(used, [Lexeme::Date(date)])
    }

    fn clock(&mut self) -> Option<()> {
        let inside = matches!(
            self.last(),
            Some(Lexeme::Number(_) | Lexeme::Sign(Sign::Colon))
        );
        let (clock, used) = times::clock(self.rest()).filter(|_| !inside)?;
        self.put(used, [Lexeme::Clock(clock)])
    }

    /// `a dozen`, `a half`, `a million`, `the square root`: the article counts one or nothing.
    fn article(&mut self) -> Option<()> {
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
    fn and_a_part(&mut self) -> Option<()> {
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
    fn fraction(&mut self, count: usize, top: Cow<'a, str>, bottom: u64) -> Option<()> {
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
    fn spelled_out(&mut self) -> Option<()> {
        const LONGEST: usize = 16;
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
    fn parts(&mut self) -> Option<()> {
        let one = self.integer()? == "1";
        let hyphen = usize::from(self.is_sign(0, Sign::Minus) && !self.tokens[self.at].spaced);
        let bottom = match self.lexeme(0) {
            Some(Lexeme::Sign(Sign::Other('‰'))) => 1000,
            _ => words::part(self.said(hyphen)?, one)?,
        };
        let Some(Token {
            lexeme: Lexeme::Number(top),
            ..
        }) = self.out.pop()
        else {
            return None;
        };
        self.fraction(1 + hyphen, top, bottom)
    }

    /// `million` behind a number: the point moves.
    fn scale(&mut self) -> Option<()> {
        let power = words::power_of_ten(self.said(0)?)?;
        match self.last() {
            Some(Lexeme::Number(digits)) => {
                let moved = moved(digits, power)?;
                self.out.pop();
                self.put(1, [Lexeme::Number(Cow::Owned(moved))])
            }
            Some(Lexeme::Close(_)) => self.put(
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
    fn count(&mut self) -> Option<()> {
        let count = words::count(self.said(0)?)?;
        matches!(self.last(), Some(Lexeme::Number(_) | Lexeme::Close(_))).then_some(())?;
        self.put(1, [Lexeme::Sign(Sign::Times), number(&count.to_string())])
    }

    /// `negative five`, `minus 3`, `plus or minus 2`.
    fn sign(&mut self) -> Option<()> {
        let next_is_value = |ahead: usize| match self.lexeme(ahead) {
            Some(Lexeme::Word(word) | Lexeme::Text(word)) => words::number(word).is_some(),
            Some(Lexeme::Letter(_)) => !self.out.is_empty(),
            Some(lexeme) => matches!(
                lexeme,
                Lexeme::Number(_)
                    | Lexeme::Constant(_)
                    | Lexeme::Open(_)
                    | Lexeme::Sign(Sign::Fraction | Sign::Root | Sign::Currency(_))
            ),
            None => false,
        };
        if self.says(0, &["plus"]) && self.is_sign(1, Sign::Or) && self.says(2, &["minus"]) {
            return next_is_value(3)
                .then_some(())
                .and_then(|()| self.put(3, [Lexeme::Sign(Sign::PlusMinus)]));
        }
        let sign = match () {
            () if self.says(0, &["minus", "negative"]) => Sign::Minus,
            () if self.says(0, &["plus", "positive"]) => Sign::Plus,
            () => return None,
        };
        next_is_value(1).then_some(())?;
        self.put(1, [Lexeme::Sign(sign)])
    }

    /// `5 squared`.
    fn power(&mut self) -> Option<()> {
        let power = match () {
            () if self.says(0, &["squared"]) => "2",
            () if self.says(0, &["cubed"]) => "3",
            () => return None,
        };
        let base = matches!(
            self.last(),
            Some(Lexeme::Number(_) | Lexeme::Letter(_) | Lexeme::Close(_) | Lexeme::Constant(_))
        );
        base.then_some(())?;
        self.put(1, [Lexeme::Sign(Sign::Caret), number(power)])
    }

    /// `square root of 2`.
    fn root(&mut self) -> Option<()> {
        if !(self.says(1, &["root"]) && self.says(2, &["of"])) {
            return None;
        }
        match () {
            () if self.says(0, &["square"]) => self.put(3, [Lexeme::Sign(Sign::Root)]),
            () if self.says(0, &["cube"]) => self.put(3, [Lexeme::Function(Function::Cbrt)]),
            () => None,
        }
    }

    /// `3 to 4` is a ratio; `1 out of 4` and `1 in 4` are a fraction.
    fn ratio(&mut self) -> Option<()> {
        self.integer()?;
        let (sign, used) = match () {
            () if self.says(0, &["to"]) => (Sign::Colon, 1),
            () if self.says(0, &["in"]) => (Sign::Slash, 1),
            () if self.says(0, &["out"]) && self.says(1, &["of"]) => (Sign::Slash, 2),
            () => return None,
        };
        let number_follows = match self.lexeme(used) {
            Some(Lexeme::Number(_)) => true,
            _ => self.said(used).and_then(words::number).is_some(),
        };
        // `5 in 3` is no inch where a unit follows.
        let unit_follows = sign == Sign::Slash && used == 1 && self.lexeme(2).is_some();
        if !number_follows || unit_follows {
            return None;
        }
        self.put(used, [Lexeme::Sign(sign)])
    }

    /// `101 base 2`, `101 in base two`.
    fn base(&mut self) -> Option<()> {
        matches!(self.last(), Some(Lexeme::Number(_))).then_some(())?;
        let skipped = usize::from(self.says(0, &["in"]));
        let (base, used) = self.named_base(skipped)?;
        self.put(
            skipped + used,
            [Lexeme::Sign(Sign::Underscore), Lexeme::Number(base)],
        )
    }

    /// `101 (base 2)`.
    fn bracketed_base(&mut self) -> Option<()> {
        let open = matches!(self.lexeme(0), Some(Lexeme::Open(Bracket::Round)));
        let number = matches!(self.last(), Some(Lexeme::Number(_)));
        let (base, used) = self.named_base(1).filter(|_| open && number)?;
        matches!(self.lexeme(1 + used), Some(Lexeme::Close(_))).then_some(())?;
        self.put(
            used + 2,
            [Lexeme::Sign(Sign::Underscore), Lexeme::Number(base)],
        )
    }

    fn named_base(&self, ahead: usize) -> Option<(Cow<'a, str>, usize)> {
        self.says(ahead, &["base"]).then_some(())?;
        let base = match self.lexeme(ahead + 1)? {
            Lexeme::Number(base) => base.clone(),
            _ => Cow::Owned(words::number(self.said(ahead + 1)?)?.to_string()),
        };
        Some((base, 2))
    }

    /// `11 (eleven)`: the same number once more.
    fn restated(&mut self) -> Option<()> {
        const LONGEST: usize = 16;
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
    fn ordinal(&mut self) -> Option<()> {
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

    /// `USD 5`, `US$5`, `Rs. 500`.
    fn currency(&mut self) -> Option<()> {
        const CODES: [(&str, &str); 9] = [
            ("USD", "dollars"),
            ("US", "dollars"),
            ("EUR", "euros"),
            ("GBP", "pounds"),
            ("JPY", "yen"),
            ("INR", "rupees"),
            ("Rs", "rupees"),
            ("CNY", "yuan"),
            ("RMB", "yuan"),
        ];
        let word = self.said(0)?;
        let (_, unit) = CODES.iter().find(|(code, _)| *code == word)?;
        let used = 1 + usize::from(self.is_sign(1, Sign::Dot));
        match self.lexeme(used)? {
            Lexeme::Sign(Sign::Currency(_)) => self.put(used, []),
            Lexeme::Number(_) => self.put(used, [Lexeme::Sign(Sign::Currency(unit))]),
            _ => None,
        }
    }
}

fn number<'a>(digits: &str) -> Lexeme<'a> {
    Lexeme::Number(Cow::Owned(digits.to_owned()))
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
