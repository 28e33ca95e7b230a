//! Combinations and permutations in the notations of different countries: `C(8,3)`, `C_8^3`, `{}_8C_3`, `^8P_3`.

use super::literals::whole;
use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Function, Lexeme, Sign};

/// `C(8,3)`: of numbers only, as `C` may be any function.
pub(super) fn called(name: &str, arguments: &[Node]) -> Option<Node> {
    match (name, arguments) {
        ("C", [Node::Number(_), Node::Number(_)]) => {
            Some(Node::Apply(Function::Binomial, arguments.to_vec()))
        }
        _ => None,
    }
}

impl Parser<'_> {
    /// `C_8^3` and `C_n^2`: choices of some out of many, as they are written in China.
    pub(super) fn combinations(&mut self, name: &str) -> Option<Node> {
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

    /// `{}_8C_3`, `^8C_3`, `_nP_k`: a script that hangs on nothing, a letter, and a subscript.
    pub(super) fn prescript(&mut self) -> Result<Node, ReadError> {
        self.at += 1;
        let above = self.script()?;
        let permutations = match self.peek() {
            Some(Lexeme::Letter('C') | Lexeme::Text("C")) => false,
            Some(Lexeme::Letter('P') | Lexeme::Text("P")) => true,
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        if !self.take(Sign::Underscore) {
            return Err(self.unexpected());
        }
        let below = self.script()?;
        let factorial = |node: Node| Node::Apply(Function::Factorial, vec![node]);
        Ok(if permutations {
            let others = Node::Sum(vec![above.clone(), Node::negative(below)]);
            Node::quotient(factorial(above), factorial(others))
        } else {
            Node::Apply(Function::Binomial, vec![above, below])
        })
    }

    /// Digits count as one here, with braces or without: nobody writes `_1 0C_3`.
    fn script(&mut self) -> Result<Node, ReadError> {
        match self.peek() {
            Some(Lexeme::Number(_)) => self.deeper(Self::primary),
            _ => self.deeper(Self::argument),
        }
    }

    /// Whether an empty group comes next that a script hangs on.
    pub(super) fn is_empty_group(&self) -> bool {
        let next = [0, 1, 2].map(|after| self.peek_after(after));
        matches!(
            next,
            [
                Some(Lexeme::Open(Bracket::Brace)),
                Some(Lexeme::Close(Bracket::Brace)),
                Some(Lexeme::Sign(Sign::Caret | Sign::Underscore)),
            ]
        )
    }
}
