//! The smallest things: numbers, names, brackets, fractions, roots, absolute values.

use std::borrow::Cow;
use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow};

use super::lexer::letter_constant;
use super::node::{Node, Number};
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Constant, Function, Lexeme, Sign};
use super::words;

/// Digits and decimal exponents beyond these are not read as numbers.
const MOST_DIGITS: usize = 3000;
const LARGEST_EXPONENT: i32 = 3000;

impl Parser<'_> {
    pub(super) fn primary(&mut self) -> Result<Node, ReadError> {
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
                self.named(format!("\\{name}"))
            }
            Lexeme::Accent(name) => {
                self.at += 1;
                self.accent(name)
            }
            Lexeme::Constant(Constant::I) | Lexeme::Constant(Constant::E)
                if matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Underscore))) =>
            {
                self.at += 1;
                self.named("i".to_owned())
            }
            Lexeme::Constant(constant) => {
                self.at += 1;
                Ok(Node::Constant(constant))
            }
            Lexeme::Function(function) => {
                self.at += 1;
                self.function(function)
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
            Sign::Fraction => {
                let top = self.argument()?;
                let bottom = self.argument()?;
                Ok(Node::quotient(top, bottom))
            }
            Sign::Binomial => {
                let (top, bottom) = (self.argument()?, self.argument()?);
                Ok(Node::Apply(Function::Binomial, vec![top, bottom]))
            }
            Sign::Root => self.root(),
            Sign::Sum | Sign::ProductOver => self.range(sign == Sign::ProductOver),
            Sign::Bar => self.between_bars(Sign::Bar, Function::Abs),
            Sign::Norm => self.between_bars(Sign::Norm, Function::Norm),
            _ => {
                self.at -= 1;
                Err(self.unexpected())
            }
        }
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
        Ok(Node::Apply(function, vec![inner]))
    }

    fn letter(&mut self, letter: char) -> Result<Node, ReadError> {
        match letter_constant(letter) {
            Some(constant) if !self.is(Sign::Underscore) => Ok(Node::Constant(constant)),
            _ => self.named(letter.to_string()),
        }
    }

    /// A name with its subscript, and its arguments if it is a function.
    pub(super) fn named(&mut self, mut name: String) -> Result<Node, ReadError> {
        if self.take(Sign::Underscore) {
            name.push('_');
            name.push_str(&self.subscript()?);
        }
        if matches!(self.peek(), Some(Lexeme::Open(Bracket::Round)))
            && let Some(arguments) = self.call(&name)?
        {
            return Ok(Node::Call(name, arguments));
        }
        Ok(Node::Symbol(name))
    }

    /// The arguments of an unknown function; `None`, and nothing read, when brackets behind the name multiply.
    fn call(&mut self, name: &str) -> Result<Option<Vec<Node>>, ReadError> {
        let start = self.at;
        let function = matches!(
            name.chars().next(),
            Some('f' | 'g' | 'h' | 'F' | 'G' | 'H' | 'φ' | 'ψ' | 'Φ' | 'Ψ' | 'Γ' | 'ζ')
        );
        let arguments = match self.bracketed(Bracket::Round)? {
            Node::Group(_, _, items) => items,
            single => vec![single],
        };
        let numbers = arguments
            .iter()
            .all(|argument| matches!(argument, Node::Number(_)));
        let labels = self.is(Sign::Equal) && self.at - start <= 4;
        if function || numbers || arguments.len() > 1 || labels {
            return Ok(Some(arguments));
        }
        self.at = start;
        Ok(None)
    }

    /// The text of a subscript, blanks and braces gone.
    fn subscript(&mut self) -> Result<String, ReadError> {
        if !matches!(self.peek(), Some(Lexeme::Open(Bracket::Brace))) {
            let piece = self.peek().map(plain).ok_or_else(|| self.unexpected())?;
            self.at += 1;
            return Ok(piece);
        }
        self.at += 1;
        let (mut text, mut depth) = (String::new(), 1);
        while let Some(lexeme) = self.peek() {
            match lexeme {
                Lexeme::Open(Bracket::Brace) => depth += 1,
                Lexeme::Close(Bracket::Brace) => depth -= 1,
                other => text.push_str(&plain(other)),
            }
            self.at += 1;
            if depth == 0 {
                return Ok(text);
            }
        }
        Err(self.unexpected())
    }

    /// A plain word: a spelled-out number, a short product of names, or a name.
    fn word(&mut self, word: &str) -> Result<Node, ReadError> {
        if let Some(value) = words::number(word) {
            return Ok(Node::Number(whole(value)));
        }
        if let Some(node) = self.code_call(word)? {
            return Ok(node);
        }
        let lower = word.chars().all(|c| c.is_ascii_lowercase());
        if word.len() > 3 || !lower || matches!(word, "yes" | "no" | "odd" | "day" | "dne") {
            let joined = word.chars().all(|c| c.is_ascii_uppercase()) || self.is(Sign::Underscore);
            return if joined {
                self.named(word.to_owned())
            } else {
                Ok(Node::Text(word.to_owned()))
            };
        }
        let letters: Vec<char> = word.chars().collect();
        let mut factors = Vec::with_capacity(letters.len());
        for (at, letter) in letters.iter().enumerate() {
            let last = at + 1 == letters.len();
            factors.push(match letter_constant(*letter) {
                _ if last => self.letter(*letter)?,
                Some(constant) => Node::Constant(constant),
                None => Node::Symbol(letter.to_string()),
            });
        }
        // A power binds to the last letter only.
        if self.is(Sign::Caret) {
            self.at += 1;
            let exponent = self.deeper(Self::argument_or_signed)?;
            let last = factors.pop().ok_or_else(|| self.unexpected())?;
            factors.push(Node::power(last, exponent));
        }
        Ok(Node::product(factors))
    }

    fn argument_or_signed(&mut self) -> Result<Node, ReadError> {
        let (negative, _) = self.signs();
        let node = match self.peek() {
            Some(Lexeme::Number(_)) => self.primary()?,
            _ => self.argument()?,
        };
        Ok(if negative { Node::negative(node) } else { node })
    }

    fn text(&mut self, text: &str) -> Result<Node, ReadError> {
        let bare = text.trim_matches(['(', ')', '.', ' ']);
        if let Some(value) = words::number(bare) {
            return Ok(Node::Number(whole(value)));
        }
        match bare {
            "i" => Ok(Node::Constant(Constant::I)),
            "e" => Ok(Node::Constant(Constant::E)),
            "R" if self.starts_factor() => self.named(bare.to_owned()),
            _ if self.is(Sign::Underscore)
                || matches!(self.peek(), Some(Lexeme::Open(Bracket::Round))) =>
            {
                self.named(bare.to_owned())
            }
            _ => Ok(Node::Text(bare.to_owned())),
        }
    }

    /// `\bar{x}`, `\vec{v}`: a name of its own.
    fn accent(&mut self, accent: &str) -> Result<Node, ReadError> {
        let argument = self.argument()?;
        match argument {
            // A line over letters is a segment, whatever the accent is called.
            Node::Symbol(name) => self.named(format!("{name}\u{305}")),
            other => Ok(Node::Call(accent.to_owned(), vec![other])),
        }
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
        let Some(Lexeme::Number(digits)) = self.peek() else {
            let (negative, _) = self.signs();
            let node = self.deeper(Self::primary)?;
            return Ok(if negative { Node::negative(node) } else { node });
        };
        if digits.len() < 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return self.primary();
        }
        let (first, rest) = (
            i64::from(digits.as_bytes()[0] - b'0'),
            digits[1..].to_owned(),
        );
        self.tokens[at].lexeme = Lexeme::Number(Cow::Owned(rest));
        self.tokens[at].spaced = false;
        Ok(Node::integer(first))
    }

    /// A number with its base: `1101_4`, `(385)_9`, `2112_{\text{six}}`.
    pub(super) fn based(&mut self, node: Node, digits: Option<&str>) -> Result<Node, ReadError> {
        let Node::Number(number) = &node else {
            return Ok(node);
        };
        if !self.is(Sign::Underscore) {
            return Ok(node);
        }
        let digits = digits.map_or_else(|| number.value.to_string(), str::to_owned);
        self.at += 1;
        let base = self.subscript()?;
        let base = base.trim_matches(['(', ')']);
        let base = base
            .parse()
            .ok()
            .or_else(|| words::number(base).and_then(|base| u32::try_from(base).ok()));
        let base = base
            .filter(|base| (2..=62).contains(base))
            .ok_or_else(|| self.unexpected())?;
        Ok(Node::Based {
            digits: digits.trim_start_matches('0').to_owned(),
            base,
        })
    }
}

