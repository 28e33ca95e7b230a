//! Decides whether two answers mean the same: structure first, then exact arithmetic, then certain numerics.

mod assignments;
mod choices;
mod equations;
mod labels;
mod matrices;
mod names;
mod notations;
mod pieces;
mod piecewise;
mod progressions;
mod real_line;
mod real_sets;
mod sampling;
mod sequences;
mod texts;
mod values;
mod whole_names;
mod wrapped;

pub(crate) use choices::reference_choice;

use crate::budget::Budget;
use crate::options::Options;
use crate::read::node::Node;
use crate::read::token::{Bracket, Constant};
use crate::read::{self, Digits, ReadError};
use crate::{Decision, Reason};

/// Decides whether `prediction` means the same as `reference`.
pub fn equivalent(prediction: &str, reference: &str, options: &Options) -> Decision {
    decided(prediction, reference, options).decision
}

/// A decision, and how the sides were read for it.
pub(crate) struct Decided<'a> {
    pub(crate) decision: Decision,
    pub(crate) prediction: Reading<'a>,
    pub(crate) reference: Reading<'a>,
}

/// One way to read a side.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) text: &'a str,
    pub(crate) digits: Digits,
    /// Letters behind numbers are units.
    pub(crate) measured: bool,
}

impl<'a> Reading<'a> {
    fn first(text: &'a str) -> Self {
        Self {
            text,
            digits: Digits::Grouped,
            measured: false,
        }
    }

    /// The tree.
    pub(crate) fn read(&self) -> Result<Node, ReadError> {
        let text = read::unified(self.text);
        let lexed = read::lex(&text, self.digits);
        if self.measured {
            lexed.parse_measured()
        } else {
            lexed.parse()
        }
    }
}

/// Like [`equivalent`], with the readings of which the decision is made.
pub(crate) fn decided<'a>(
    prediction: &'a str,
    reference: &'a str,
    options: &Options,
) -> Decided<'a> {
    let (prediction, reference) = (prediction.trim(), reference.trim());
    let decided = as_written(prediction, reference, options);
    if decided.decision.equivalent || !options.reference_asks {
        return decided;
    }
    // `(D) 5/9` may be answered by its value alone.
    let value = choices::value_of_choice(reference).filter(|value| !value.trim().is_empty());
    let valued = value.map(|value| as_written(prediction, value.trim(), options));
    valued
        .filter(|valued| valued.decision.equivalent)
        .unwrap_or(decided)
}

fn as_written<'a>(prediction: &'a str, reference: &'a str, options: &Options) -> Decided<'a> {
    let first = |decision| Decided {
        decision,
        prediction: Reading::first(prediction),
        reference: Reading::first(reference),
    };
    if reference.is_empty() {
        return first(Decision::no(Reason::UnreadableReference, || {
            "the reference is empty".to_owned()
        }));
    }
    if prediction == reference {
        return first(Decision::yes(Reason::SameText));
    }
    if prediction.is_empty() {
        return first(Decision::no(Reason::DifferentWords, || {
            "the prediction is empty".to_owned()
        }));
    }
    let decided = read_and_compare(prediction, reference, options, [Digits::Grouped; 2]);
    if decided.decision.equivalent {
        return decided;
    }
    let others = other_readings(prediction, reference, options);
    // Together the further readings may cost as much as the first one.
    let further = Options {
        steps: options.steps / 4,
        ..options.clone()
    };
    let mut others = others
        .into_iter()
        .flatten()
        .map(|digits| read_and_compare(prediction, reference, &further, digits));
    others
        .find(|other| other.decision.equivalent)
        .unwrap_or(decided)
}

/// Further readings of digits around commas, for either side that has them.
fn other_readings(
    prediction: &str,
    reference: &str,
    options: &Options,
) -> [Option<[Digits; 2]>; 5] {
    let (p, r) = (
        read::is_ambiguous(prediction),
        read::is_ambiguous(reference),
    );
    let repeats = [prediction, reference].map(read::goes_on);
    let listed = read::may_be_listed;
    // As a list 9,100,100 would be 9 and 100, as 9,100 is.
    let commas = |text: &str| text.bytes().filter(|b| *b == b',').count();
    let as_many = commas(prediction) == commas(reference);
    let grouped = prediction.starts_with(['{', '(', '[']) || prediction.starts_with("\\{");
    [
        (listed(prediction) && listed(reference) && as_many).then_some([Digits::Listed; 2]),
        (p != r && (listed(prediction) || listed(reference))).then_some(if p {
            [Digits::Listed, Digits::Grouped]
        } else {
            [Digits::Grouped, Digits::Listed]
        }),
        (options.decimal_comma && p && !r && !grouped && !reference.contains([',', ';']))
            .then_some([Digits::DecimalComma, Digits::Grouped]),
        // `1,22` for 1.22, where a list would have other digits.
        (options.decimal_comma && r && !p && reference.replacen(',', ".", 1) == prediction)
            .then_some([Digits::Grouped, Digits::DecimalComma]),
        repeats.contains(&true).then(|| {
            repeats.map(|repeats| {
                if repeats {
                    Digits::Repeating
                } else {
                    Digits::Grouped
                }
            })
        }),
    ]
}

