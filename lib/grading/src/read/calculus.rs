//! Derivatives, integrals and limits: read, and told apart, but not evaluated.

use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Lexeme, Sign};

impl Parser<'_> {
    /// `\int_a^b f(x) dx` from behind the sign. The bound name does not matter, the order of integration does.
    pub(super) fn integral(&mut self, sign: &str) -> Result<Node, ReadError> {
        let start = self.at;
        let bars = std::mem::take(&mut self.bars);
        self.integrals += 1;
        let read = self.deeper(Self::integrand);
        self.integrals -= 1;
        self.bars = bars;
        match read {
            Ok(parts) => Ok(Node::Call(format!("\\{sign}"), parts)),
            // No differential: the sign is only a name.
            Err(_) => {
                self.at = start;
                self.named(format!("\\{sign}"))
            }
        }
    }

    fn integrand(&mut self) -> Result<Vec<Node>, ReadError> {
        let (mut lower, mut upper) = (None, None);
        for _ in 0..2 {
            if self.take(Sign::Underscore) {
                lower = Some(self.argument()?);
            } else if self.take(Sign::Caret) {
                upper = Some(self.argument()?);
            }
        }
        let missing = || Node::Text(String::new());
        let mut limits = vec![lower.unwrap_or_else(missing), upper.unwrap_or_else(missing)];
        let body = match self.differential() {
            Some(_) => Node::integer(1),
            None => self.additive()?,
        };
        let (name, length) = self.differential().ok_or_else(|| self.unexpected())?;
        self.at += length;
        limits.push(body.bound(&name).0);
        Ok(limits)
    }

    /// `dx` in one of its spellings, while an integral waits for it: the name and the number of tokens.
    pub(super) fn differential(&self) -> Option<(String, usize)> {
        if self.integrals == 0 {
            return None;
        }
        let letter = |lexeme: Option<&Lexeme<'_>>| match lexeme {
            Some(Lexeme::Letter(letter)) => Some(letter.to_string()),
            _ => None,
        };
        match self.peek()? {
            Lexeme::Word(word) => {
                let name = word.strip_prefix('d').filter(|name| name.len() == 1)?;
                Some((name.to_owned(), 1))
            }
            Lexeme::Letter('d') | Lexeme::Text("d") => Some((letter(self.peek_after(1))?, 2)),
            _ => None,
        }
    }

    /// `\lim_{x \to a} f(x)` from behind the sign.
    pub(super) fn limit(&mut self) -> Result<Node, ReadError> {
        if !self.take(Sign::Underscore) {
            return self.named("\\lim".to_owned());
        }
        let Node::Relation(mut sides, signs) = self.deeper(Self::primary)? else {
            return Err(self.unexpected());
        };
        let (Some(Node::Symbol(name)), true) = (
            sides.first().cloned(),
            sides.len() == 2 && signs == [Sign::Arrow],
        ) else {
            return Err(self.unexpected());
        };
        let point = sides.swap_remove(1);
        let body = self.deeper(Self::term)?.bound(&name).0;
        Ok(Node::Call("\\lim".to_owned(), vec![body, point]))
    }
}

/// Whether a value depends on an integral or a limit.
pub(crate) fn is_unevaluated(node: &Node) -> bool {
    node.any(&|node| match node {
        Node::Call(name, _) => matches!(
            name.as_str(),
            "\\int" | "\\oint" | "\\iint" | "\\iiint" | "\\lim"
        ),
        _ => false,
    })
}

/// `\frac{d^2 x}{d t^2}` and `\frac{d}{dx}`; none where the fraction is one of numbers.
pub(super) fn derivative(top: &Node, bottom: &Node) -> Option<Node> {
    let (order, of) = differential(top)?;
    let (below, by) = differential(bottom)?;
    let Some(Node::Symbol(by)) = by else {
        return None;
    };
    let (by, power) = match by.split_once('^') {
        Some((name, power)) => (name, power.parse().ok()?),
        None => (by.as_str(), 1),
    };
    if below != 1 || order != power || !(1..=9).contains(&order) {
        return None;
    }
    let partial = mentions_partial(top);
    match of {
        Some(Node::Symbol(name)) if partial => {
            Some(Node::Symbol(format!("∂^{order} {name}/∂{by}")))
        }
        None if partial => Some(Node::Symbol(format!("∂^{order}/∂{by}"))),
        Some(Node::Symbol(name)) => Some(derived_name(&name, order, by)),
        Some(_) => None,
        None => Some(Node::Symbol(format!("d^{order}/d{by}"))),
    }
}

/// The derivative that the operator `\frac{d}{dt}` makes of a name.
pub(super) fn derived(operator: &Node, of: &Node) -> Option<Node> {
    let (Node::Symbol(operator), Node::Symbol(name)) = (operator, of) else {
        return None;
    };
    let (order, by) = operator.strip_prefix("d^")?.split_once("/d")?;
    let order = order.parse().ok().filter(|order| (1..=9).contains(order))?;
    Some(derived_name(name, order, by))
}

/// The name that is derived keeps its mark before its subscript.
fn derived_name(name: &str, order: usize, by: &str) -> Node {
    let (letter, subscript) = name.split_at(name.find('_').unwrap_or(name.len()));
    let marks = "'".repeat(order);
    Node::Symbol(format!("{letter}{marks}{subscript}/d{by}"))
}

fn mentions_partial(node: &Node) -> bool {
    node.any(&|node| matches!(node, Node::Symbol(name) if name == "∂"))
}

/// `d x`, `d^2 x`, `d t^2`, `d`: how often d stands there, and before what.
fn differential(node: &Node) -> Option<(usize, Option<Node>)> {
    let is_d = |node: &Node| match node {
        Node::Symbol(name) | Node::Text(name) => matches!(name.as_str(), "d" | "∂"),
        _ => false,
    };
    let order = |node: &Node| match node {
        node if is_d(node) => Some(1),
        Node::Power(base, times) if is_d(base) => (1..=9).find(|n| **times == Node::integer(*n)),
        _ => None,
    };
    let plain = |node: &Node| match node {
        Node::Symbol(_) => Some(node.clone()),
        Node::Call(name, _) => Some(Node::Symbol(name.clone())),
        Node::Power(base, times) => match &**base {
            Node::Symbol(name) => (1..=9)
                .find(|n| **times == Node::integer(*n))
                .map(|n| Node::Symbol(format!("{name}^{n}"))),
            _ => None,
        },
        _ => None,
    };
    let (order, of) = match node {
        Node::Product(factors) => match factors.as_slice() {
            [d, name] => (order(d)?, Some(plain(name)?)),
            _ => return None,
        },
        node => (order(node)?, None),
    };
    Some((usize::try_from(order).ok()?, of))
}
