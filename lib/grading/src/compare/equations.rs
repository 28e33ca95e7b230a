//! Equations up to a factor and rearrangement; inequalities turned round and rescaled.

use super::labels::{is_label, label_first};
use super::{Comparison, real_line};
use crate::read::node::Node;
use crate::read::token::{Constant, Sign};
use crate::{Decision, Reason};

impl Comparison<'_> {
    pub(super) fn relations(&self, p: &Node, r: &Node) -> Decision {
        let (Node::Relation(p_sides, p_signs), Node::Relation(r_sides, r_signs)) = (p, r) else {
            return Decision::no(Reason::DifferentKind, || "not both relations".to_owned());
        };
        match (p_signs.as_slice(), r_signs.as_slice()) {
            ([Sign::Equal], [Sign::Equal]) => self.equations(p_sides, r_sides),
            ([Sign::In], [Sign::In]) => self.ordered(p_sides, r_sides),
            // A modulus that only one side repeats is the question's.
            ([Sign::Congruent, Sign::Modulo], [Sign::Congruent]) => {
                self.inequalities(&p_sides[..2], &p_signs[..1], r_sides, r_signs)
            }
            ([Sign::Congruent], [Sign::Congruent, Sign::Modulo]) => {
                self.inequalities(p_sides, p_signs, &r_sides[..2], &r_signs[..1])
            }
            _ => self.inequalities(p_sides, p_signs, r_sides, r_signs),
        }
    }

    pub(super) fn equations(&self, p: &[Node], r: &[Node]) -> Decision {
        let different = |detail: String| Decision::no(Reason::DifferentEquation, || detail);
        let (p, r) = (
            &*label_first(p, &[Sign::Equal]),
            &*label_first(r, &[Sign::Equal]),
        );
        let ([p_left, p_right], [r_left, r_right]) = (p, r) else {
            return different("not two sides".to_owned());
        };
        let mut doubt = None;
        let mut same = |a: &Node, b: &Node| {
            let decision = self.decide(a, b);
            let equal = decision.equivalent;
            if decision.is_doubtful() {
                doubt = Some(decision);
            }
            equal
        };
        // `f(t) = 1/t` is `f(x) = 1/x`.
        if let (Node::Call(f, arguments), Node::Call(g, others)) = (p_left, r_left)
            && let ([Node::Symbol(t)], [x @ Node::Symbol(name)]) =
                (arguments.as_slice(), others.as_slice())
            && mark(f) == mark(g)
            && t != name
            && !mentions(p_right, name)
        {
            return self.decide(&p_right.substituted(t, x), r_right);
        }
        if is_label(p_left)
            && is_label(r_left)
            && (p_left == r_left || are_function_labels(p_left, r_left))
        {
            let values = self.decide(p_right, r_right);
            if values.equivalent || is_constant(r_right) {
                return values;
            }
            doubt = Some(values).filter(Decision::is_doubtful);
        } else if (same(p_left, r_left) && same(p_right, r_right))
            || (same(p_left, r_right) && same(p_right, r_left))
        {
            return Decision::yes(Reason::SameEquation);
        }
        if is_constant(r_right) && is_label(r_left) && self.options.solved_equations {
            let solved = is_label(p_left) && is_constant(p_right);
            return if solved {
                different(format!("{p_left} is not {r_left}"))
            } else {
                Decision::no(Reason::NotSolved, || {
                    format!("the reference is solved for {r_left}")
                })
            };
        }
        if self.options.rescaled_equations
            && self.same_solutions([p_left, p_right], [r_left, r_right])
        {
            return Decision::yes(Reason::SameEquation);
        }
        if let Some(decision) = self.multiplied_out([p_left, p_right], [r_left, r_right]) {
            return decision;
        }
        doubt.unwrap_or_else(|| {
            different(format!(
                "{p_left} = {p_right} is no multiple of {r_left} = {r_right}"
            ))
        })
    }

    /// `A = b(h)` and `b(h) = A`: of two bare sides only the first can be told to be a function, so it is compared as
    /// the product that the other writer made of it.
    fn multiplied_out(&self, p: [&Node; 2], r: [&Node; 2]) -> Option<Decision> {
        let product = |node: &Node| match node {
            Node::Call(name, arguments) if name.chars().count() == 1 => match &arguments[..] {
                [argument @ Node::Symbol(_)] => Some(Node::Product(vec![
                    Node::Symbol(name.clone()),
                    argument.clone(),
                ])),
                _ => None,
            },
            _ => None,
        };
        let bare = |sides: [&Node; 2]| matches!(sides[1], Node::Symbol(_) | Node::Product(_));
        let spelled = |sides: [&Node; 2]| product(sides[0]).filter(|_| bare(sides));
        let (left, right) = (spelled(p), spelled(r));
        if left.is_none() && right.is_none() {
            return None;
        }
        let p = [left.as_ref().unwrap_or(p[0]), p[1]];
        let r = [right.as_ref().unwrap_or(r[0]), r[1]];
        let same = |a, b| self.decide(a, b).equivalent;
        let equal = same(p[0], r[0]) && same(p[1], r[1]) || same(p[0], r[1]) && same(p[1], r[0]);
        equal.then(|| Decision::yes(Reason::SameEquation))
    }

    fn same_solutions(&self, p: [&Node; 2], r: [&Node; 2]) -> bool {
        let (left, right) = (difference(p), difference(r));
        // Without names every ratio is constant.
        if !left.has_symbols() || !right.has_symbols() {
            return false;
        }
        if self.constant_ratio(&left, &right).is_some() {
            return true;
        }
        // `y = ...` against the same equation cleared of fractions.
        let solved = |sides: [&Node; 2], other: &Node| match sides[0] {
            // A factor that vanishes elsewhere is lost, unless the solution has a pole there: `y = 4/x` of `xy = 4`,
            // but not `y = 0` of `xy = 0`.
            Node::Symbol(name) if !mentions(sides[1], name) => {
                (has_pole(sides[1]) || self.has_constant_slope(other, name))
                    && self.is_solved_by(other, name, sides[1])
            }
            _ => false,
        };
        solved(r, &left) || solved(p, &right)
    }

    fn inequalities(&self, p: &[Node], p_signs: &[Sign], r: &[Node], r_signs: &[Sign]) -> Decision {
        let different =
            || Decision::no(Reason::DifferentRelation, || "another relation".to_owned());
        if p.len() != r.len() {
            return different();
        }
        let directed = self.options.relation_directions;
        let mut doubt = None;
        for turned in [false, true] {
            if turned && !p_signs.iter().all(|sign| turns(*sign)) {
                continue;
            }
            let (sides, signs) = if turned {
                reversed(p, p_signs)
            } else {
                (p.to_vec(), p_signs.to_vec())
            };
            let signs_match = signs.iter().zip(r_signs).all(|(a, b)| {
                a == b || (!directed && real_line::order(*a) && real_line::order(*b))
            });
            if !signs_match {
                continue;
            }
            let sides = self.ordered(&sides, r);
            if sides.equivalent {
                return Decision::yes(Reason::SameRelation);
            }
            doubt = doubt.or(Some(sides).filter(Decision::is_doubtful));
        }
        let different = || doubt.clone().unwrap_or_else(different);
        let ([p_sign], [r_sign]) = (p_signs, r_signs) else {
            return different();
        };
        let ([p_left, p_right], [r_left, r_right]) = (p, r) else {
            return different();
        };
        let Some(ratio) = self.constant_ratio(
            &difference([p_left, p_right]),
            &difference([r_left, r_right]),
        ) else {
            return different();
        };
        let sign = if ratio < 0.0 {
            turned(*p_sign)
        } else {
            *p_sign
        };
        if sign == *r_sign && (real_line::order(sign) || sign == Sign::NotEqual) {
            Decision::yes(Reason::SameRelation)
        } else {
            different()
        }
    }
}

