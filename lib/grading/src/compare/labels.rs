//! `x =`, `f(x) =`, `(x, y) =` before a value: the question's names, not part of the answer.

use std::borrow::Cow;

use num_rational::BigRational;

use super::Comparison;
use crate::read::node::Node;
use crate::read::token::{Bracket, Constant, Sign};
use crate::{Decision, Reason};

/// Label and value of `label = value` and of `value = label`.
pub(super) fn labelled(node: &Node) -> Option<(&Node, &Node)> {
    match node {
        Node::Relation(sides, signs) if signs.first() == Some(&Sign::Equal) && sides.len() == 2 => {
            match (is_label(&sides[0]), is_label(&sides[1])) {
                (true, _) => Some((&sides[0], &sides[1])),
                (false, true) => Some((&sides[1], &sides[0])),
                (false, false) => None,
            }
        }
        _ => None,
    }
}

/// The sides of `7 = x` in the order of `x = 7`, and of `6 = a + b` in that of `a + b = 6`: where only the last side is a
/// label, or only the first one a value, they change places.
pub(super) fn label_first<'n>(sides: &'n [Node], signs: &[Sign]) -> Cow<'n, [Node]> {
    match sides {
        [first, .., last]
            if signs.iter().all(|sign| *sign == Sign::Equal)
                && !is_label(first)
                && (is_label(last) || last.has_symbols() && !first.has_symbols()) =>
        {
            sides.iter().rev().cloned().collect::<Vec<_>>().into()
        }
        sides => sides.into(),
    }
}

/// A name, a function of names, a tuple of names, words, `|AB|`, `P(A)`.
pub(super) fn is_label(node: &Node) -> bool {
    match node {
        Node::Symbol(_) | Node::Text(_) | Node::Constant(Constant::I) => true,
        Node::Call(..) => true,
        Node::Matrix(rows) => rows.iter().flatten().all(is_label),
        Node::Group(Bracket::Round | Bracket::Angle, Bracket::Round | Bracket::Angle, items) => {
            items.iter().all(is_label)
        }
        // A measured thing: `|AB|`, `\angle A`, `AB`, `V_{max}`.
        Node::Apply(function, arguments) => {
            !function.hides_its_argument() && arguments.len() == 1 && arguments.iter().all(is_label)
        }
        Node::Product(factors) => {
            factors.len() <= 4
                && factors
                    .iter()
                    .all(|factor| matches!(factor, Node::Symbol(_) | Node::Text(_)))
                && (factors.iter().any(is_figure) || factors.iter().all(is_capital))
        }
        Node::Degrees(inner) => is_label(inner),
        // `A:B = 1`, `S_1:S_2 = 7:32`.
        Node::Ratio(parts) => parts.iter().all(is_label),
        Node::Quotient(a, b) => {
            let single =
                |node: &Node| matches!(node, Node::Symbol(name) if name.chars().count() == 1);
            let measured = |node: &Node| !single(node) && is_label(node);
            measured(a) && measured(b)
        }
        _ => false,
    }
}

/// `\angle A` and words: what makes `m\angle A` a measured thing and not a product.
fn is_figure(node: &Node) -> bool {
    match node {
        Node::Symbol(name) => name.starts_with('\\'),
        node => matches!(node, Node::Text(_)),
    }
}

fn is_capital(node: &Node) -> bool {
    matches!(node, Node::Symbol(name) if name.starts_with(char::is_uppercase))
}