/// A token as it reads in a name.
fn plain(lexeme: &Lexeme<'_>) -> String {
    match lexeme {
        Lexeme::Number(digits) => digits.to_string(),
        Lexeme::Letter(letter) => letter.to_string(),
        Lexeme::Word(text) | Lexeme::Text(text) | Lexeme::Command(text) => (*text).to_owned(),
        Lexeme::Sign(Sign::Minus) => "-".to_owned(),
        Lexeme::Sign(Sign::Plus) => "+".to_owned(),
        Lexeme::Sign(Sign::Comma) => ",".to_owned(),
        Lexeme::Open(Bracket::Round) => "(".to_owned(),
        Lexeme::Close(Bracket::Round) => ")".to_owned(),
        other => format!("{other:?}"),
    }
}

pub(super) fn whole(value: u64) -> Number {
    Number {
        value: BigRational::from_integer(value.into()),
        decimal: false,
        places: 0,
        significant: 1,
    }
}

/// The exact value of scanned digits; `None` beyond the size limits.
pub(super) fn number(digits: &str) -> Option<Number> {
    if digits.len() > MOST_DIGITS {
        return None;
    }
    let (digits, repeating) = digits.split_once('~').unwrap_or((digits, ""));
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let exponent: i32 = exponent
        .parse()
        .ok()
        .filter(|e: &i32| e.abs() <= LARGEST_EXPONENT)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let places = i32::try_from(fraction.len()).ok()?;
    let mut joined = String::with_capacity(whole.len() + fraction.len());
    joined.push_str(whole);
    joined.push_str(fraction);
    let shown = joined.trim_start_matches('0').len();
    let mut value = scaled(BigInt::from_str(&joined).ok()?, exponent - places);
    if !repeating.is_empty() {
        let nines = BigInt::from(10).pow(u32::try_from(repeating.len()).ok()?) - BigInt::one();
        value += BigRational::new(BigInt::from_str(repeating).ok()?, nines)
            * scaled(BigInt::one(), exponent - places);
    }
    let decimal =
        repeating.is_empty() && (mantissa.contains('.') || digits.len() != mantissa.len());
    Some(Number {
        value,
        decimal,
        places: places - exponent,
        significant: u32::try_from(shown).ok()?,
    })
}

/// `value * 10^exponent`.
fn scaled(value: BigInt, exponent: i32) -> BigRational {
    if exponent == 0 {
        return BigRational::from_integer(value);
    }
    let power = BigInt::from(10).pow(exponent.unsigned_abs());
    match exponent {
        0.. => BigRational::from_integer(value * power),
        _ => BigRational::new(value, power),
    }
}
