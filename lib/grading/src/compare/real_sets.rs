//! Sets of real numbers: intervals, inequalities, unions, set builders in one normal form.

use super::Comparison;
use super::equations::turned;
use super::pieces::{Bound, Piece, complement, everything, intersection, normal};
use crate::read::node::Node;
use crate::read::token::{Bracket, Constant, Function, Sign};
use crate::{Decision, Reason};

/// Whether a node can only be, or is likely to be, a set of numbers.
pub(super) fn is_range(node: &Node) -> bool {
    match node {
        Node::Relation(_, signs) => {
            signs.iter().all(|sign| order(*sign))
                || matches!(signs.as_slice(), [Sign::In | Sign::NotEqual])
        }
        Node::Union(_) | Node::Intersection(_) | Node::Without(..) | Node::Such(..) => true,
        Node::Constant(Constant::Reals | Constant::EmptySet) => true,
        _ => false,
    }
}

/// Inequalities that hold together: `x > 1` and `x < 2`.
pub(super) fn are_bounds(node: &Node) -> bool {
    let bound = |item: &Node| matches!(item, Node::Relation(_, signs) if signs.iter().all(|sign| order(*sign)));
    matches!(node, Node::List(items) if items.iter().all(bound)) && names_of(node).len() == 1
}

pub(super) fn order(sign: Sign) -> bool {
    crate::read::is_order(sign)
}

/// An interval, or a chain of two inequalities around a name as one.
pub(super) fn interval(node: &Node) -> Option<Node> {
    match node {
        Node::Group(Bracket::Round | Bracket::Square, Bracket::Round | Bracket::Square, items)
            if items.len() == 2 =>
        {
            Some(node.clone())
        }
        Node::Relation(sides, signs) => match (sides.as_slice(), signs.as_slice()) {
            ([Node::Symbol(_) | Node::Call(..), set], [Sign::In]) => interval(set),
            (
                [low, Node::Symbol(_) | Node::Call(..), high],
                [
                    left @ (Sign::Less | Sign::LessEqual),
                    right @ (Sign::Less | Sign::LessEqual),
                ],
            ) => Some(between(low, *left, *right, high)),
            (
                [high, Node::Symbol(_) | Node::Call(..), low],
                [
                    left @ (Sign::Greater | Sign::GreaterEqual),
                    right @ (Sign::Greater | Sign::GreaterEqual),
                ],
            ) => Some(between(low, turned(*right), turned(*left), high)),
            _ => None,
        },
        _ => None,
    }
}

fn between(low: &Node, left: Sign, right: Sign, high: &Node) -> Node {
    let bracket = |sign: Sign| {
        if sign == Sign::LessEqual {
            Bracket::Square
        } else {
            Bracket::Round
        }
    };
    Node::Group(
        bracket(left),
        bracket(right),
        vec![low.clone(), high.clone()],
    )
}

