//! Products, quotients, mixed numbers, powers and the marks behind a factor.

use super::node::Node;
use super::parser::{PILE, Parser, ReadError};
use super::token::{Bracket, Constant, Function, Lexeme, Sign};
use super::unit_words::with_unit;

/// What can stand behind a factor without a sign between.
enum Beside {
    Unit(String),
    /// The fraction of a mixed number.
    Fraction(Node),
    Factor(Node),
}

impl Parser<'_> {
    /// Factors beside each other, explicit products, quotients, and a unit behind them.
    pub(super) fn term(&mut self) -> Result<Node, ReadError> {
        let money = self.take(Sign::Currency);
        let (negative, _) = if money { self.signs() } else { (false, None) };
        let mut left = self.factor()?;
        let mut pile = 0;
        loop {
            match self.peek() {
                Some(Lexeme::Sign(sign @ (Sign::Times | Sign::Cross))) => {
                    let vectors = *sign == Sign::Cross && self.vectors;
                    self.at += 1;
                    let right = self.signed_factor()?;
                    left = match vectors && !matches!(left, Node::Number(_)) {
                        true => Node::Call("×".to_owned(), vec![left, right]),
                        false => times(left, right),
                    };
                }
                Some(Lexeme::Sign(Sign::Slash)) if self.at + 1 == self.tokens.len() => self.at += 1,
                Some(Lexeme::Sign(Sign::Slash)) => {
                    self.at += 1;
                    pile += 1;
                    if let Some(unit) = self.unit(&left) {
                        left = Node::Quantity(Box::new(left), unit);
                    } else {
                        left = Node::quotient(left, self.signed_factor()?);
                    }
                }
                Some(Lexeme::Sign(Sign::Currency)) => {
                    self.at += 1;
                    left = Node::Money(Box::new(left));
                    pile += 1;
                }
                Some(_) => match self.beside(&left)? {
                    Some(Beside::Unit(unit)) => {
                        left = with_unit(left, unit);
                        pile += 1;
                    }
                    // A percent or degree sign behind it belongs to the whole.
                    Some(Beside::Fraction(fraction)) => {
                        left = self.marked(Node::Sum(vec![left, fraction]))?;
                    }
                    Some(Beside::Factor(factor)) => left = times(left, factor),
                    None => break,
                },
                None => break,
            }
            if pile > PILE {
                return Err(ReadError::TooDeep);
            }
        }
        let left = if negative { Node::negative(left) } else { left };
        Ok(if money {
            Node::Money(Box::new(left))
        } else {
            left
        })
    }

    /// What stands directly behind `left` and multiplies it or names its unit.
    fn beside(&mut self, left: &Node) -> Result<Option<Beside>, ReadError> {
        if let Some(unit) = self.unit(left) {
            return Ok(Some(Beside::Unit(unit)));
        }
        if let Some(fraction) = self.mixed(left)? {
            return Ok(Some(Beside::Fraction(fraction)));
        }
        if !self.starts_factor() {
            return Ok(None);
        }
        if matches!(self.peek(), Some(Lexeme::Number(_))) && ends_in_number(left) {
            return Err(self.unexpected());
        }
        Ok(Some(Beside::Factor(self.factor()?)))
    }

    /// `2\frac{1}{2}`, `2 1/2`: an integer and a proper fraction behind it.
    fn mixed(&mut self, left: &Node) -> Result<Option<Node>, ReadError> {
        let Node::Number(whole) = left else {
            return Ok(None);
        };
        let plain = self
            .at
            .checked_sub(1)
            .is_some_and(|at| matches!(self.tokens[at].lexeme, Lexeme::Number(_)));
        if whole.decimal || !plain {
            return Ok(None);
        }
        let start = self.at;
        let fraction = match self.peek() {
            Some(Lexeme::Sign(Sign::Fraction)) => self.deeper(Self::primary)?,
            Some(Lexeme::Number(_)) if self.is_plain_fraction() => {
                let top = self.deeper(Self::primary)?;
                self.at += 1;
                Node::quotient(top, self.deeper(Self::primary)?)
            }
            _ => return Ok(None),
        };
        if is_proper(&fraction) {
            return Ok(Some(fraction));
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

    /// A factor that may carry signs: behind `\cdot` and `/`.
    fn signed_factor(&mut self) -> Result<Node, ReadError> {
        let (negative, either) = self.signs();
        let currency = self.take(Sign::Currency);
        let factor = self.factor()?;
        let factor = if currency {
            Node::Money(Box::new(factor))
        } else {
            factor
        };
        Ok(match (negative, either) {
            (_, Some(swapped)) => Node::PlusMinus {
                term: Box::new(factor),
                swapped,
            },
            (true, None) => Node::negative(factor),
            (false, None) => factor,
        })
    }

    /// Whether what comes next can multiply what stands before it without a sign between.
    pub(super) fn starts_factor(&self) -> bool {
        match self.peek() {
            _ if self.differential().is_some() => false,
            Some(
                Lexeme::Number(_)
                | Lexeme::Letter(_)
                | Lexeme::Word(_)
                | Lexeme::Command(_)
                | Lexeme::Accent(_),
            ) => true,
            Some(Lexeme::Text(text)) => matches!(*text, "i" | "e" | "d"),
            Some(Lexeme::Function(_) | Lexeme::Constant(_) | Lexeme::Begin(_)) => true,
            // `3 (mod 7)`
            Some(Lexeme::Open(_)) => {
                !matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Modulo)))
            }
            Some(Lexeme::Sign(
                Sign::Fraction | Sign::Binomial | Sign::Root | Sign::Sum | Sign::ProductOver,
            )) => true,
            Some(Lexeme::Sign(Sign::Bar)) => self.bars == 0 && !self.set_head && self.bar_closes(),
            _ => false,
        }
    }

    /// Whether the bar that is next has a partner before the bracket around it closes.
    fn bar_closes(&self) -> bool {
        let mut depth = 0usize;
        for token in &self.tokens[self.at + 1..] {
            match token.lexeme {
                Lexeme::Open(_) => depth += 1,
                Lexeme::Close(_) if depth == 0 => return false,
                Lexeme::Close(_) => depth -= 1,
                Lexeme::Sign(Sign::Bar) if depth == 0 => return true,
                _ => {}
            }
        }
        false
    }

    /// One factor with its powers and marks.
    pub(super) fn factor(&mut self) -> Result<Node, ReadError> {
        let node = self.deeper(Self::primary)?;
        self.marked(node)
    }

    /// Powers and marks behind `node`.
    pub(super) fn marked(&mut self, mut node: Node) -> Result<Node, ReadError> {
        for _ in 0..PILE {
            node = match self.peek() {
                Some(Lexeme::Sign(Sign::Caret)) => {
                    self.at += 1;
                    self.raised(node)?
                }
                Some(Lexeme::Sign(Sign::Bang)) => {
                    self.at += 1;
                    let double = self.take(Sign::Bang);
                    Node::Apply(
                        if double {
                            Function::DoubleFactorial
                        } else {
                            Function::Factorial
                        },
                        vec![node],
                    )
                }
                Some(Lexeme::Sign(Sign::Percent)) => {
                    self.at += 1;
                    Node::Percent(Box::new(node))
                }
                // `f \circ g`
                Some(Lexeme::Sign(Sign::Degree))
                    if matches!(&node, Node::Symbol(name) if name.chars().count() == 1)
                        && matches!(self.peek_after(1), Some(Lexeme::Letter(_))) =>
                {
                    self.at += 1;
                    let inner = self.deeper(Self::factor)?;
                    return Ok(Node::Call("∘".to_owned(), vec![node, inner]));
                }
                Some(Lexeme::Sign(Sign::Degree)) => {
                    self.at += 1;
                    Node::Degrees(Box::new(node))
                }
                Some(Lexeme::Sign(Sign::Prime)) => {
                    self.at += 1;
                    primed(node).ok_or_else(|| self.unexpected())?
                }
                _ => return Ok(node),
            };
        }
        Err(ReadError::TooDeep)
    }

    /// What `^` does: a power, a degree sign, a prime, an ordinal ending.
    pub(super) fn raised(&mut self, base: Node) -> Result<Node, ReadError> {
        let braced = matches!(self.peek(), Some(Lexeme::Open(Bracket::Brace)));
        let closes = !braced || matches!(self.peek_after(2), Some(Lexeme::Close(Bracket::Brace)));
        match self.peek_after(usize::from(braced)) {
            Some(Lexeme::Sign(Sign::Degree)) if closes => {
                self.at += if braced { 3 } else { 1 };
                return Ok(Node::Degrees(Box::new(base)));
            }
            Some(Lexeme::Text(text)) if closes && *text == "T" => {
                self.at += if braced { 3 } else { 1 };
                return Ok(Node::power(base, Node::Symbol("T".to_owned())));
            }
            Some(Lexeme::Text(_) | Lexeme::Word("th" | "st" | "nd" | "rd")) if closes => {
                self.at += if braced { 3 } else { 1 };
                return Ok(base);
            }
            Some(Lexeme::Sign(Sign::Prime)) => {
                self.at += usize::from(braced);
                let mut node = base;
                for _ in 0..PILE {
                    if !self.take(Sign::Prime) {
                        break;
                    }
                    node = primed(node).ok_or_else(|| self.unexpected())?;
                }
                if braced {
                    self.expect(&Lexeme::Close(Bracket::Brace))?;
                }
                return Ok(node);
            }
            // `\mathbb{R}^+`
            Some(Lexeme::Sign(Sign::Plus)) if closes && base == Node::Constant(Constant::Reals) => {
                self.at += if braced { 3 } else { 1 };
                let ends = vec![Node::integer(0), Node::Constant(Constant::Infinity)];
                return Ok(Node::Group(Bracket::Round, Bracket::Round, ends));
            }
            Some(Lexeme::Sign(Sign::Times)) if closes => {
                self.at += if braced { 3 } else { 1 };
                return primed(base).ok_or_else(|| self.unexpected());
            }
            _ => {}
        }
        let exponent = self.deeper(Self::exponent)?;
        Ok(Node::power(base, exponent))
    }

    fn exponent(&mut self) -> Result<Node, ReadError> {
        let (negative, either) = self.signs();
        let node = match self.peek() {
            Some(Lexeme::Number(_) | Lexeme::Letter(_) | Lexeme::Word(_)) => {
                let mut node = self.primary()?;
                if self.take(Sign::Caret) {
                    node = self.raised(node)?;
                }
                node
            }
            _ => self.factor()?,
        };
        Ok(match (negative, either) {
            (_, Some(swapped)) => Node::PlusMinus {
                term: Box::new(node),
                swapped,
            },
            (true, None) => Node::negative(node),
            (false, None) => node,
        })
    }
}

/// A product without needless nesting; a unit or a sign stays around the whole.
fn times(left: Node, right: Node) -> Node {
    match left {
        Node::Product(mut factors) => {
            factors.push(right);
            Node::Product(factors)
        }
        left => Node::Product(vec![left, right]),
    }
}

fn ends_in_number(node: &Node) -> bool {
    match node {
        Node::Number(_) => true,
        Node::Product(factors) => factors.last().is_some_and(ends_in_number),
        Node::Negative(inner) => ends_in_number(inner),
        _ => false,
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

/// A name with a prime.
fn primed(node: Node) -> Option<Node> {
    match node {
        Node::Symbol(name) => Some(Node::Symbol(format!("{name}'"))),
        Node::Call(name, arguments) => Some(Node::Call(format!("{name}'"), arguments)),
        Node::Constant(Constant::E) => Some(Node::Symbol("e'".to_owned())),
        _ => None,
    }
}
