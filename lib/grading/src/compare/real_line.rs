//! What a node says of the real line, in disjoint pieces.

use super::Comparison;
use super::equations::turned;
use super::pieces::{Bound, Piece, complement, everything, intersection, normal};
use crate::read::node::Node;
use crate::read::token::{Bracket, Constant, Function, Sign};

impl Comparison<'_> {
    /// Disjoint pieces in ascending order.
    pub(super) fn pieces(&self, node: &Node) -> Option<Vec<Piece>> {
        self.budget.spend(4).ok()?;
        match node {
            Node::Group(
                open @ (Bracket::Round | Bracket::Square),
                close @ (Bracket::Round | Bracket::Square),
                ends,
            ) => self.between(*open, *close, ends),
            Node::Group(Bracket::Curly, _, points) => {
                let points = points.iter().map(|point| self.point(point));
                self.joined(points.collect::<Option<_>>()?)
            }
            Node::Constant(Constant::Reals) => Some(vec![everything()]),
            Node::Constant(Constant::EmptySet) => Some(Vec::new()),
            Node::Relation(sides, signs) => self.relation_pieces(sides, signs),
            Node::Such(head, condition) => self.such(head, condition),
            Node::Union(all) => self.union(all),
            // `x = 1 or x = 2`: one name cannot have two values at once.
            Node::List(all) if all.iter().all(is_value) => self.union(all),
            Node::List(all) if !all.iter().all(is_condition) || names_of(node).len() != 1 => None,
            // Conditions that hold together.
            Node::Intersection(all) | Node::List(all) => {
                let everything = vec![everything()];
                all.iter().try_fold(everything, |left, part| {
                    self.intersected(left, self.pieces(part)?)
                })
            }
            Node::Without(from, what) => self.without(from, what),
            // `\mathbb{R} - \{0\}`
            Node::Sum(terms) => match terms.as_slice() {
                [from @ Node::Constant(Constant::Reals), Node::Negative(what)] => {
                    self.without(from, what)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// An interval.
    fn between(&self, open: Bracket, close: Bracket, ends: &[Node]) -> Option<Vec<Piece>> {
        let [low, high] = ends else {
            return None;
        };
        // No set contains an infinity: `[2,\infty]` is another answer than `[2,\infty)`.
        let unbounded =
            |end: &Node, bracket: Bracket| bracket == Bracket::Square && infinity(end).is_some();
        if self.options.bracket_types && (unbounded(low, open) || unbounded(high, close)) {
            return None;
        }
        let piece = Piece {
            low: self.bound(low, open == Bracket::Square)?,
            high: self.bound(high, close == Bracket::Square)?,
        };
        // (3, -1) is a point: no one writes the empty set so.
        let interval = normal(vec![piece]);
        (!interval.is_empty()).then_some(interval)
    }

    fn point(&self, value: &Node) -> Option<Piece> {
        let bound = self.bound(value, true)?;
        Some(Piece {
            low: bound.clone(),
            high: bound,
        })
    }

    /// `\{x : x \ne 3\}` and `\{x \in \mathbb{R} : x \ne 3\}`
    fn such(&self, head: &Node, condition: &Node) -> Option<Vec<Piece>> {
        match head {
            Node::Symbol(_) => self.pieces(condition),
            Node::Relation(sides, signs) if signs == &[Sign::In] => match sides.as_slice() {
                [Node::Symbol(_), set] => {
                    self.intersected(self.pieces(set)?, self.pieces(condition)?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn union(&self, parts: &[Node]) -> Option<Vec<Piece>> {
        let pieces = parts.iter().map(|part| self.pieces(part));
        let pieces = pieces.collect::<Option<Vec<_>>>()?;
        self.joined(pieces.into_iter().flatten().collect())
    }

    fn without(&self, from: &Node, what: &Node) -> Option<Vec<Piece>> {
        self.intersected(self.pieces(from)?, complement(self.pieces(what)?))
    }

    /// The union, where it is certain which ends coincide.
    fn joined(&self, mut pieces: Vec<Piece>) -> Option<Vec<Piece>> {
        let ends = pieces
            .iter_mut()
            .flat_map(|piece| [&mut piece.low, &mut piece.high]);
        self.settle(ends.collect())?;
        Some(normal(pieces))
    }

    fn intersected(&self, mut left: Vec<Piece>, mut right: Vec<Piece>) -> Option<Vec<Piece>> {
        self.budget.spend(left.len() * right.len()).ok()?;
        let pieces = left.iter_mut().chain(&mut right);
        let ends = pieces.flat_map(|piece| [&mut piece.low, &mut piece.high]);
        self.settle(ends.collect())?;
        Some(intersection(&left, &right))
    }

    /// Ends that are the same get the same double. `None` where doubles cannot tell: `1` and `1 + 10^{-20}`.
    fn settle(&self, mut ends: Vec<&mut Bound>) -> Option<()> {
        const CLOSE: f64 = 1e-12;
        ends.sort_by(|a, b| a.value.total_cmp(&b.value));
        for at in 1..ends.len() {
            let (before, rest) = ends.split_at_mut(at);
            let (a, b) = (before.last_mut()?, rest.first_mut()?);
            let (Some(p), Some(r)) = (&a.node, &b.node) else {
                continue;
            };
            if (b.value - a.value).abs() > CLOSE * (1.0 + a.value.abs()) || p == r {
                continue;
            }
            if self.values(p, r).equivalent {
                b.value = a.value
            } else {
                return None;
            }
        }
        Some(())
    }

    fn relation_pieces(&self, sides: &[Node], signs: &[Sign]) -> Option<Vec<Piece>> {
        match (sides, signs) {
            ([Node::Symbol(_) | Node::Call(..), set], [Sign::In]) => self.pieces(set),
            ([Node::Symbol(_), value], [Sign::NotEqual]) => {
                Some(complement(vec![self.point(value)?]))
            }
            ([Node::Symbol(_) | Node::Call(..), value], [Sign::Equal]) => {
                Some(vec![self.point(value)?])
            }
            _ => self.order_pieces(sides, signs),
        }
    }

    /// `a < x <= b` and one-sided forms of it; `|x - c|` may stand for `x`.
    fn order_pieces(&self, sides: &[Node], signs: &[Sign]) -> Option<Vec<Piece>> {
        if !signs.iter().all(|sign| order(*sign)) {
            return None;
        }
        let at = sides.iter().position(|side| {
            matches!(side, Node::Symbol(_) | Node::Call(..)) || distance(side).is_some()
        })?;
        let middle = &sides[at];
        match (at, sides.len()) {
            (0, 2) => self.half_line(middle, signs[0], &sides[1]),
            (1, 2) => self.half_line(middle, turned(signs[0]), &sides[0]),
            (1, 3) => self.intersected(
                self.half_line(middle, turned(signs[0]), &sides[0])?,
                self.half_line(middle, signs[1], &sides[2])?,
            ),
            _ => None,
        }
    }

    /// Where `side` stands in the relation `sign` to `limit`.
    fn half_line(&self, side: &Node, sign: Sign, limit: &Node) -> Option<Vec<Piece>> {
        self.budget.spend(4).ok()?;
        let closed = matches!(sign, Sign::LessEqual | Sign::GreaterEqual);
        let below = matches!(sign, Sign::Less | Sign::LessEqual);
        let Some(centre) = distance(side) else {
            let mut piece = everything();
            let bound = self.bound(limit, closed)?;
            if below {
                piece.high = bound
            } else {
                piece.low = bound
            }
            return Some(normal(vec![piece]));
        };
        let end = |distance: Node| match &centre {
            Some(centre) => Node::Sum(vec![centre.clone(), distance]),
            None => distance,
        };
        let (low, high) = (end(Node::negative(limit.clone())), end(limit.clone()));
        let inside = Piece {
            low: self.bound(&low, closed == below)?,
            high: self.bound(&high, closed == below)?,
        };
        let inside = normal(vec![inside]);
        Some(if below { inside } else { complement(inside) })
    }

    fn bound(&self, node: &Node, closed: bool) -> Option<Bound> {
        if let Some(value) = infinity(node) {
            return Some(Bound {
                value,
                closed: false,
                node: None,
            });
        }
        Some(Bound {
            value: self.constant(node)?,
            closed,
            node: Some(node.clone()),
        })
    }
}

/// The point that `|x - c|` is the distance from; none inside for zero.
fn distance(node: &Node) -> Option<Option<Node>> {
    let Node::Apply(Function::Abs, arguments) = node else {
        return None;
    };
    match arguments.as_slice() {
        [Node::Symbol(_)] => Some(None),
        [Node::Sum(terms)] => match terms.as_slice() {
            [Node::Symbol(_), centre] if !centre.has_symbols() => {
                Some(Some(Node::negative(centre.clone())))
            }
            _ => None,
        },
        _ => None,
    }
}

/// `x = value`.
fn is_value(node: &Node) -> bool {
    matches!(node, Node::Relation(sides, signs)
        if signs == &[Sign::Equal] && matches!(sides.first(), Some(Node::Symbol(_))))
}

fn is_condition(node: &Node) -> bool {
    matches!(node, Node::Relation(..))
}

fn infinity(node: &Node) -> Option<f64> {
    match node {
        Node::Constant(Constant::Infinity) => Some(f64::INFINITY),
        Node::Negative(inner) => infinity(inner).map(|value| -value),
        _ => None,
    }
}

/// The names that relations are about, each once.
pub(super) fn names_of(node: &Node) -> Vec<&str> {
    let mut names: Vec<&str> = match node {
        Node::List(all) | Node::Union(all) => all.iter().flat_map(names_of).collect(),
        node => variable(node).into_iter().collect(),
    };
    names.sort_unstable();
    names.dedup();
    names
}

/// The name that a relation is about.
fn variable(node: &Node) -> Option<&str> {
    let Node::Relation(sides, _) = node else {
        return None;
    };
    sides.iter().find_map(|side| match side {
        Node::Symbol(name) | Node::Call(name, _) => Some(name.as_str()),
        _ => None,
    })
}

pub(super) fn order(sign: Sign) -> bool {
    crate::read::is_order(sign)
}
