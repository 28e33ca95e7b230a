//! Names: letters with subscripts, marks and accents, functions of unknown meaning, figures.

use super::combinations;
use super::lexer::letter_constant;
use super::literals::whole;
use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Constant, Lexeme, Sign, Token};
use super::words;

impl Parser<'_> {
    pub(super) fn letter(&mut self, letter: char) -> Result<Node, ReadError> {
        match letter_constant(letter) {
            Some(constant) if !self.is(Sign::Underscore) => Ok(Node::Constant(constant)),
            _ => self.named(letter.to_string()),
        }
    }

    /// A name with its subscript, and its arguments if it is a function.
    pub(super) fn named(&mut self, mut name: String) -> Result<Node, ReadError> {
        let begins_side = self.at == self.side.start + 1;
        if self.take(Sign::Underscore) {
            name.push('_');
            name.push_str(&self.subscript()?);
        }
        if let Some(mark) = self.function_mark(&name) {
            name.push_str(&mark);
        }
        if matches!(self.peek(), Some(Lexeme::Open(Bracket::Round)))
            && let Some(arguments) = self.call(&name, begins_side)?
        {
            return Ok(
                combinations::called(&name, &arguments).unwrap_or(Node::Call(name, arguments))
            );
        }
        if let Some(binomial) = self.combinations(&name) {
            return Ok(binomial);
        }
        Ok(Node::Symbol(name))
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
    pub(super) fn figure(&mut self, sign: &str) -> Result<Node, ReadError> {
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

    /// The arguments of an unknown function; `None`, and nothing read, when brackets behind the name multiply. A name
    /// that is all of a side with its arguments labels the other side.
    fn call(&mut self, name: &str, begins_side: bool) -> Result<Option<Vec<Node>>, ReadError> {
        let (start, side) = (self.at, self.side);
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
        let nested = arguments
            .iter()
            .any(|argument| matches!(argument, Node::Call(..)));
        self.side = side;
        let ends_side = self.is(Sign::Equal) || self.side.may_name && self.ends_relation();
        let labels = begins_side && ends_side && self.at - start <= 4;
        if function || nested || numbers || arguments.len() > 1 || labels || name.len() > 4 {
            return Ok(Some(arguments));
        }
        self.at = start;
        Ok(None)
    }

    /// Whether nothing follows that could belong to the relation.
    fn ends_relation(&self) -> bool {
        matches!(
            self.peek(),
            None | Some(
                Lexeme::Sign(
                    Sign::Comma | Sign::Semicolon | Sign::And | Sign::Or | Sign::NewRow | Sign::Dot
                ) | Lexeme::Close(_)
                    | Lexeme::End(_)
            )
        )
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
    pub(super) fn subscript(&mut self) -> Result<String, ReadError> {
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

    pub(super) fn text(&mut self, text: &str) -> Result<Node, ReadError> {
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
    pub(super) fn accent(&mut self, accent: &str) -> Result<Node, ReadError> {
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
