//! Products, quotients, mixed numbers, powers and the marks behind a factor.

use super::calculus;
use super::node::Node;
use super::parser::{PILE, Parser, ReadError};
use super::quantities::joined;
use super::token::{Bracket, Constant, Function, Lexeme, Sign};
use super::unit_words::{money, with_unit};

/// What can stand behind a factor without a sign between.
enum Beside {
    Unit(String),
    /// A mixed number, of which the left side is the whole.
    Mixed(Node),
    /// The inches behind feet.
    Part(Node),
    Factor(Node),
}

impl Parser<'_> {
    /// Factors beside each other, explicit products, quotients, and a unit behind them.
    pub(super) fn term(&mut self) -> Result<Node, ReadError> {
        let currency = self.currency();
        let (negative, _) = match currency {
            Some(_) => self.signs(),
            None => (false, None),
        };
        let mut left = self.factor()?;
        let mut pile = 0;
        loop {
            match self.peek() {
                Some(Lexeme::Sign(sign @ (Sign::Times | Sign::Cross))) => {
                    let vectors = *sign == Sign::Cross && self.vectors;
                    self.at += 1;
                    let right = self.signed_factor()?;
                    left = if vectors && !matches!(left, Node::Number(_)) {
                        Node::Call("×".to_owned(), vec![left, right])
                    } else {
                        times(left, right)
                    };
                }
                Some(Lexeme::Sign(Sign::Slash)) if self.at + 1 == self.tokens.len() => self.at += 1,
                Some(Lexeme::Sign(Sign::Slash)) => {
                    self.at += 1;
                    pile += 1;
                    if let Some(unit) = self.unit(&left) {
                        left = Node::Quantity(Box::new(left), unit);
                    } else {
                        let below = self.signed_factor()?;
                        // `5/8%` is so much of a hundredth, not 5 over 8 %.
                        if let (Node::Number(_), Node::Percent(below)) = (&left, &below) {
                            let share = Node::Quotient(Box::new(left), below.clone());
                            left = Node::Percent(Box::new(share));
                            continue;
                        }
                        let derivative = calculus::derivative(&left, &below);
                        left = derivative.unwrap_or_else(|| Node::quotient(left, below));
                    }
                }
                Some(Lexeme::Sign(Sign::Currency(name))) => {
                    left = money(left, name);
                    self.at += 1;
                    pile += 1;
                }
                Some(_) => match self.beside(&left)? {
                    Some(Beside::Unit(unit)) => {
                        left = with_unit(left, unit);
                        pile += 1;
                    }
                    // A percent or degree sign behind it belongs to the whole.
                    Some(Beside::Mixed(mixed)) => left = self.marked(mixed)?,
                    Some(Beside::Part(part)) => left = joined(left, part),
                    Some(Beside::Factor(factor)) => left = times(left, factor),
                    None => break,
                },
                None => break,
            }
            if pile > PILE {
                return Err(ReadError::TooDeep);
            }
        }
        let left = derived(left);
        let left = if negative { Node::negative(left) } else { left };
        Ok(match currency {
            Some(name) => money(left, name),
            None => left,
        })
    }

    /// Takes a currency's sign.
    fn currency(&mut self) -> Option<&'static str> {
        let Some(Lexeme::Sign(Sign::Currency(name))) = self.peek() else {
            return None;
        };
        let name = *name;
        self.at += 1;
        Some(name)
    }

    /// What stands directly behind `left` and multiplies it or names its unit.
    fn beside(&mut self, left: &Node) -> Result<Option<Beside>, ReadError> {
        if let Some(unit) = self.unit(left) {
            return Ok(Some(Beside::Unit(unit)));
        }
        if let Some(mixed) = self.mixed(left)? {
            return Ok(Some(Beside::Mixed(mixed)));
        }
        if let Some(part) = self.part(left)? {
            return Ok(Some(Beside::Part(part)));
        }
        // `3 (mod 5)`: the modulus is no factor.
        let modulus = matches!(
            self.peek_after(1),
            Some(Lexeme::Sign(Sign::Modulo | Sign::Modulus))
        );
        if !self.starts_factor() || modulus {
            return Ok(None);
        }
        // `(-1) 2` is a product; `(1) 2` may be the second of several answers.
        let bracketed = matches!(
            self.tokens[self.at - 1].lexeme,
            Lexeme::Close(Bracket::Round)
        ) && matches!(left, Node::Negative(_));
        if matches!(self.peek(), Some(Lexeme::Number(_))) && ends_in_number(left) && !bracketed {
            return Err(self.unexpected());
        }
        Ok(Some(Beside::Factor(self.factor()?)))
    }

    /// A factor that may carry signs: behind `\cdot` and `/`.
    fn signed_factor(&mut self) -> Result<Node, ReadError> {
        let (negative, either) = self.signs();
        let currency = self.currency();
        let factor = self.factor()?;
        let factor = match currency {
            Some(name) => money(factor, name),
            None => factor,
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
                // `72{}^\circ`
                Some(Lexeme::Open(_))
                    if self.is_empty_group()
                        && (0..2).any(|braces| {
                            self.peek_after(3 + braces) == Some(&Lexeme::Sign(Sign::Degree))
                        }) =>
                {
                    self.at += 2;
                    node
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
                Some(Lexeme::Sign(Sign::Percent)) if !matches!(node, Node::Percent(_)) => {
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
                Some(Lexeme::Command("deg")) if !node.has_symbols() => {
                    self.at += 1;
                    Node::Degrees(Box::new(node))
                }
                // Feet and inches, minutes and seconds of arc.
                Some(Lexeme::Sign(Sign::Prime)) if matches!(node, Node::Number(_)) => {
                    self.at += 1;
                    let mark = if self.take(Sign::Prime) { "''" } else { "'" };
                    Node::Quantity(Box::new(node), mark.to_owned())
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
                // `10^3 {}^\circ C`: the sign belongs to the scale behind it, which is the unit of the whole.
                let scale = matches!(
                    self.peek(),
                    Some(Lexeme::Text("C" | "F") | Lexeme::Letter('C' | 'F'))
                );
                if scale && matches!(base, Node::Power(..)) {
                    self.tokens[self.at].lexeme = Lexeme::Text("°C");
                    return Ok(base);
                }
                return Ok(Node::Degrees(Box::new(base)));
            }
            // A small o for a ring.
            Some(Lexeme::Letter('o') | Lexeme::Text("o"))
                if closes && matches!(base, Node::Number(_)) =>
            {
                self.at += if braced { 3 } else { 1 };
                return Ok(Node::Degrees(Box::new(base)));
            }
            Some(Lexeme::Text(text)) if closes && *text == "T" => {
                self.at += if braced { 3 } else { 1 };
                return Ok(Node::power(base, Node::Symbol("T".to_owned())));
            }
            Some(
                Lexeme::Text("th" | "st" | "nd" | "rd") | Lexeme::Word("th" | "st" | "nd" | "rd"),
            ) if closes => {
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
            // A mark behind the braces belongs to the whole power.
            Some(Lexeme::Open(Bracket::Brace)) => self.primary()?,
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

/// A product that ends in an operator and one name as the derivative of the name: `2 \frac{d}{dt} x`. What is behind the
/// operator otherwise is not known to be all that it is applied to.
fn derived(term: Node) -> Node {
    let Node::Product(factors) = &term else {
        return term;
    };
    let [before @ .., operator, name] = factors.as_slice() else {
        return term;
    };
    match calculus::derived(operator, name) {
        Some(derived) => {
            let mut factors = before.to_vec();
            factors.push(derived);
            Node::product(factors)
        }
        None => term,
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

/// A name with a prime.
fn primed(node: Node) -> Option<Node> {
    match node {
        Node::Symbol(name) => Some(Node::Symbol(format!("{name}'"))),
        Node::Call(name, arguments) => Some(Node::Call(format!("{name}'"), arguments)),
        Node::Constant(Constant::E) => Some(Node::Symbol("e'".to_owned())),
        _ => None,
    }
}
