//! Lists that go on: `1, 2, \ldots, n` beside `1, 2, 3, \ldots, n`, and `1, 2, \ldots, 10` beside all ten numbers.
//!
//! What is left out must follow from what is shown: two elements with one difference make an arithmetic progression, three
//! with one quotient a geometric one.

use num_rational::BigRational;
use num_traits::{One, Zero};

use super::Comparison;
use crate::read::node::{Node, Number};
use crate::{Decision, Reason};

/// More elements than these are not written out.
const MOST_WRITTEN_OUT: usize = 200;
/// Of more elements than these around the dots none is left out.
const MOST_SHOWN: usize = 12;

/// The elements before the dots and those behind them.
struct Continued<'n> {
    before: &'n [Node],
    after: &'n [Node],
}

impl<'n> Continued<'n> {
    fn of(items: &'n [Node]) -> Option<Self> {
        let at = items.iter().position(is_dots)?;
        let (before, after) = (&items[..at], &items[at + 1..]);
        (!after.iter().any(is_dots)).then_some(Self { before, after })
    }
}

fn is_dots(node: &Node) -> bool {
    matches!(node, Node::Text(text) if text == "…")
}

/// A list of numbers with what its dots leave out, where that is a few.
pub(super) fn written_out(node: &Node) -> Option<Node> {
    let items = match node {
        Node::List(items) | Node::Group(_, _, items) => items,
        _ => return None,
    };
    let Continued { before, after } = Continued::of(items)?;
    let numbers = before.iter().map(value).collect::<Option<Vec<_>>>()?;
    let last = value(after.first()?)?;
    let mut all = filled(numbers, &last)?;
    all.pop();
    let shown = all.into_iter().map(number).chain(after.iter().cloned());
    let shown = shown.collect();
    Some(match node {
        Node::Group(open, close, _) => Node::Group(*open, *close, shown),
        _ => Node::List(shown),
    })
}

/// A progression from its first elements up to the last one.
fn filled(mut numbers: Vec<BigRational>, last: &BigRational) -> Option<Vec<BigRational>> {
    let steps = |pairs: &dyn Fn(&BigRational, &BigRational) -> BigRational| {
        let mut steps = numbers.windows(2).map(|pair| pairs(&pair[0], &pair[1]));
        let first = steps.next()?;
        steps.all(|step| step == first).then_some(first)
    };
    let difference = match &numbers[..] {
        // `1, ..., 10` counts.
        [first] => (first.is_integer() && last > first).then(BigRational::one),
        _ => steps(&|a, b| b - a).filter(|step| !step.is_zero()),
    };
    let some_zero = numbers.iter().any(Zero::is_zero);
    let quotient = if numbers.len() > 2 && !some_zero {
        steps(&|a, b| b / a).filter(|step| !step.is_one())
    } else {
        None
    };
    let next = |number: &BigRational| match (&difference, &quotient) {
        (Some(step), _) => Some(number + step),
        (None, Some(step)) => Some(number * step),
        (None, None) => None,
    };
    while numbers.len() < MOST_WRITTEN_OUT {
        let number = next(numbers.last()?)?;
        let ends = number == *last;
        numbers.push(number);
        if ends {
            return Some(numbers);
        }
    }
    None
}

/// Whole numbers and fractions; a decimal may be rounded.
fn value(node: &Node) -> Option<BigRational> {
    match node {
        Node::Number(number) if !number.decimal => Some(number.value.clone()),
        Node::Negative(inner) => value(inner).map(|value| -value),
        Node::Quotient(top, bottom) => {
            let bottom = value(bottom).filter(|bottom| !bottom.is_zero())?;
            Some(value(top)? / bottom)
        }
        _ => None,
    }
}

fn number(value: BigRational) -> Node {
    Node::Number(Number {
        value,
        decimal: false,
        places: 0,
        significant: 1,
    })
}

impl Comparison<'_> {
    /// The verdict on two lists of which one goes on; `None` where none does.
    pub(super) fn continued(&self, p: &[Node], r: &[Node], ordered: bool) -> Option<Decision> {
        let (left, right) = (Continued::of(p), Continued::of(r));
        let (left, right) = match (left, right) {
            (Some(left), Some(right)) => (left, right),
            (None, None) => return None,
            _ => {
                return Some(Decision::no(Reason::DifferentLength, || {
                    "only one side goes on".to_owned()
                }));
            }
        };
        if self.same_continued(&left, &right) {
            return Some(Decision::yes(Reason::SameSequence));
        }
        // What has no order may be written from its other end.
        let turned = |items: &[Node]| items.iter().rev().cloned().collect::<Vec<_>>();
        let (turned_p, turned_r) = (turned(p), turned(r));
        let same = |p, r| match (Continued::of(p), Continued::of(r)) {
            (Some(p), Some(r)) => self.same_continued(&p, &r),
            _ => false,
        };
        let turned = !ordered && (same(&turned_p, r) || same(p, &turned_r));
        Some(if turned {
            Decision::yes(Reason::SameElements)
        } else {
            Decision::no(Reason::DifferentElement, || {
                "other elements around the dots".to_owned()
            })
        })
    }

    fn same_continued(&self, p: &Continued<'_>, r: &Continued<'_>) -> bool {
        if p.after.is_empty() != r.after.is_empty() || p.before.is_empty() != r.before.is_empty() {
            return false;
        }
        let (short, long) = in_length(p.before, r.before);
        let begins = short.iter().zip(long).all(|(a, b)| self.same(a, b));
        if !begins || !(short.len() == long.len() || self.follows(short, long)) {
            return false;
        }
        let (short, all) = in_length(p.after, r.after);
        let ends = short
            .iter()
            .rev()
            .zip(all.iter().rev())
            .all(|(a, b)| self.same(a, b));
        ends && (short.len() == all.len() || self.leads_up(long, all))
    }

    /// Whether the longer beginning says no more than the shorter one.
    fn follows(&self, short: &[Node], long: &[Node]) -> bool {
        if long.len() > MOST_SHOWN {
            return false;
        }
        let step = |change: fn(&Node, &Node) -> Node| {
            let mut steps = long.windows(2).map(|pair| change(&pair[0], &pair[1]));
            let first = steps.next();
            first.filter(|first| steps.all(|step| self.same(first, &step)))
        };
        match (short.len(), step(difference)) {
            (0, _) => false,
            // `1, ..., n` counts.
            (1, Some(step)) => self.same(&step, &Node::integer(1)),
            (_, Some(_)) => true,
            (length, None) => length > 2 && step(quotient).is_some(),
        }
    }

    /// Whether the last elements have the difference of the first ones.
    fn leads_up(&self, first: &[Node], last: &[Node]) -> bool {
        let [a, b, ..] = first else { return false };
        let step = difference(a, b);
        last.len() <= MOST_SHOWN
            && last
                .windows(2)
                .chain(first.windows(2))
                .all(|pair| self.same(&difference(&pair[0], &pair[1]), &step))
    }

    fn same(&self, a: &Node, b: &Node) -> bool {
        self.decide(a, b).equivalent
    }
}

fn in_length<'n>(a: &'n [Node], b: &'n [Node]) -> (&'n [Node], &'n [Node]) {
    if a.len() <= b.len() { (a, b) } else { (b, a) }
}

fn difference(a: &Node, b: &Node) -> Node {
    Node::Sum(vec![b.clone(), Node::negative(a.clone())])
}

fn quotient(a: &Node, b: &Node) -> Node {
    Node::quotient(b.clone(), a.clone())
}