fn read_and_compare<'a>(
    prediction: &'a str,
    reference: &'a str,
    options: &Options,
    digits: [Digits; 2],
) -> Decided<'a> {
    let reading = |text, digits, measured| Reading {
        text,
        digits,
        measured,
    };
    let decided = |decision, measured: [bool; 2]| Decided {
        decision,
        prediction: reading(prediction, digits[0], measured[0]),
        reference: reading(reference, digits[1], measured[1]),
    };
    let (p_text, r_text) = (read::unified(prediction), read::unified(reference));
    let (p, r) = (read::lex(&p_text, digits[0]), read::lex(&r_text, digits[1]));
    if p.same_tokens(&r) {
        return decided(Decision::yes(Reason::SameTokens), [false; 2]);
    }
    let printed = [p.prints_e, r.prints_e];
    let (mut p, mut r) = (p.parse(), r.parse());
    if printed.contains(&true)
        && let (Ok(p), Ok(r)) = (&mut p, &mut r)
    {
        names::read_euler(p, r, printed);
    }
    let comparison = Comparison {
        options,
        budget: Budget::new(options.steps),
    };
    let decision = comparison.readings(&p, &r);
    if decision.equivalent {
        return decided(decision, [false; 2]);
    }
    let units = [is_measured(&p), is_measured(&r)];
    let measured = match units {
        [true, false] => comparison.measured(&p, &read::lex(&r_text, digits[1]).parse_measured()),
        [false, true] => comparison.measured(&read::lex(&p_text, digits[0]).parse_measured(), &r),
        _ => None,
    };
    if let Some(decision) = measured {
        return decided(decision, units.map(|own| !own));
    }
    let worded = choices::compare(prediction, reference, &p, &r, options.reference_asks)
        .or_else(|| texts::compare(prediction, reference, &p, &r));
    decided(worded.unwrap_or(decision), [false; 2])
}

/// Whether an answer has a unit that cannot be a letter.
fn is_measured(reading: &Result<Node, ReadError>) -> bool {
    matches!(reading, Ok(node) if node.any(&|node| matches!(node, Node::Quantity(..))))
}

/// One comparison: the policy and the work that is left.
pub(crate) struct Comparison<'o> {
    pub(crate) options: &'o Options,
    pub(crate) budget: Budget,
}