impl Comparison<'_> {
    /// Compares values when one side carries a label, or a chain of equal values, and the other does not.
    pub(super) fn unlabelled(&self, p: &Node, r: &Node) -> Option<Decision> {
        if !self.options.ignore_labels {
            return None;
        }
        match (p, r) {
            (Node::Relation(sides, signs), Node::Relation(others, other_signs))
                if is_chain(signs) && is_chain(other_signs) =>
            {
                self.chains(sides, signs, others, other_signs)
            }
            (Node::Relation(sides, signs), r) if is_chain(signs) && !is_relation_list(r) => {
                Some(self.chain_against(sides, signs, r, false))
            }
            (p, Node::Relation(sides, signs)) if is_chain(signs) && !is_relation_list(p) => {
                Some(self.chain_against(sides, signs, p, true))
            }
            // `x \in \{1, 2\}` against `1, 2`.
            (p, Node::Relation(sides, signs)) if !matches!(p, Node::Relation(..)) => {
                Some(self.decide(p, members(sides, signs)?))
            }
            (Node::Relation(sides, signs), r) if !matches!(r, Node::Relation(..)) => {
                Some(self.decide(members(sides, signs)?, r))
            }
            _ => None,
        }
    }

    /// Chains of which one is longer: `x = 2 + 3 = 5` against `x = 5`.
    fn chains(
        &self,
        p: &[Node],
        p_signs: &[Sign],
        r: &[Node],
        r_signs: &[Sign],
    ) -> Option<Decision> {
        let (p, r) = (&*label_first(p, p_signs), &*label_first(r, r_signs));
        let approximate =
            p_signs.contains(&Sign::Approximately) || r_signs.contains(&Sign::Approximately);
        if p.len() == 2 && r.len() == 2 && !approximate {
            return None;
        }
        if p.len() == r.len() {
            let same = self.ordered(p, r);
            // `a = 2b = 3c`: each link says something. `x = 2 + 3 = 5` only leads to its last value.
            let links = [p, r]
                .iter()
                .any(|sides| sides[1..sides.len() - 1].iter().any(Node::has_symbols));
            if same.equivalent || (links && !approximate) {
                return Some(if same.equivalent {
                    same
                } else {
                    self.unordered(p, r)
                });
            }
        }
        // A chain stands for its last value only where it begins with a name or with that value: `0 = 0 = 25` says
        // nothing of `x^2 + y^2 = 25`.
        let valued = approximate || (self.leads_to_last(p) && self.leads_to_last(r));
        if !valued {
            let ends = |sides: &[Node]| Some([sides.first()?.clone(), sides.last()?.clone()]);
            return Some(self.equations(&ends(p)?, &ends(r)?));
        }
        // `x = 2` does not say all of `x = y = 2`.
        let longer = match (r.len() > p.len(), self.options.reference_asks) {
            (true, _) => Some(r),
            (false, false) if p.len() > r.len() => Some(p),
            _ => None,
        };
        if let Some(longer) = longer.filter(|_| !approximate) {
            let last = &longer[longer.len() - 1];
            let further = longer[1..longer.len() - 1]
                .iter()
                .find(|side| side.has_symbols() && !self.decide(side, last).equivalent);
            if let Some(side) = further {
                return Some(Decision::no(Reason::DifferentLength, || {
                    format!("nothing is said of {side}")
                }));
            }
        }
        let (p, r) = (self.values_of(p, p_signs), self.values_of(r, r_signs));
        Some(self.any_pair(&p, &r))
    }

    /// Whether a chain begins with a name, or with what it ends with.
    fn leads_to_last(&self, sides: &[Node]) -> bool {
        match (sides.first(), sides.last()) {
            (Some(first), Some(last)) => {
                is_label(first) || (!first.has_symbols() && self.decide(first, last).equivalent)
            }
            _ => false,
        }
    }

    fn any_pair(&self, p: &[&Node], r: &[&Node]) -> Decision {
        let mut last = Decision::no(Reason::DifferentKind, || {
            "no value on either side".to_owned()
        });
        for p in p {
            for r in r {
                last = self.decide(p, r);
                if last.equivalent {
                    return last;
                }
            }
        }
        last
    }

    /// The values of a chain that may stand for it: the last one, or the exact one before an approximation and what is
    /// near enough to it to be its approximation; anything else is a further guess and does not count.
    fn values_of<'n>(&self, sides: &'n [Node], signs: &[Sign]) -> Vec<&'n Node> {
        let approximately = signs.iter().position(|sign| *sign == Sign::Approximately);
        let valued = sides.last().is_some_and(|last| !last.has_symbols());
        let Some(exact) = approximately
            .map(|at| &sides[at])
            .filter(|side| !(is_label(side) || valued && side.has_symbols()))
        else {
            return sides.last().into_iter().collect();
        };
        // Only what the exact value rounds to is its approximation; anything else is a second answer.
        let near = |side: &&Node| match (self.constant(side), self.constant(exact)) {
            (Some(shown), Some(value)) => (shown - value).abs() <= 1.001 * resolution(side, value),
            _ => false,
        };
        let last = sides.last().filter(near);
        let guesses = signs.iter().filter(|sign| **sign == Sign::Approximately);
        if last.is_none() && guesses.count() > 1 {
            return sides.last().into_iter().collect();
        }
        std::iter::once(exact).chain(last).collect()
    }

    /// A chain of equal values against a single one: its last value counts, and the exact ones before an approximation.
    fn chain_against(
        &self,
        sides: &[Node],
        signs: &[Sign],
        other: &Node,
        turned: bool,
    ) -> Decision {
        // `x^2 = y` says x^2, as `y = x^2` does; to whom asks for a name, it still says y.
        if let Cow::Owned(sides) = label_first(sides, signs) {
            let decision = self.chain_against(&sides, signs, other, turned);
            if decision.equivalent || decision.is_doubtful() || !matches!(other, Node::Symbol(_)) {
                return decision;
            }
        }
        let values = self.values_of(sides, signs);
        let equation = sides.len() == 2 && signs == [Sign::Equal];
        // A prediction may name what it computes (`a + b = 7`); a reference that is an equation asks for one.
        // `7 = 5` is no way to say 5; a longer chain may begin with an operation that the question defines.
        let false_start = signs == [Sign::Equal]
            && !sides[0].has_symbols()
            && !is_label(&sides[0])
            && !self.leads_to_last(sides);
        if false_start {
            return Decision::no(Reason::DifferentValue, || {
                "an equation that does not hold".to_owned()
            });
        }
        let asked = self.options.solved_equations && turned;
        let unsolved = is_unsolved(sides)
            || (asked && sides.iter().any(Node::has_symbols) && !is_label(&sides[0]));
        if values.is_empty() || (equation && unsolved) {
            return Decision::no(Reason::NotSolved, || {
                "an equation against a value".to_owned()
            });
        }
        if turned {
            self.any_pair(&[other], &values)
        } else {
            self.any_pair(&values, &[other])
        }
    }
}