impl Comparison<'_> {
    /// Compares as sets of real numbers, if both sides are such sets with known ends.
    pub(super) fn real_sets(&self, p: &Node, r: &Node) -> Option<Decision> {
        // Two one-sided relations about different names are not compared as sets.
        let (p_names, r_names) = (names_of(p), names_of(r));
        if !p_names.is_empty() && !r_names.is_empty() && p_names != r_names {
            return None;
        }
        if !self.options.relation_directions
            && matches!((p, r), (Node::Relation(..), Node::Relation(..)))
        {
            return None;
        }
        let (p, r) = (self.pieces(p)?, self.pieces(r)?);
        let different = || {
            Decision::no(Reason::DifferentRealSet, || {
                "another set of numbers".to_owned()
            })
        };
        if p.len() != r.len() {
            return Some(different());
        }
        let ends = |pieces: &[Piece]| -> Vec<Bound> {
            let ends = pieces.iter().flat_map(|piece| [&piece.low, &piece.high]);
            ends.cloned().collect()
        };
        let mut doubt = None;
        for (p, r) in ends(&p).iter().zip(&ends(&r)) {
            match self.same_bound(p, r) {
                Some(decision) if decision.equivalent => {}
                Some(decision) if decision.is_doubtful() => doubt = Some(decision),
                _ => return Some(different()),
            }
        }
        Some(doubt.unwrap_or_else(|| Decision::yes(Reason::SameRealSet)))
    }

    /// `\{head : condition\}` twice: the same heads under the same conditions, whatever the variable is called.
    pub(super) fn builders(&self, p: (&Node, &Node), r: (&Node, &Node)) -> Decision {
        let (p_head, r_head) = (member(p.0), member(r.0));
        let (p_head, p_condition) = match (p_head, r_head) {
            (Node::Symbol(from), to @ Node::Symbol(_)) if p_head != r_head => {
                (to.clone(), p.1.substituted(from, to))
            }
            _ => (p_head.clone(), p.1.clone()),
        };
        let heads = self.decide(&p_head, r_head);
        match heads.equivalent {
            true => self.decide(&p_condition, r.1),
            false => heads,
        }
    }

    /// What is to be said of two ends; nothing where they are of different kinds.
    fn same_bound(&self, p: &Bound, r: &Bound) -> Option<Decision> {
        if p.closed != r.closed && self.options.bracket_types {
            return None;
        }
        match (&p.node, &r.node) {
            (Some(p), Some(r)) => Some(self.decide(p, r)),
            (None, None) => (p.value == r.value).then(|| Decision::yes(Reason::SameNumber)),
            _ => None,
        }
    }

    /// Disjoint pieces in ascending order.
    fn pieces(&self, node: &Node) -> Option<Vec<Piece>> {
        self.budget.spend(4).ok()?;
        match node {
            Node::Group(
                open @ (Bracket::Round | Bracket::Square),
                close @ (Bracket::Round | Bracket::Square),
                items,
            ) => {
                let [low, high] = items.as_slice() else {
                    return None;
                };
                // No set contains an infinity: `[2,\infty]` is another answer than `[2,\infty)`.
                let unbounded = |end: &Node, bracket: Bracket| {
                    bracket == Bracket::Square && infinity(end).is_some()
                };
                if self.options.bracket_types && (unbounded(low, *open) || unbounded(high, *close))
                {
                    return None;
                }
                let piece = Piece {
                    low: self.bound(low, *open == Bracket::Square)?,
                    high: self.bound(high, *close == Bracket::Square)?,
                };
                // (3, -1) is a point: no one writes the empty set so.
                let interval = normal(vec![piece]);
                (!interval.is_empty()).then_some(interval)
            }
            Node::Group(Bracket::Curly, _, items) => {
                let points = items.iter().map(|item| {
                    let bound = self.bound(item, true)?;
                    Some(Piece {
                        low: bound.clone(),
                        high: bound,
                    })
                });
                self.joined(points.collect::<Option<Vec<_>>>()?)
            }
            Node::Constant(Constant::Reals) => Some(vec![everything()]),
            Node::Constant(Constant::EmptySet) => Some(Vec::new()),
            Node::Relation(sides, signs) => self.relation_pieces(sides, signs),
            Node::Such(head, condition) => match &**head {
                Node::Symbol(_) => self.pieces(condition),
                // `\{x \in \mathbb{R} : x \ne 3\}`
                Node::Relation(sides, signs) if signs == &[Sign::In] => match sides.as_slice() {
                    [Node::Symbol(_), set] => {
                        self.intersected(self.pieces(set)?, self.pieces(condition)?)
                    }
                    _ => None,
                },
                _ => None,
            },
            Node::Union(all) => {
                let pieces = all
                    .iter()
                    .map(|part| self.pieces(part))
                    .collect::<Option<Vec<_>>>()?;
                self.joined(pieces.into_iter().flatten().collect())
            }
            // `x = 1 or x = 2`: one name cannot have two values at once.
            Node::List(all) if all.iter().all(is_value) => {
                let pieces = all.iter().map(|part| self.pieces(part));
                let pieces = pieces.collect::<Option<Vec<_>>>()?;
                self.joined(pieces.into_iter().flatten().collect())
            }
            Node::List(all) if !all.iter().all(is_condition) || names_of(node).len() != 1 => None,
            // Conditions that hold together.
            Node::Intersection(all) | Node::List(all) => {
                let mut left = vec![everything()];
                for part in all {
                    left = self.intersected(left, self.pieces(part)?)?;
                }
                Some(left)
            }
            Node::Without(from, what) => {
                self.intersected(self.pieces(from)?, complement(self.pieces(what)?))
            }
            // `\mathbb{R} - \{0\}`
            Node::Sum(terms) => match terms.as_slice() {
                [from @ Node::Constant(Constant::Reals), Node::Negative(what)] => {
                    self.intersected(self.pieces(from)?, complement(self.pieces(what)?))
                }
                _ => None,
            },
            _ => None,
        }
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
            match self.values(p, r).equivalent {
                true => b.value = a.value,
                false => return None,
            }
        }
        Some(())
    }

    fn relation_pieces(&self, sides: &[Node], signs: &[Sign]) -> Option<Vec<Piece>> {
        match (sides, signs) {
            ([Node::Symbol(_) | Node::Call(..), set], [Sign::In]) => self.pieces(set),
            ([Node::Symbol(_), value], [Sign::NotEqual]) => {
                let bound = self.bound(value, true)?;
                Some(complement(vec![Piece {
                    low: bound.clone(),
                    high: bound,
                }]))
            }
            ([Node::Symbol(_) | Node::Call(..), value], [Sign::Equal]) => {
                let bound = self.bound(value, true)?;
                Some(vec![Piece {
                    low: bound.clone(),
                    high: bound,
                }])
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
            match below {
                true => piece.high = bound,
                false => piece.low = bound,
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

/// Whether two chains of inequalities are about the same thing in their middle.
pub(super) fn speak_of_one_name(p: &Node, r: &Node) -> bool {
    let middle = |node: &Node| match node {
        Node::Relation(sides, _) if sides.len() == 3 => Some(sides[1].clone()),
        _ => None,
    };
    match (middle(p), middle(r)) {
        (Some(p), Some(r)) => p == r,
        _ => true,
    }
}

/// What a set is made of: the x of `x \in \mathbb{R}`.
fn member(head: &Node) -> &Node {
    match head {
        Node::Relation(sides, signs) if signs == &[Sign::In] => sides.first().unwrap_or(head),
        head => head,
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

/// The names that relations are about, each once.
fn names_of(node: &Node) -> Vec<&str> {
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

fn infinity(node: &Node) -> Option<f64> {
    match node {
        Node::Constant(Constant::Infinity) => Some(f64::INFINITY),
        Node::Negative(inner) => infinity(inner).map(|value| -value),
        _ => None,
    }
}