impl Comparison<'_> {
    fn readings(&self, p: &Result<Node, ReadError>, r: &Result<Node, ReadError>) -> Decision {
        match (p, r) {
            (Ok(p), Ok(r)) => match names::spelled_apart(p, r) {
                Some((p, r)) => self.decide(&p, &r),
                None => self.decide(p, r),
            },
            (Err(error), Ok(_)) => Decision::no(Reason::UnreadablePrediction, || {
                format!("the prediction cannot be read: {error}")
            }),
            (_, Err(_)) => Decision::no(Reason::DifferentWords, || {
                "the reference is text and the prediction another".to_owned()
            }),
        }
    }

    /// Letters behind the numbers of one side as units, as the other side has some: `5 s` against `5 seconds`.
    fn measured(
        &self,
        p: &Result<Node, ReadError>,
        r: &Result<Node, ReadError>,
    ) -> Option<Decision> {
        let (Ok(p), Ok(r)) = (p, r) else { return None };
        let value = |node| labels::labelled(node).map_or(node, |(_, value)| value);
        let (p, r) = if self.options.ignore_labels {
            (value(p), value(r))
        } else {
            (p, r)
        };
        let decision = self.decide(p, r);
        (decision.equivalent && wrapped::both_measured(p, r)).then_some(decision)
    }

    /// Whether two trees mean the same.
    pub(crate) fn decide(&self, p: &Node, r: &Node) -> Decision {
        if p == r {
            return Decision::yes(match p {
                Node::Clock(_) | Node::Date(_) => Reason::SameTime,
                Node::Number(_) => Reason::SameNumber,
                _ => Reason::SameTree,
            });
        }
        if self.budget.spend(4).is_err() {
            return Decision::no(Reason::BudgetSpent, || "out of steps".to_owned());
        }
        let rewritten = |node: &Node| {
            sequences::spread(node)
                .or_else(|| progressions::written_out(node))
                .or_else(|| self.without_matrix_arithmetic(node))
        };
        match (rewritten(p), rewritten(r)) {
            (Some(p), Some(r)) => return self.decide(&p, &r),
            (Some(p), None) => return self.decide(&p, r),
            (None, Some(r)) => return self.decide(p, &r),
            (None, None) => {}
        }
        if let Some(decision) = self.notations(p, r) {
            return decision;
        }
        // `x = k\pi, k \in \mathbb{Z}` says what k is, as the question may have done.
        match (labels::without_parameters(p), labels::without_parameters(r)) {
            (Some(p), None) => return self.decide(&p, r),
            (None, Some(r)) => return self.decide(p, &r),
            _ => {}
        }
        if let Some(decision) = self.unlabelled(p, r) {
            return decision;
        }
        self.by_kind(p, r)
    }

    fn by_kind(&self, p: &Node, r: &Node) -> Decision {
        match (p, r) {
            (Node::Cases(p), Node::Cases(r)) => {
                let piecewise = self.piecewise(p, r);
                piecewise.unwrap_or_else(|| self.rows(p, r, false))
            }
            (Node::Matrix(p), Node::Matrix(r)) => self.rows(p, r, true),
            (Node::Cases(rows), other) | (other, Node::Cases(rows))
                if rows.iter().all(|row| row.len() == 1) =>
            {
                let list = Node::List(rows.iter().flatten().cloned().collect());
                if matches!(p, Node::Cases(_)) {
                    self.decide(&list, other)
                } else {
                    self.decide(other, &list)
                }
            }
            (Node::Ratio(p), Node::Ratio(r)) => self.ratios(p, r),
            // `3:10` is three tenths.
            (Node::Ratio(parts), Node::Quotient(..)) if parts.len() == 2 => {
                self.decide(&Node::quotient(parts[0].clone(), parts[1].clone()), r)
            }
            (Node::Quotient(..), Node::Ratio(parts)) if parts.len() == 2 => {
                self.decide(p, &Node::quotient(parts[0].clone(), parts[1].clone()))
            }
            (Node::Based { .. }, _) | (_, Node::Based { .. }) => self.bases(p, r),
            _ => self.collections(p, r),
        }
    }

    fn collections(&self, p: &Node, r: &Node) -> Decision {
        if let Some(decision) = self.vectors(p, r) {
            return decision;
        }
        if let Some((p, r)) = matrices::as_rows(p, r) {
            return self.decide(&p, &r);
        }
        // A set that holds the empty set is not empty.
        let empty = |node: &Node| *node == Node::Constant(Constant::EmptySet);
        let holds = |node: &Node| matches!(node, Node::Group(Bracket::Curly, ..));
        if (empty(p) && holds(r)) || (holds(p) && empty(r)) {
            return Decision::no(Reason::DifferentLength, || "an empty set".to_owned());
        }
        if let (Node::Group(..), Node::Group(..)) = (p, r) {
            return self.groups(p, r);
        }
        let range = |node: &Node, other: &Node| {
            real_sets::is_range(node) || real_sets::are_bounds(node) && sequences::is_pair(other)
        };
        if self.options.relations_are_sets && (range(p, r) || range(r, p)) {
            if let Some(decision) = self.real_sets(p, r) {
                return decision;
            }
            // Ends that are names: `a <= x <= b` and `[a, b]`.
            if real_sets::speak_of_one_name(p, r)
                && let (Some(p), Some(r)) = (real_sets::interval(p), real_sets::interval(r))
            {
                return self.groups(&p, &r);
            }
        }
        match (p, r) {
            (Node::Union(p), Node::Union(r)) | (Node::Intersection(p), Node::Intersection(r)) => {
                self.unordered(p, r)
            }
            (Node::Relation(..), Node::Relation(..)) => self.relations(p, r),
            (Node::Such(p_head, p), Node::Such(r_head, r)) => {
                self.builders((p_head, p), (r_head, r))
            }
            _ => self.lists(p, r),
        }
    }

    fn lists(&self, p: &Node, r: &Node) -> Decision {
        if let Some(decision) = self.assigned(p, r) {
            return decision;
        }
        let (listed, elements) = (sequences::elements(p), sequences::elements(r));
        if !self.options.whole_lists
            && let Some((p, r)) = sequences::firsts(p, r)
        {
            return self.decide(p, r);
        }
        match (listed, elements) {
            (Some(p), Some(r)) if self.options.unordered_lists => self.unordered(p, r),
            (Some(p), Some(r)) => self.ordered(p, r),
            (None, None) => self.wrapped(p, r),
            (Some(p), None) => self.unordered(p, std::slice::from_ref(r)),
            (None, Some(r)) => self.unordered(std::slice::from_ref(p), r),
        }
    }

    /// A column vector against a tuple or angle brackets.
    fn vectors(&self, p: &Node, r: &Node) -> Option<Decision> {
        if !self.options.vectors_as_tuples {
            return None;
        }
        let column = |node: &Node| match node {
            Node::Matrix(rows) if rows.len() > 1 && rows.iter().all(|row| row.len() == 1) => {
                Some(rows.iter().flatten().cloned().collect::<Vec<_>>())
            }
            _ => None,
        };
        let tuple = |node: &Node| match node {
            Node::Group(
                Bracket::Round | Bracket::Angle | Bracket::Brace,
                Bracket::Round | Bracket::Angle | Bracket::Brace,
                items,
            ) => Some(items.clone()),
            _ => None,
        };
        match (column(p), tuple(r), tuple(p), column(r)) {
            (Some(p), Some(r), ..) | (_, _, Some(p), Some(r)) => Some(self.ordered(&p, &r)),
            _ => None,
        }
    }
}
