//! The smallest things: numbers, names, brackets, fractions, roots, absolute values.

use std::borrow::Cow;
use std::str::FromStr;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Pow};

use super::calculus;
use super::lexer::letter_constant;
use super::node::{Node, Number};
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Constant, Function, Lexeme, Sign, Token};
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
        if let Some(mark) = self.function_mark(&name) {
            name.push_str(&mark);
        }
        if matches!(self.peek(), Some(Lexeme::Open(Bracket::Round)))
            && let Some(arguments) = self.call(&name)?
        {
            let counted = |argument: &Node| matches!(argument, Node::Number(_));
            if name == "C" && arguments.len() == 2 && arguments.iter().all(counted) {
                return Ok(Node::Apply(Function::Binomial, arguments));
            }
            return Ok(Node::Call(name, arguments));
        }
        if let Some(binomial) = self.combinations(&name) {
            return Ok(binomial);
        }
        Ok(Node::Symbol(name))
    }

    /// `C_8^3` and `C_n^2`: choices of some out of many, as they are written in China.
    fn combinations(&mut self, name: &str) -> Option<Node> {
        let above = name.strip_prefix("C_")?;
        let braced = matches!(self.peek_after(1), Some(Lexeme::Open(Bracket::Brace)));
        let below = match self.peek_after(1 + usize::from(braced)) {
            Some(Lexeme::Number(digits)) if self.is(Sign::Caret) => digits.parse::<u64>().ok()?,
            _ => return None,
        };
        let above = match above.parse::<u64>() {
            Ok(above) if above >= below && above > 1 => Node::Number(whole(above)),
            Err(_) if above == "n" => Node::Symbol(above.to_owned()),
            _ => return None,
        };
        self.at += 2;
        if braced {
            self.at += 1;
            self.expect(&Lexeme::Close(Bracket::Brace)).ok()?;
        }
        let below = Node::Number(whole(below));
        Some(Node::Apply(Function::Binomial, vec![above, below]))
    }

    /// What stands between a function's name and its argument: `f'`, `f^{-1}`, `f^{(3)}`, `f \circ g`.
    fn function_mark(&mut self, name: &str) -> Option<String> {
        if !matches!(name, "f" | "g" | "h" | "F" | "G" | "H" | "y" | "u") {
            return None;
        }
        let start = self.at;
        let mark = self.mark_of_a_function();
        if mark.is_none() || !matches!(self.peek(), Some(Lexeme::Open(Bracket::Round))) {
            self.at = start;
            return None;
        }
        mark
    }

    fn mark_of_a_function(&mut self) -> Option<String> {
        let mut primes = 0;
        while self.take(Sign::Prime) {
            primes += 1;
        }
        if primes > 0 {
            return Some("'".repeat(primes));
        }
        if !self.take(Sign::Caret) || !matches!(self.peek(), Some(Lexeme::Open(Bracket::Brace))) {
            return None;
        }
        let start = self.at + 1;
        let length = self.tokens[start..]
            .iter()
            .take(6)
            .position(|token| token.lexeme == Lexeme::Close(Bracket::Brace))?;
        let inside: Vec<&Lexeme<'_>> = self.tokens[start..start + length]
            .iter()
            .map(|token| &token.lexeme)
            .collect();
        let mark = match inside.as_slice() {
            [Lexeme::Sign(Sign::Minus), Lexeme::Number(one)] if one == "1" => "^-1".to_owned(),
            [
                Lexeme::Open(Bracket::Round),
                order,
                Lexeme::Close(Bracket::Round),
            ] => format!("^({})", plain(order)),
            primes
                if !primes.is_empty()
                    && primes.iter().all(|p| **p == Lexeme::Sign(Sign::Prime)) =>
            {
                "'".repeat(primes.len())
            }
            _ => return None,
        };
        self.at = start + length + 1;
        Some(mark)
    }

    /// `\angle BEA_1`: the letters behind the sign are points, in their order.
    fn figure(&mut self, sign: &str) -> Result<Node, ReadError> {
        let mut name = format!("\\{sign} ");
        while let Some(Lexeme::Letter(_) | Lexeme::Word(_) | Lexeme::Number(_)) = self.peek() {
            let piece = self.peek().map(plain).unwrap_or_default();
            // `\angle 3` names a number only where nothing was named yet.
            if piece.starts_with(|c: char| c.is_ascii_digit()) && name.len() > sign.len() + 2 {
                break;
            }
            name.push_str(&piece);
            self.at += 1;
            if self.take(Sign::Underscore) {
                name.push('_');
                name.push_str(&self.subscript()?);
            }
        }
        Ok(Node::Symbol(name.trim_end().to_owned()))
    }

    /// The arguments of an unknown function; `None`, and nothing read, when brackets behind the name multiply.
    fn call(&mut self, name: &str) -> Result<Option<Vec<Node>>, ReadError> {
        let start = self.at;
        let function = matches!(
            name.chars().next(),
            Some('f' | 'g' | 'h' | 'F' | 'G' | 'H' | 'P' | 'φ' | 'ψ' | 'Φ' | 'Ψ' | 'Γ' | 'ζ')
        );
        let mut arguments = match self.bracketed(Bracket::Round)? {
            Node::Group(_, _, items) => items,
            single => vec![single],
        };
        // The order of events does not matter: `P(A \cap B)`.
        for argument in &mut arguments {
            if let Node::Union(events) | Node::Intersection(events) = argument {
                events.sort_by_cached_key(Node::to_string);
            }
        }
        let numbers = arguments
            .iter()
            .all(|argument| matches!(argument, Node::Number(_)));
        let labels = self.is(Sign::Equal) && self.at - start <= 4;
        if function || numbers || arguments.len() > 1 || labels || name.len() > 4 {
            return Ok(Some(arguments));
        }
        self.at = start;
        Ok(None)
    }

    /// `m_pc^2`: without braces only the first letter is the subscript, as in TeX, where a power follows.
    fn split_subscript(&mut self) {
        let Some(Lexeme::Word(word)) = self.peek() else {
            return;
        };
        let (first, rest) = (word.as_bytes()[0], &word[1..]);
        if matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Caret))) {
            let rest = match rest.len() {
                1 => Lexeme::Letter(char::from(rest.as_bytes()[0])),
                _ => Lexeme::Word(rest),
            };
            self.tokens[self.at].lexeme = Lexeme::Letter(char::from(first));
            let rest = Token {
                lexeme: rest,
                spaced: false,
            };
            self.tokens.insert(self.at + 1, rest);
        }
    }

    /// The text of a subscript, blanks and braces gone.
    fn subscript(&mut self) -> Result<String, ReadError> {
        if !matches!(self.peek(), Some(Lexeme::Open(Bracket::Brace))) {
            self.split_subscript();
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

    /// A plain word: a spelled-out number, a product of names, or a name.
    fn word(&mut self, word: &str) -> Result<Node, ReadError> {
        if let Some(value) = words::number(word) {
            return Ok(Node::Number(whole(value)));
        }
        if let Some(node) = self.code_call(word)? {
            return Ok(node);
        }
        let lower = word.bytes().all(|b| b.is_ascii_lowercase());
        let upper = word.bytes().all(|b| b.is_ascii_uppercase());
        let spoken = matches!(word, "yes" | "no" | "odd" | "day" | "dne");
        let longest = if lower { 3 } else { 5 };
        if matches!(word, "Matrix" | "array")
            && matches!(self.peek(), Some(Lexeme::Open(Bracket::Round)))
        {
            return self.named(word.to_owned());
        }
        let letters = word.len() <= longest && !spoken && (lower || self.within_formula());
        if !letters {
            return match upper || self.is(Sign::Underscore) {
                true => self.named(word.to_owned()),
                false => Ok(Node::Text(word.to_owned())),
            };
        }
        let (last, before) = (word.len() - 1, word.chars().take(word.len() - 1));
        let mut factors: Vec<Node> = before
            .map(|letter| match letter_constant(letter) {
                Some(constant) => Node::Constant(constant),
                None => Node::Symbol(letter.to_string()),
            })
            .collect();
        let letter = word[last..].chars().next();
        let letter = letter.ok_or_else(|| self.unexpected())?;
        // A power and a prime bind to the last letter only.
        let mut node = self.letter(letter)?;
        if self.is(Sign::Prime) {
            node = self.marked(node)?;
        }
        if self.is(Sign::Caret) {
            self.at += 1;
            node = match self.peek() {
                Some(Lexeme::Sign(Sign::Prime)) => self.raised(node)?,
                _ => {
                    let exponent = self.deeper(Self::argument_or_signed)?;
                    Node::power(node, exponent)
                }
            };
        }
        factors.push(node);
        Ok(Node::product(factors))
    }

    /// Whether the word just read stands in a formula: between operators, numbers or brackets, or as the side of an
    /// equation that has small letters too (`nRT`). `AB`, `AB = 5` and `LQSX` are names.
    fn within_formula(&self) -> bool {
        let operator = |lexeme: &Lexeme<'_>| {
            matches!(
                lexeme,
                Lexeme::Sign(
                    Sign::Plus
                        | Sign::Minus
                        | Sign::PlusMinus
                        | Sign::MinusPlus
                        | Sign::Times
                        | Sign::Cross
                        | Sign::Slash
                        | Sign::Caret
                        | Sign::Fraction
                        | Sign::Root
                        | Sign::Bar
                        | Sign::Prime
                ) | Lexeme::Number(_)
                    | Lexeme::Letter(_)
                    | Lexeme::Function(_)
                    | Lexeme::Constant(_)
                    | Lexeme::Accent(_)
                    | Lexeme::Open(Bracket::Round | Bracket::Square | Bracket::Brace)
                    | Lexeme::Close(Bracket::Round | Bracket::Square | Bracket::Brace)
            )
        };
        let before = self.at.checked_sub(2).map(|at| &self.tokens[at].lexeme);
        let mixed = matches!(
            &self.tokens[self.at - 1].lexeme,
            Lexeme::Word(word) if word.bytes().any(|b| b.is_ascii_lowercase())
        );
        let equals = |lexeme: &Lexeme<'_>| mixed && *lexeme == Lexeme::Sign(Sign::Equal);
        let beside = |lexeme: &Lexeme<'_>| operator(lexeme) || equals(lexeme);
        before.is_some_and(beside) || self.peek().is_some_and(beside)
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
            "d" => Ok(Node::Symbol(bare.to_owned())),
            "R" if self.starts_factor() => self.named(bare.to_owned()),
            _ if self.is(Sign::Underscore)
                || matches!(self.peek(), Some(Lexeme::Open(Bracket::Round))) =>
            {
                self.named(bare.to_owned())
            }
            _ => Ok(Node::Text(bare.to_owned())),
        }
    }

    /// `\bar{x}`, `\dot{x}`: a name of its own. An arrow tells only that the name is a vector's.
    fn accent(&mut self, accent: &str) -> Result<Node, ReadError> {
        let mark = match accent {
            "vec" | "overrightarrow" => "",
            "hat" | "widehat" => "\u{302}",
            "tilde" | "widetilde" => "\u{303}",
            "dot" => "'",
            "ddot" => "''",
            // A line over letters is a segment, whatever it is called.
            _ => "\u{305}",
        };
        let argument = self.argument()?;
        match argument {
            Node::Constant(Constant::I) if matches!(accent, "vec" | "hat" | "widehat") => {
                Ok(argument)
            }
            Node::Symbol(name) if mark == "\u{302}" && matches!(name.as_str(), "i" | "j" | "k") => {
                self.named(name)
            }
            Node::Symbol(name) => {
                // The mark stands by the letter, before its subscript.
                let (letter, subscript) = name.split_at(name.find('_').unwrap_or(name.len()));
                self.named(format!("{letter}{mark}{subscript}"))
            }
            // An arrow from one point to another: the order of the letters counts.
            Node::Product(points)
                if mark.is_empty()
                    && points.iter().all(|point| matches!(point, Node::Symbol(_))) =>
            {
                let name: String = points.iter().map(Node::to_string).collect();
                Ok(Node::Symbol(format!("→{name}")))
            }
            other if mark.is_empty() => Ok(other),
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
