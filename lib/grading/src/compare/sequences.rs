//! Lists, sets, tuples, matrices, ratios, and the two values behind a plus-minus.

use std::borrow::Cow;

use num_rational::BigRational;

use super::Comparison;
use crate::read::node::Node;
use crate::read::token::Bracket;
use crate::{Decision, Reason};

/// Elements of what has no order: a comma list or a set.
pub(super) fn elements(node: &Node) -> Option<&[Node]> {
    match node {
        Node::List(items) | Node::Group(Bracket::Curly, _, items) => Some(items),
        _ => None,
    }
}

/// What may be an interval.
pub(super) fn is_pair(node: &Node) -> bool {
    matches!(node, Node::Group(Bracket::Round | Bracket::Square, _, items) if items.len() == 2)
}

/// The first elements of two comma lists, or of one and the other side.
pub(super) fn firsts<'n>(p: &'n Node, r: &'n Node) -> Option<(&'n Node, &'n Node)> {
    let first = |node: &'n Node| match node {
        Node::List(items) => items.first(),
        _ => None,
    };
    match (first(p), first(r)) {
        (None, None) => None,
        (first_p, first_r) => Some((first_p.unwrap_or(p), first_r.unwrap_or(r))),
    }
}

/// A node with a plus-minus as the list of its two values; lists spread element by element.
pub(super) fn spread(node: &Node) -> Option<Node> {
    match node {
        Node::List(items) => spread_items(items).map(Node::List),
        Node::Group(Bracket::Curly, close, items) => {
            spread_items(items).map(|items| Node::Group(Bracket::Curly, *close, items))
        }
        // `(4 \pm 1, 8)` is two points.
        Node::Group(open, close, items)
            if items.iter().filter(|item| has_plus_minus(item)).count() == 1 =>
        {
            let point = |lower: bool| {
                let items = items.iter().map(|item| signed(item, lower));
                Node::Group(*open, *close, items.collect())
            };
            let both = vec![point(false), point(true)];
            (!both.iter().any(has_plus_minus)).then_some(Node::List(both))
        }
        Node::Group(..) | Node::Matrix(_) | Node::Cases(_) | Node::Union(_) => None,
        _ if has_plus_minus(node) => {
            let both = vec![signed(node, false), signed(node, true)];
            // Where a sign stays behind, spreading again would never end.
            let spread = !both.iter().any(has_plus_minus);
            spread.then_some(Node::List(both))
        }
        _ => None,
    }
}

fn spread_items(items: &[Node]) -> Option<Vec<Node>> {
    if !items.iter().any(has_plus_minus) {
        return None;
    }
    let both = |item: &Node| match spread(item) {
        Some(Node::List(both)) => both,
        _ => vec![item.clone()],
    };
    let spread: Vec<Node> = items.iter().flat_map(both).collect();
    (!spread.iter().any(has_plus_minus)).then_some(spread)
}

fn has_plus_minus(node: &Node) -> bool {
    node.any(&|node| matches!(node, Node::PlusMinus { .. }))
}

/// The node with every plus-minus replaced by plus (`lower`: by minus); nested collections keep theirs.
fn signed(node: &Node, lower: bool) -> Node {
    node.rebuilt(&|node| match node {
        Node::PlusMinus { term, swapped } => Some(if lower != *swapped {
            Node::negative(signed(term, lower))
        } else {
            signed(term, lower)
        }),
        Node::List(_) | Node::Group(..) | Node::Matrix(_) | Node::Cases(_) | Node::Union(_) => {
            Some(node.clone())
        }
        _ => None,
    })
}