/// `y`, `f(x)`, `g(t)`: names for the value of a function. A derivative is another function than what it is taken of.
fn are_function_labels(p: &Node, r: &Node) -> bool {
    let label = |node: &Node| match node {
        Node::Symbol(name) if name == "y" => Some((String::new(), Vec::new())),
        Node::Call(name, arguments) => {
            let names = arguments
                .iter()
                .all(|argument| matches!(argument, Node::Symbol(_)));
            let mark = mark(name).to_owned();
            names.then(|| (mark, arguments.clone()))
        }
        _ => None,
    };
    match (label(p), label(r)) {
        (Some((p_mark, p)), Some((r_mark, r))) => {
            p_mark == r_mark && (p == r || p.is_empty() || r.is_empty())
        }
        _ => false,
    }
}

/// What is done to a function: the prime of `f'`, the inverse of `f^{-1}`.
fn mark(name: &str) -> &str {
    name.find(['\'', '^']).map_or("", |at| &name[at..])
}

/// Whether a name stands below a fraction line.
fn has_pole(node: &Node) -> bool {
    node.any(&|node| match node {
        Node::Quotient(_, below) => below.has_symbols(),
        Node::Power(base, exponent) => {
            base.has_symbols() && matches!(**exponent, Node::Negative(_))
        }
        _ => false,
    })
}

fn is_constant(node: &Node) -> bool {
    !node.has_symbols() && !matches!(node, Node::Constant(Constant::EmptySet))
}

fn difference(sides: [&Node; 2]) -> Node {
    Node::Sum(vec![sides[0].clone(), Node::negative(sides[1].clone())])
}

fn mentions(node: &Node, name: &str) -> bool {
    node.any(&|node| matches!(node, Node::Symbol(own) if own == name))
}

fn reversed(sides: &[Node], signs: &[Sign]) -> (Vec<Node>, Vec<Sign>) {
    (
        sides.iter().rev().cloned().collect(),
        signs.iter().rev().map(|sign| turned(*sign)).collect(),
    )
}

/// Whether a relation may be written the other way round.
fn turns(sign: Sign) -> bool {
    real_line::order(sign)
        || matches!(
            sign,
            Sign::Equal
                | Sign::NotEqual
                | Sign::Approximately
                | Sign::Congruent
                | Sign::Subset
                | Sign::Superset
                | Sign::Iff
        )
}

/// The sign that says the same with its sides exchanged.
pub(super) fn turned(sign: Sign) -> Sign {
    match sign {
        Sign::Less => Sign::Greater,
        Sign::Greater => Sign::Less,
        Sign::LessEqual => Sign::GreaterEqual,
        Sign::GreaterEqual => Sign::LessEqual,
        Sign::Subset => Sign::Superset,
        Sign::Superset => Sign::Subset,
        other => other,
    }
}
