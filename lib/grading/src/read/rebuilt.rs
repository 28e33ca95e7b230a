//! Trees made from trees: names exchanged, bound, replaced by values.

use super::node::Node;
use super::token::Constant;

impl Node {
    /// The body of a sum, an integral or a limit with its variable renamed to a name that depends on the body alone,
    /// and that name: the writer's choice of a letter means nothing.
    pub(crate) fn bound(&self, variable: &str) -> (Self, String) {
        let taken = |name: &str| {
            self.any(&|node| match node {
                Self::Symbol(own) => own.contains(name),
                Self::Range { index, .. } => index == name,
                _ => false,
            })
        };
        let free = (0..).map(|at| format!("#{at}")).find(|name| !taken(name));
        let free = free.unwrap_or_default();
        (self.renamed(variable, &free), free)
    }

    /// The same tree with a name exchanged, in subscripts too (`a_i`).
    fn renamed(&self, from: &str, to: &str) -> Self {
        self.rebuilt(&|node| match node {
            Self::Symbol(name) if name == from => Some(Self::Symbol(to.to_owned())),
            Self::Constant(Constant::I) if from == "i" => Some(Self::Symbol(to.to_owned())),
            Self::Symbol(name) => {
                let (letter, subscript) = name.split_once('_')?;
                let indexed = subscript == from
                    || subscript
                        .split(['+', '-', ','])
                        .any(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()) == from);
                indexed.then(|| Self::Symbol(format!("{letter}_{}", subscript.replace(from, to))))
            }
            _ => None,
        })
    }

    /// The same tree with a name replaced by a value.
    pub(crate) fn substituted(&self, name: &str, value: &Self) -> Self {
        self.rebuilt(&|node| match node {
            Self::Symbol(own) if own == name => Some(value.clone()),
            _ => None,
        })
    }

    /// The same tree with every node for which `change` gives another one exchanged, from the top.
    pub(crate) fn rebuilt(&self, change: &dyn Fn(&Self) -> Option<Self>) -> Self {
        if let Some(other) = change(self) {
            return other;
        }
        let each = |nodes: &[Self]| nodes.iter().map(|node| node.rebuilt(change)).collect();
        let one = |node: &Self| Box::new(node.rebuilt(change));
        match self {
            Self::Number(_)
            | Self::Symbol(_)
            | Self::Constant(_)
            | Self::Based { .. }
            | Self::Clock(_)
            | Self::Date(_)
            | Self::Text(_) => self.clone(),
            Self::Negative(a) => Self::Negative(one(a)),
            Self::PlusMinus { term, swapped } => Self::PlusMinus {
                term: one(term),
                swapped: *swapped,
            },
            Self::Percent(a) => Self::Percent(one(a)),
            Self::Degrees(a) => Self::Degrees(one(a)),
            Self::Money(a) => Self::Money(one(a)),
            Self::Quantity(a, unit) => Self::Quantity(one(a), unit.clone()),
            Self::Quotient(a, b) => Self::Quotient(one(a), one(b)),
            Self::Power(a, b) => Self::Power(one(a), one(b)),
            Self::Without(a, b) => Self::Without(one(a), one(b)),
            Self::Such(a, b) => Self::Such(one(a), one(b)),
            Self::Range {
                product,
                index,
                from,
                to,
                body,
            } => Self::Range {
                product: *product,
                index: index.clone(),
                from: one(from),
                to: one(to),
                body: one(body),
            },
            Self::Sum(all) => Self::Sum(each(all)),
            Self::Product(all) => Self::Product(each(all)),
            Self::Apply(function, all) => Self::Apply(*function, each(all)),
            Self::Call(name, all) => Self::Call(name.clone(), each(all)),
            Self::List(all) => Self::List(each(all)),
            Self::Group(open, close, all) => Self::Group(*open, *close, each(all)),
            Self::Union(all) => Self::Union(each(all)),
            Self::Intersection(all) => Self::Intersection(each(all)),
            Self::Relation(all, signs) => Self::Relation(each(all), signs.clone()),
            Self::Ratio(all) => Self::Ratio(each(all)),
            Self::Parts(all) => Self::Parts(each(all)),
            Self::Modular(a, modulus) => Self::Modular(one(a), one(modulus)),
            Self::Matrix(rows) => Self::Matrix(rows.iter().map(|row| each(row)).collect()),
            Self::Cases(rows) => Self::Cases(rows.iter().map(|row| each(row)).collect()),
        }
    }
}
