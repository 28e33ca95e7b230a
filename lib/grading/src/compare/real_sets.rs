//! Sets of real numbers: whether two intervals, inequalities, unions or set builders are the same.

use super::Comparison;
use super::equations::turned;
use super::pieces::{Bound, Piece};
use super::real_line::{names_of, order};
use crate::read::node::Node;
use crate::read::token::{Bracket, Constant, Sign};
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
        if heads.equivalent {
            self.decide(&p_condition, r.1)
        } else {
            heads
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