/// How far a value may be from what is shown of it: half a unit in the last place, or little for what is no literal.
fn resolution(shown: &Node, value: f64) -> f64 {
    match shown {
        Node::Number(number) => 0.5 * 10f64.powi(-number.places),
        Node::Negative(inner) | Node::Quantity(inner, _) => resolution(inner, value),
        Node::Percent(inner) => 0.01 * resolution(inner, value),
        Node::Degrees(inner) => std::f64::consts::PI / 180.0 * resolution(inner, value),
        _ => 5e-3 * value.abs(),
    }
}

/// The finite set that a name or a tuple of names is said to be in.
fn members<'n>(sides: &'n [Node], signs: &[Sign]) -> Option<&'n Node> {
    match (sides, signs) {
        ([name, set @ Node::Group(Bracket::Curly, ..)], [Sign::In]) if is_label(name) => Some(set),
        _ => None,
    }
}

/// A list without the elements that say of a name in the others that it is a whole number.
pub(super) fn without_parameters(node: &Node) -> Option<Node> {
    let Node::List(items) = node else {
        return None;
    };
    let parameter = |item: &Node| match item {
        Node::Relation(sides, signs) if signs == &[Sign::In] => match sides.as_slice() {
            [
                Node::Symbol(name),
                Node::Constant(Constant::Integers | Constant::Naturals),
            ] => Some(name.clone()),
            _ => None,
        },
        _ => None,
    };
    let (said, mut others): (Vec<&Node>, Vec<&Node>) =
        items.iter().partition(|item| parameter(item).is_some());
    let used = |name: String| {
        let mentions = |node: &Node| matches!(node, Node::Symbol(own) if *own == name);
        others.iter().any(|other| other.any(&mentions))
    };
    if said.is_empty() || !said.into_iter().filter_map(parameter).all(used) {
        return None;
    }
    Some(match others.len() {
        1 => others.swap_remove(0).clone(),
        _ => Node::List(others.into_iter().cloned().collect()),
    })
}

fn is_chain(signs: &[Sign]) -> bool {
    signs
        .iter()
        .all(|sign| matches!(sign, Sign::Equal | Sign::Approximately))
}

/// Whether an equation still hides its value: `x - 5 = 0`. In `a + b = 2k` and `3 + 4 = 7` the right side is the value.
fn is_unsolved(sides: &[Node]) -> bool {
    // `\sin 2x` and `A^{100}` name what was computed, as a label does.
    let computed = match &sides[0] {
        Node::Apply(..) | Node::Sum(_) | Node::Product(_) => names_only_functions(&sides[0]),
        Node::Power(base, _) => is_label(base) && matches!(sides[1], Node::Matrix(_)),
        _ => false,
    };
    if is_label(&sides[0]) || computed {
        return false;
    }
    let mut names: Vec<&str> = Vec::new();
    sides[0].names(&mut names);
    names.sort_unstable();
    names.dedup();
    let zero = matches!(&sides[1], Node::Number(number) if number.value == BigRational::default());
    names.len() == 1 || (zero && matches!(sides[0], Node::Sum(_)))
}

/// Whether names occur only in trigonometric functions: `\sin\theta + \cos\theta`.
fn names_only_functions(node: &Node) -> bool {
    match node {
        Node::Apply(function, _) if function.is_trigonometric() => true,
        Node::Symbol(_) | Node::Text(_) => false,
        node => node.children().into_iter().all(names_only_functions),
    }
}

fn is_relation_list(node: &Node) -> bool {
    match node {
        Node::Relation(..) => true,
        Node::List(items) => items.iter().any(|item| matches!(item, Node::Relation(..))),
        _ => false,
    }
}