impl Comparison<'_> {
    /// The same elements, in any order; repetition does not matter.
    pub(super) fn unordered(&self, p: &[Node], r: &[Node]) -> Decision {
        let equations =
            |items: &[Node]| items.iter().any(|item| matches!(item, Node::Relation(..)));
        let (mut p, mut r) = (Cow::Borrowed(p), Cow::Borrowed(r));
        let (bare_p, bare_r) = (stripped_of_shared_label(&p), stripped_of_shared_label(&r));
        // `y = x + 2 or y = 4 - x` against other equations: the label is part of the equation.
        if self.options.ignore_labels && !equations(&bare_p) && !equations(&bare_r) {
            (p, r) = (bare_p.into_owned().into(), bare_r.into_owned().into());
        }
        if let Some(decision) = self.continued(&p, &r, false) {
            return decision;
        }
        let mut covered = vec![false; r.len()];
        // Elements that one on the other side may be equal to.
        let mut doubtful = vec![false; r.len()];
        let (mut worst, mut doubt, mut unsettled) = (None, None, false);
        for item in p.iter() {
            let (mut found, mut doubted) = (false, false);
            for (at, other) in r.iter().enumerate() {
                if covered[at] && found {
                    continue;
                }
                // A set of one thing is not that thing.
                let nested = |node: &Node| matches!(node, Node::Group(Bracket::Curly, ..));
                if nested(item) != nested(other) {
                    continue;
                }
                let decision = self.decide(item, other);
                if decision.equivalent {
                    covered[at] = true;
                    found = true;
                } else if decision.reason == Reason::BudgetSpent {
                    return decision;
                } else if decision.is_doubtful() {
                    doubtful[at] = true;
                    doubted = true;
                    doubt = Some(decision);
                } else {
                    worst = Some(decision);
                }
            }
            unsettled |= !found && doubted;
            if !found && !doubted {
                return self.missing(&p, &r, item, "the reference", worst);
            }
        }
        unsettled |= covered.contains(&false);
        let mut sides = covered.iter().zip(&doubtful);
        match sides.position(|(covered, doubtful)| !covered && !doubtful) {
            Some(at) => self.missing(&p, &r, &r[at], "the prediction", None),
            None => doubt
                .filter(|_| unsettled)
                .unwrap_or_else(|| Decision::yes(Reason::SameElements)),
        }
    }

    fn missing(
        &self,
        p: &[Node],
        r: &[Node],
        item: &Node,
        side: &str,
        single: Option<Decision>,
    ) -> Decision {
        match (p.len(), r.len(), single) {
            (1, 1, Some(decision)) => decision,
            (a, b, _) if a != b => Decision::no(Reason::DifferentLength, || {
                format!("{a} elements, not {b}; {item} is not in {side}")
            }),
            _ => Decision::no(Reason::DifferentElement, || {
                format!("{item} is not in {side}")
            }),
        }
    }

    /// The same elements in the same order.
    pub(super) fn ordered(&self, p: &[Node], r: &[Node]) -> Decision {
        if let Some(decision) = self.continued(p, r, true) {
            return decision;
        }
        if p.len() != r.len() {
            return Decision::no(Reason::DifferentLength, || {
                format!("{} elements, not {}", p.len(), r.len())
            });
        }
        let mut doubt = None;
        for (at, (p, r)) in p.iter().zip(r).enumerate() {
            let decision = self.decide(p, r);
            if decision.reason == Reason::BudgetSpent {
                return decision;
            }
            if decision.is_doubtful() {
                doubt = doubt.or(Some(decision));
                continue;
            }
            if !decision.equivalent {
                let detail = decision.detail.unwrap_or_default();
                return Decision::no(Reason::DifferentElement, || {
                    format!("element {}: {detail}", at + 1)
                });
            }
        }
        doubt.unwrap_or_else(|| Decision::yes(Reason::SameSequence))
    }

    /// Tuples, intervals and sets in brackets.
    pub(super) fn groups(&self, p: &Node, r: &Node) -> Decision {
        let (Node::Group(p_open, p_close, p), Node::Group(r_open, r_close, r)) = (p, r) else {
            return Decision::no(Reason::DifferentKind, || "not both in brackets".to_owned());
        };
        let curly = |bracket: &Bracket| *bracket == Bracket::Curly;
        if curly(p_open) && curly(r_open) {
            return self.unordered(p, r);
        }
        // A column without brackets of its own may have any.
        let bare = [p_open, r_open].contains(&&Bracket::Brace);
        let paired = p_open == p_close && r_open == r_close;
        let same = (p_open, p_close) == (r_open, r_close) || bare && paired;
        let angle = |open: &Bracket| matches!(open, Bracket::Angle | Bracket::Round);
        let vectors = self.options.vectors_as_tuples
            && angle(p_open)
            && angle(r_open)
            && angle(p_close)
            && angle(r_close);
        if curly(p_open) != curly(r_open) || (self.options.bracket_types && !same && !vectors) {
            return Decision::no(Reason::DifferentBrackets, || {
                format!("{p_open:?}-{p_close:?} brackets, not {r_open:?}-{r_close:?}")
                    .to_lowercase()
            });
        }
        self.ordered(p, r)
    }

    /// Rows of matrices in order, rows of systems in any order.
    pub(super) fn rows(&self, p: &[Vec<Node>], r: &[Vec<Node>], ordered: bool) -> Decision {
        if p.len() != r.len() {
            return Decision::no(Reason::DifferentLength, || {
                format!("{} rows, not {}", p.len(), r.len())
            });
        }
        let mut free: Vec<usize> = (0..r.len()).collect();
        let mut undecided = None;
        for (at, row) in p.iter().enumerate() {
            let (mut last, mut doubt) = (None, None);
            let found = free.iter().position(|other| {
                let candidate = !ordered || *other == at;
                candidate && {
                    let decision = self.ordered(row, &r[*other]);
                    let equal = decision.equivalent;
                    if decision.is_doubtful() {
                        doubt = Some(decision)
                    } else {
                        last = Some(decision)
                    }
                    equal
                }
            });
            match found {
                Some(found) => {
                    free.remove(found);
                }
                None if doubt.is_some() => undecided = undecided.or(doubt),
                None => {
                    let detail = last
                        .and_then(|decision| decision.detail)
                        .unwrap_or_default();
                    return Decision::no(Reason::DifferentElement, || {
                        format!("row {}: {detail}", at + 1)
                    });
                }
            }
        }
        undecided.unwrap_or_else(|| Decision::yes(Reason::SameSequence))
    }

    /// `2:4` is `1:2`.
    pub(super) fn ratios(&self, p: &[Node], r: &[Node]) -> Decision {
        // `20:34` is `20:34:00`.
        let zero = |node: &Node| matches!(node, Node::Number(number) if number.value == BigRational::default());
        let longer = |a: &[Node], b: &[Node]| {
            a.len() == b.len() + 1 && b.len() == 2 && a.last().is_some_and(zero)
        };
        let length = if longer(p, r) || longer(r, p) {
            2
        } else {
            p.len().max(r.len())
        };
        let (p, r) = (&p[..length.min(p.len())], &r[..length.min(r.len())]);
        let same = self.ordered(p, r);
        let (Some(p_last), Some(r_last)) = (p.last(), r.last()) else {
            return same;
        };
        if same.equivalent || p.len() != r.len() {
            return same;
        }
        let scaled = |parts: &[Node], last: &Node| {
            parts
                .iter()
                .map(|part| Node::quotient(part.clone(), last.clone()))
                .collect::<Vec<_>>()
        };
        self.ordered(&scaled(p, p_last), &scaled(r, r_last))
    }

    /// Numbers written in a base.
    pub(super) fn bases(&self, p: &Node, r: &Node) -> Decision {
        let different = |detail: String| Decision::no(Reason::DifferentBase, || detail);
        match (p, r) {
            (
                Node::Based {
                    digits: p,
                    base: p_base,
                },
                Node::Based {
                    digits: r,
                    base: r_base,
                },
            ) => match (p_base == r_base, p == r) {
                (true, true) => Decision::yes(Reason::SameDigits),
                (true, false) => {
                    Decision::no(Reason::DifferentValue, || format!("digits {p}, not {r}"))
                }
                (false, true) if !self.options.base_required => Decision::yes(Reason::SameDigits),
                (false, _) => different(format!("base {p_base}, not {r_base}")),
            },
            (Node::Based { digits, base }, Node::Number(number)) => {
                if number.value.to_string() == *digits && self.options.base_in_question {
                    Decision::yes(Reason::SameDigits)
                } else {
                    different(format!("base {base}, not named by the reference"))
                }
            }
            (Node::Number(number), Node::Based { digits, base }) => {
                if number.value.to_string() == *digits && !self.options.base_required {
                    Decision::yes(Reason::SameDigits)
                } else {
                    different(format!("no base, not base {base}"))
                }
            }
            _ => different("only one side names a base".to_owned()),
        }
    }
}

