//! Numbers of several parts: mixed numbers, `6 ft 2 in`.

use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Lexeme, Sign};
use super::unit_words::with_unit;

impl Parser<'_> {
    /// `2\frac{1}{2}`, `2 1/2`, `{2}\frac12`: an integer and a proper fraction behind it.
    pub(super) fn mixed(&mut self, left: &Node) -> Result<Option<Node>, ReadError> {
        let Node::Number(whole) = left else {
            return Ok(None);
        };
        if whole.decimal || !self.is_behind_number() {
            return Ok(None);
        }
        let start = self.at;
        let fraction = match (self.peek(), self.peek_after(1)) {
            (Some(Lexeme::Sign(Sign::Fraction)), _)
            | (Some(Lexeme::Open(Bracket::Brace)), Some(Lexeme::Sign(Sign::Fraction))) => {
                self.deeper(Self::primary)?
            }
            (Some(Lexeme::Number(_)), _) if self.is_plain_fraction() => {
                let top = self.deeper(Self::primary)?;
                self.at += 1;
                Node::quotient(top, self.deeper(Self::primary)?)
            }
            _ => return Ok(None),
        };
        if is_proper(&fraction) {
            return Ok(Some(Node::Sum(vec![left.clone(), fraction])));
        }
        self.at = start;
        Ok(None)
    }

    /// Whether digits, in braces or not, stand directly before.
    fn is_behind_number(&self) -> bool {
        let before = |back: usize| {
            let at = self.at.checked_sub(back)?;
            self.tokens.get(at).map(|token| &token.lexeme)
        };
        match before(1) {
            Some(Lexeme::Number(_)) => true,
            Some(Lexeme::Close(Bracket::Brace)) => {
                matches!(before(2), Some(Lexeme::Number(_)))
                    && matches!(before(3), Some(Lexeme::Open(Bracket::Brace)))
            }
            _ => false,
        }
    }

    /// `2 in` behind `6 ft`: a number with a unit behind a quantity. Nothing is read where no unit follows.
    pub(super) fn part(&mut self, left: &Node) -> Result<Option<Node>, ReadError> {
        let counted = matches!(left, Node::Quantity(..) | Node::Parts(_));
        if !counted || !matches!(self.peek(), Some(Lexeme::Number(_))) {
            return Ok(None);
        }
        let start = self.at;
        let number = self.factor()?;
        let number = self.mixed(&number)?.unwrap_or(number);
        if let Some(unit) = self.unit(&number) {
            return Ok(Some(with_unit(number, unit)));
        }
        self.at = start;
        Ok(None)
    }

    fn is_plain_fraction(&self) -> bool {
        let integer = |lexeme: Option<&Lexeme<'_>>| matches!(lexeme, Some(Lexeme::Number(n)) if n.bytes().all(|b| b.is_ascii_digit()));
        integer(self.peek())
            && matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Slash)))
            && integer(self.peek_after(2))
    }
}

/// A further part of a quantity.
pub(super) fn joined(left: Node, part: Node) -> Node {
    match left {
        Node::Parts(mut parts) => {
            parts.push(part);
            Node::Parts(parts)
        }
        left => Node::Parts(vec![left, part]),
    }
}

/// An integer fraction between 0 and 1.
fn is_proper(node: &Node) -> bool {
    match node {
        Node::Quotient(top, bottom) => match (&**top, &**bottom) {
            (Node::Number(top), Node::Number(bottom)) => {
                !top.decimal && !bottom.decimal && top.value < bottom.value
            }
            _ => false,
        },
        _ => false,
    }
}
