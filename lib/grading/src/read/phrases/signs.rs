//! Words for signs, operators, bases and currencies; times and dates.

use std::borrow::Cow;

use super::{Speech, number};
use crate::read::token::{Bracket, Function, Lexeme, Sign, Token};
use crate::read::{times, words};

impl<'a> Speech<'_, 'a> {
    /// `12 noon`, `noon`, `midnight`.
    pub(super) fn noon(&mut self) -> Option<()> {
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

    pub(super) fn date(&mut self) -> Option<()> {
        let (date, used) = times::date(self.rest())?;
        self.put(used, [Lexeme::Date(date)])
    }

    pub(super) fn clock(&mut self) -> Option<()> {
        let inside = matches!(
            self.last(),
            Some(Lexeme::Number(_) | Lexeme::Sign(Sign::Colon))
        );
        let (clock, used) = times::clock(self.rest()).filter(|_| !inside)?;
        self.put(used, [Lexeme::Clock(clock)])
    }

    /// `negative five`, `minus 3`, `plus or minus 2`.
    pub(super) fn sign(&mut self) -> Option<()> {
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
    pub(super) fn power(&mut self) -> Option<()> {
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
    pub(super) fn root(&mut self) -> Option<()> {
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
    pub(super) fn ratio(&mut self) -> Option<()> {
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
    pub(super) fn base(&mut self) -> Option<()> {
        matches!(self.last(), Some(Lexeme::Number(_))).then_some(())?;
        let skipped = usize::from(self.says(0, &["in"]));
        let (base, used) = self.named_base(skipped)?;
        self.put(
            skipped + used,
            [Lexeme::Sign(Sign::Underscore), Lexeme::Number(base)],
        )
    }

    /// `101 (base 2)`.
    pub(super) fn bracketed_base(&mut self) -> Option<()> {
        let open = matches!(self.lexeme(0), Some(Lexeme::Open(Bracket::Round)));
        let number = matches!(self.last(), Some(Lexeme::Number(_)));
        let (base, used) = self.named_base(1).filter(|_| open && number)?;
        matches!(self.lexeme(1 + used), Some(Lexeme::Close(_))).then_some(())?;
        self.put(
            used + 2,
            [Lexeme::Sign(Sign::Underscore), Lexeme::Number(base)],
        )
    }

    pub(super) fn named_base(&self, ahead: usize) -> Option<(Cow<'a, str>, usize)> {
        self.says(ahead, &["base"]).then_some(())?;
        let base = match self.lexeme(ahead + 1)? {
            Lexeme::Number(base) => base.clone(),
            _ => Cow::Owned(words::number(self.said(ahead + 1)?)?.to_string()),
        };
        Some((base, 2))
    }

    /// `USD 5`, `US$5`, `Rs. 500`.
    pub(super) fn currency(&mut self) -> Option<()> {
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