/// `x_1` and `x_2`.
fn is_numbered_alike(a: &Node, b: &Node) -> bool {
    let base = |node: &Node| match node {
        Node::Symbol(name) => name.split_once('_').map(|(base, _)| base.to_owned()),
        _ => None,
    };
    base(a).is_some() && base(a) == base(b)
}

/// Elements that all are `x = value` with one and the same `x`, or of which only the first is, as their values.
fn stripped_of_shared_label(items: &[Node]) -> Cow<'_, [Node]> {
    let labels: Vec<Option<(&Node, &Node)>> = items.iter().map(super::labels::labelled).collect();
    let Some(Some((first, value))) = labels.first() else {
        return items.into();
    };
    let shared = labels.iter().all(|label| {
        label.is_some_and(|(label, _)| label == *first || is_numbered_alike(label, first))
    });
    let only_first = labels.len() > 1
        && labels[1..].iter().all(Option::is_none)
        && items[1..]
            .iter()
            .all(|item| !matches!(item, Node::Relation(..)));
    if shared && labels.len() > 1 {
        return labels
            .into_iter()
            .flatten()
            .map(|(_, value)| value.clone())
            .collect::<Vec<_>>()
            .into();
    }
    if only_first {
        return std::iter::once((*value).clone())
            .chain(items[1..].iter().cloned())
            .collect::<Vec<_>>()
            .into();
    }
    items.into()
}
