//! Names with their values: `x = 1, y = 2`, beside the same, beside a point, beside a plain list.

use super::Comparison;
use super::labels::{is_label, labelled};
use crate::read::node::Node;
use crate::read::token::{Bracket, Sign};
use crate::{Decision, Reason};

/// A name and its value.
type Assignment<'n> = (&'n Node, &'n Node);

impl Comparison<'_> {
    /// Where a side gives values to names; `None` where that says nothing of the other one.
    pub(super) fn assigned(&self, p: &Node, r: &Node) -> Option<Decision> {
        let (named_p, named_r) = (assignments(p), assignments(r));
        if let (Some(p), Some(r)) = (&named_p, &named_r)
            && p.len() == r.len()
            && p.len() > 1
            && each_once(p)
            && each_once(r)
        {
            return Some(self.by_name(p, r));
        }
        if !self.options.ignore_labels {
            return None;
        }
        let is_list = |node: &Node| matches!(node, Node::List(_));
        match (
            named_p.filter(|_| is_list(p)),
            named_r.filter(|_| is_list(r)),
        ) {
            (Some(pairs), None) => self.values_against(pairs, r, false),
            (None, Some(pairs)) => self.values_against(pairs, p, true),
            _ => None,
        }
    }

    /// Names with values: each name has the same value on both sides.
    fn by_name(&self, p: &[Assignment<'_>], r: &[Assignment<'_>]) -> Decision {
        let mut doubt = None;
        for (name, value) in p {
            let other = r.iter().find(|(other, _)| other == name);
            match other.map(|(_, other)| self.decide(value, other)) {
                Some(decision) if decision.equivalent => {}
                Some(decision) if decision.is_doubtful() => doubt = Some(decision),
                _ => {
                    return Decision::no(Reason::DifferentElement, || {
                        format!("{name} is not {value} in the reference")
                    });
                }
            }
        }
        doubt.unwrap_or_else(|| Decision::yes(Reason::SameElements))
    }

    /// `x = -7, y = 10` against the point `(-7, 10)`, and against the list `-7, 10`: names have an order, and one value
    /// does not say both.
    fn values_against(
        &self,
        mut pairs: Vec<Assignment<'_>>,
        other: &Node,
        turned: bool,
    ) -> Option<Decision> {
        let different = name_different_things(&pairs);
        // `x = 1 or x = 2` is no point.
        if !each_once(&pairs) {
            return None;
        }
        sort_neighbours(&mut pairs);
        let values: Vec<Node> = pairs.into_iter().map(|(_, value)| value.clone()).collect();
        match other {
            Node::Group(Bracket::Round, Bracket::Round, items) => Some(items),
            Node::List(items) if different => Some(items),
            _ => None,
        }
        .map(|items| {
            if turned {
                self.ordered(items, &values)
            } else {
                self.ordered(&values, items)
            }
        })
        .or_else(|| {
            (different && is_single(other)).then(|| {
                Decision::no(Reason::DifferentLength, || {
                    format!("one value, not {}", values.len())
                })
            })
        })
    }
}

fn each_once(pairs: &[Assignment<'_>]) -> bool {
    let times = |name: &Node| pairs.iter().filter(|(other, _)| *other == name).count();
    pairs.iter().all(|(name, _)| times(name) == 1)
}

/// Names and their values: `x = 1, y = 2` and `(x, y) = (1, 2)`.
fn assignments(node: &Node) -> Option<Vec<Assignment<'_>>> {
    match node {
        Node::List(items) => items.iter().map(labelled).collect(),
        Node::Relation(sides, signs) if signs == &[Sign::Equal] => match sides.as_slice() {
            [Node::Group(_, _, names), Node::Group(_, _, values)]
                if names.len() == values.len() && names.iter().all(is_label) =>
            {
                Some(names.iter().zip(values).collect())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Puts names of neighbouring letters in order: `y = 5, x = -1` is the point (-1, 5). Other names keep the order of
/// writing.
fn sort_neighbours(pairs: &mut [Assignment<'_>]) {
    let name = |(label, _): &Assignment<'_>| match label {
        Node::Symbol(name) => Some(in_order(name)),
        _ => None,
    };
    let Some(mut names) = pairs.iter().map(name).collect::<Option<Vec<_>>>() else {
        return;
    };
    names.sort_unstable();
    let letter = |name: &(String, Option<u64>, String)| name.0.chars().next().map_or(0, u32::from);
    let neighbours = names
        .windows(2)
        .all(|pair| letter(&pair[1]) - letter(&pair[0]) <= 1);
    if neighbours {
        pairs.sort_by_key(name);
    }
}

/// What names are sorted by: the letter, and the subscript as a number, so that `x_2` is before `x_{10}`.
fn in_order(name: &str) -> (String, Option<u64>, String) {
    let (letter, subscript) = name.split_once('_').unwrap_or((name, ""));
    let digits = subscript.trim_matches(|c: char| !c.is_ascii_digit());
    (letter.to_owned(), digits.parse().ok(), subscript.to_owned())
}

/// Whether values are given to names of different letters.
fn name_different_things(pairs: &[Assignment<'_>]) -> bool {
    let letter = |(label, _): &Assignment<'_>| match label {
        Node::Symbol(name) => Some(name.split('_').next().unwrap_or(name).to_owned())
            .filter(|name| name.chars().count() == 1),
        _ => None,
    };
    let mut letters: Vec<Option<String>> = pairs.iter().map(letter).collect();
    let all = letters.len();
    letters.sort_unstable();
    letters.dedup();
    letters.len() == all && letters.iter().all(Option::is_some)
}

/// One value: nothing that holds several, and no relation.
fn is_single(node: &Node) -> bool {
    matches!(
        node,
        Node::Number(_)
            | Node::Symbol(_)
            | Node::Negative(_)
            | Node::Sum(_)
            | Node::Product(_)
            | Node::Quotient(..)
            | Node::Power(..)
            | Node::Apply(..)
            | Node::Percent(_)
            | Node::Degrees(_)
            | Node::Quantity(..)
            | Node::Money(_)
    )
}
