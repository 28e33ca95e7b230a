//! The smallest things: what one token begins, fractions, roots, absolute values, arguments.

use std::borrow::Cow;

use super::calculus;
use super::literals::number;
use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Constant, Function, Lexeme, Sign, Token};

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Node, ReadError> {
        self.steps = self.steps.checked_sub(1).ok_or(ReadError::TooDeep)?;
        let Some(lexeme) = self.peek() else {
            return Err(self.unexpected());
        };
        match lexeme.clone() {
            Lexeme::Number(digits) => {
                self.at += 1;
                let number = number(&digits).ok_or_else(|| self.unexpected())?;
                self.based(Node::Number(number), Some(&digits))
            }
            Lexeme::Based(digits, base) => {
                self.at += 1;
                let digits = digits.into_owned();
                Ok(Node::Based { digits, base })
            }
            Lexeme::Clock(clock) => {
                self.at += 1;
                Ok(Node::Clock(clock))
            }
            Lexeme::Date(date) => {
                self.at += 1;
                Ok(Node::Date(date))
            }
            Lexeme::Letter(letter) => {
                self.at += 1;
                self.letter(letter)
            }
            Lexeme::Word(word) => {
                self.at += 1;
                self.word(word)
            }
            Lexeme::Text(text) => {
                self.at += 1;
                self.text(text)
            }
            Lexeme::Command(name) => {
                self.at += 1;
                match name {
                    "int" | "oint" | "iint" | "iiint" => self.integral(name),
                    "lim" => self.limit(),
                    "angle" | "measuredangle" | "triangle" | "odot" => self.figure(name),
                    _ => self.named(format!("\\{name}")),
                }
            }
            Lexeme::Accent(name) => {
                self.at += 1;
                self.accent(name)
            }
            Lexeme::Constant(constant @ (Constant::I | Constant::E))
                if matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Underscore))) =>
            {
                self.at += 1;
                let name = if constant == Constant::E { "e" } else { "i" };
                self.named(name.to_owned())
            }
            Lexeme::Constant(constant) => {
                self.at += 1;
                Ok(Node::Constant(constant))
            }
            Lexeme::Function(function) => {
                self.at += 1;
                self.function(function)
            }
            Lexeme::Open(_) if self.is_empty_group() => {
                self.at += 2;
                self.prescript()
            }
            Lexeme::Open(bracket) => self.bracketed(bracket),
            Lexeme::Begin(name) => {
                self.at += 1;
                self.environment(name)
            }
            Lexeme::Sign(sign) => self.sign(sign),
            Lexeme::Close(_) | Lexeme::End(_) => Err(self.unexpected()),
        }
    }

    fn sign(&mut self, sign: Sign) -> Result<Node, ReadError> {
        self.at += 1;
        match sign {
            Sign::Caret | Sign::Underscore => {
                self.at -= 1;
                self.prescript()
            }
            Sign::Fraction => {
                let top = self.argument()?;
                let bottom = self.argument()?;
                let derivative = calculus::derivative(&top, &bottom);
                Ok(derivative.unwrap_or_else(|| Node::quotient(top, bottom)))
            }
            Sign::Binomial => {
                let (top, bottom) = (self.argument()?, self.argument()?);
                Ok(Node::Apply(Function::Binomial, vec![top, bottom]))
            }
            Sign::Root => self.root(),
            Sign::Sum | Sign::ProductOver => self.range(sign == Sign::ProductOver),
            Sign::Bar => self.between_bars(Sign::Bar, Function::Abs),
            Sign::Mid => self.between_bars(Sign::Mid, Function::Abs),
            Sign::Norm => self.between_bars(Sign::Norm, Function::Norm),
            // `1, 2, 3, ...` goes on, and so does `1, 2, ..., n`.
            Sign::Dots if self.is_element() => Ok(Node::dots()),
            _ => {
                self.at -= 1;
                Err(self.unexpected())
            }
        }
    }

    /// Whether what has just been taken is an element of a list: behind a comma, and before one or the end.
    fn is_element(&self) -> bool {
        let parts = |lexeme: &Lexeme<'_>| {
            matches!(
                lexeme,
                Lexeme::Sign(Sign::Comma | Sign::Semicolon | Sign::And)
            )
        };
        let behind = self
            .at
            .checked_sub(2)
            .is_some_and(|at| parts(&self.tokens[at].lexeme));
        let ends = |lexeme: &Lexeme<'_>| matches!(lexeme, Lexeme::Close(_) | Lexeme::End(_));
        behind && self.peek().is_none_or(|next| parts(next) || ends(next))
    }

    /// `|x|`.
    fn between_bars(&mut self, sign: Sign, function: Function) -> Result<Node, ReadError> {
        self.bars += 1;
        let head = std::mem::take(&mut self.set_head);
        let inner = self.deeper(Self::additive);
        self.bars -= 1;
        self.set_head = head;
        let inner = inner?;
        if !self.take(sign) {
            return Err(self.unexpected());
        }
        let function = match (&inner, function) {
            // Bars around an array make it a determinant.
            (Node::Matrix(_), Function::Abs) => Function::Det,
            (_, function) => function,
        };
        Ok(Node::Apply(function, vec![inner]))
    }

    /// An index in `\sqrt[3]{x}`, then what is under the root.
    fn root(&mut self) -> Result<Node, ReadError> {
        let index = match self.peek() {
            Some(Lexeme::Open(Bracket::Square)) => {
                self.at += 1;
                let index = self.deeper(Self::additive)?;
                self.expect(&Lexeme::Close(Bracket::Square))?;
                Some(index)
            }
            _ => None,
        };
        let inner = match self.peek() {
            // People write `\sqrt12` for the root of twelve.
            Some(Lexeme::Number(_) | Lexeme::Open(_)) => self.deeper(Self::primary)?,
            _ => self.argument()?,
        };
        Ok(Node::Apply(
            Function::Sqrt,
            std::iter::once(inner).chain(index).collect(),
        ))
    }

    /// A TeX argument: a braced group, one digit, or one thing.
    pub(super) fn argument(&mut self) -> Result<Node, ReadError> {
        let at = self.at;
        // `\frac nk`: one letter each.
        if let Some(Lexeme::Word(word)) = self.peek() {
            let (first, rest) = (word.as_bytes()[0], &word[1..]);
            let rest = match rest.len() {
                1 => Lexeme::Letter(char::from(rest.as_bytes()[0])),
                _ => Lexeme::Word(rest),
            };
            self.tokens[at].lexeme = Lexeme::Letter(char::from(first));
            let rest = Token {
                lexeme: rest,
                spaced: false,
            };
            self.tokens.insert(at + 1, rest);
        }
        let Some(Lexeme::Number(digits)) = self.peek() else {
            let (negative, _) = self.signs();
            let node = self.deeper(Self::primary)?;
            return Ok(if negative { Node::negative(node) } else { node });
        };
        if digits.len() >= 2 && digits.bytes().all(|b| b.is_ascii_digit()) {
            // Split for good: what is read again after a wrong guess must find the same digits.
            let (first, rest) = digits.split_at(1);
            let rest = Token {
                lexeme: Lexeme::Number(Cow::Owned(rest.to_owned())),
                spaced: false,
            };
            self.tokens[at].lexeme = Lexeme::Number(Cow::Owned(first.to_owned()));
            self.tokens.insert(at + 1, rest);
        }
        self.primary()
    }
}
