//! Runs of plain letters: a spelled-out number, a product of names, or one name.

use super::lexer::letter_constant;
use super::literals::whole;
use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Lexeme, Sign};
use super::words;

impl Parser<'_> {
    /// A plain word: a spelled-out number, a product of names, or a name.
    pub(super) fn word(&mut self, word: &str) -> Result<Node, ReadError> {
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
            return if upper || self.is(Sign::Underscore) {
                self.named(word.to_owned())
            } else {
                Ok(Node::Text(word.to_owned()))
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
        // `ma(t) = F(t)`: no label, as only the last letter has the argument.
        self.side.start = self.at;
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
            Lexeme::Word(word) if word
                .as_bytes()
                .windows(2)
                .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
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
}
