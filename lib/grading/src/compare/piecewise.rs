//! Functions by cases: pairs of a value and a condition, in any order.

use super::Comparison;
use crate::read::node::Node;
use crate::{Decision, Reason};

/// One row: a value and when it holds.
type Case<'n> = (&'n Node, &'n Node);

impl Comparison<'_> {
    /// Compares as functions by cases; `None` where a side is none.
    pub(super) fn piecewise(&self, p: &[Vec<Node>], r: &[Vec<Node>]) -> Option<Decision> {
        let (p, r) = (cases(p)?, cases(r)?);
        if p.len() != r.len() {
            return Some(Decision::no(Reason::DifferentLength, || {
                format!("{} cases, not {}", p.len(), r.len())
            }));
        }
        let mut free: Vec<&Case<'_>> = r.iter().collect();
        // `otherwise` is whatever the other rows leave.
        let (rest, explicit): (Vec<&Case<'_>>, Vec<_>) =
            p.iter().partition(|(_, condition)| is_rest(condition));
        if rest.len() > 1 || r.iter().filter(|(_, condition)| is_rest(condition)).count() > 1 {
            return Some(Decision::no(Reason::Undecided, || {
                "more than one row for all other cases".to_owned()
            }));
        }
        for case in explicit.into_iter().chain(rest) {
            let last = free.len() == 1;
            let same = |other: &&Case<'_>| {
                let rest = is_rest(case.1) || is_rest(other.1);
                self.decide(case.0, other.0).equivalent
                    && if rest {
                        last
                    } else {
                        self.condition(case.1, other.1)
                    }
            };
            let Some(found) = free.iter().position(same) else {
                return Some(Decision::no(Reason::DifferentElement, || {
                    format!("{} when {} is not in the reference", case.0, case.1)
                }));
            };
            free.remove(found);
        }
        Some(Decision::yes(Reason::SameElements))
    }

    fn condition(&self, p: &Node, r: &Node) -> bool {
        match (p, r) {
            (Node::Quantity(p, p_words), Node::Quantity(r, r_words)) => {
                predicate(p_words) == predicate(r_words) && self.decide(p, r).equivalent
            }
            (p, r) => self.decide(p, r).equivalent,
        }
    }
}

/// `is even` says what `even` says.
fn predicate(words: &str) -> &str {
    let words = words.trim();
    ["is ", "are "]
        .iter()
        .find_map(|verb| words.strip_prefix(verb))
        .unwrap_or(words)
}

fn is_rest(condition: &Node) -> bool {
    let rest = |words: &str| matches!(words.trim(), "otherwise" | "else" | "elsewhere");
    matches!(condition, Node::Text(words) if rest(words))
}

fn cases(rows: &[Vec<Node>]) -> Option<Vec<Case<'_>>> {
    rows.iter().map(|row| case(row)).collect()
}

/// `x, & x > 0` in two cells, or `x, x > 0` in one.
fn case(row: &[Node]) -> Option<Case<'_>> {
    match row {
        [value, condition] => Some((value, condition)),
        [Node::List(parts)] => match parts.as_slice() {
            [value, condition @ Node::Relation(..)] => Some((value, condition)),
            _ => None,
        },
        _ => None,
    }
}
