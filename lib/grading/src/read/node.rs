//! The syntax tree of an answer.

use num_rational::BigRational;

use super::token::{Bracket, Clock, Constant, Date, Function, Sign};

/// A literal: its exact value, and how many decimals it shows, which is what it was rounded to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) value: BigRational,
    /// Written with a point or an exponent.
    pub(crate) decimal: bool,
    /// Decimal places of the last digit shown (negative for `12e5`).
    pub(crate) places: i32,
    /// Significant digits shown.
    pub(crate) significant: u32,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Number(Number),
    Symbol(String),
    Constant(Constant),
    Negative(Box<Node>),
    Sum(Vec<Node>),
    Product(Vec<Node>),
    Quotient(Box<Node>, Box<Node>),
    Power(Box<Node>, Box<Node>),
    /// A term with either sign; `swapped` for `\mp`.
    PlusMinus {
        term: Box<Node>,
        swapped: bool,
    },
    /// A known function; a logarithm's base and a root's index are the second argument.
    Apply(Function, Vec<Node>),
    /// A function that is only a name: `f(x)`.
    Call(String, Vec<Node>),
    /// `\sum` or `\prod` over an index.
    Range {
        product: bool,
        index: String,
        from: Box<Node>,
        to: Box<Node>,
        body: Box<Node>,
    },
    Percent(Box<Node>),
    Degrees(Box<Node>),
    Money(Box<Node>),
    /// A value and its unit, as written.
    Quantity(Box<Node>, String),
    /// Digits in a number base.
    Based {
        digits: String,
        base: u32,
    },
    /// Parted by commas, `and`, `or`: no order.
    List(Vec<Node>),
    /// Two or more things in brackets, or a set.
    Group(Bracket, Bracket, Vec<Node>),
    Union(Vec<Node>),
    Intersection(Vec<Node>),
    Without(Box<Node>, Box<Node>),
    /// `a < b <= c`: one sign fewer than sides.
    Relation(Vec<Node>, Vec<Sign>),
    /// The inside of `\{x \mid condition\}`.
    Such(Box<Node>, Box<Node>),
    Matrix(Vec<Vec<Node>>),
    /// Rows of a `cases` environment, or of an aligned system.
    Cases(Vec<Vec<Node>>),
    Ratio(Vec<Node>),
    /// A residue or a congruence, and its modulus.
    Modular(Box<Node>, Box<Node>),
    /// `6 ft 2 in`: quantities that are one.
    Parts(Vec<Node>),
    Clock(Clock),
    Date(Date),
    Text(String),
}

impl Node {
    pub(crate) fn integer(value: i64) -> Self {
        Self::Number(Number {
            value: BigRational::from_integer(value.into()),
            decimal: false,
            places: 0,
            significant: 1,
        })
    }

    /// The dots of a list that goes on.
    pub(crate) fn dots() -> Self {
        Self::Text("…".to_owned())
    }

    pub(crate) fn negative(node: Self) -> Self {
        Self::Negative(Box::new(node))
    }

    pub(crate) fn quotient(top: Self, bottom: Self) -> Self {
        Self::Quotient(Box::new(top), Box::new(bottom))
    }

    pub(crate) fn power(base: Self, exponent: Self) -> Self {
        Self::Power(Box::new(base), Box::new(exponent))
    }

    /// A product without needless nesting.
    pub(crate) fn product(mut factors: Vec<Self>) -> Self {
        match factors.len() {
            1 => factors.swap_remove(0),
            _ => Self::Product(factors),
        }
    }

    /// Direct children, in order of writing.
    pub(crate) fn children(&self) -> Vec<&Self> {
        match self {
            Self::Number(_)
            | Self::Symbol(_)
            | Self::Constant(_)
            | Self::Based { .. }
            | Self::Clock(_)
            | Self::Date(_)
            | Self::Text(_) => Vec::new(),
            Self::Negative(a)
            | Self::PlusMinus { term: a, .. }
            | Self::Percent(a)
            | Self::Degrees(a)
            | Self::Money(a) => vec![a],
            Self::Quantity(a, _) => vec![a],
            Self::Quotient(a, b) | Self::Power(a, b) | Self::Without(a, b) | Self::Such(a, b) => {
                vec![a, b]
            }
            Self::Modular(a, b) => vec![a, b],
            Self::Range { from, to, body, .. } => vec![from, to, body],
            Self::Sum(all)
            | Self::Product(all)
            | Self::Apply(_, all)
            | Self::Call(_, all)
            | Self::List(all) => all.iter().collect(),
            Self::Group(_, _, all)
            | Self::Union(all)
            | Self::Intersection(all)
            | Self::Relation(all, _)
            | Self::Parts(all)
            | Self::Ratio(all) => all.iter().collect(),
            Self::Matrix(rows) | Self::Cases(rows) => rows.iter().flatten().collect(),
        }
    }

    /// Whether `test` holds for this node or any below it. Asked often, so nothing is allocated.
    pub(crate) fn any(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        let below = |all: &[Self]| all.iter().any(|child| child.any(test));
        test(self)
            || match self {
                Self::Number(_)
                | Self::Symbol(_)
                | Self::Constant(_)
                | Self::Based { .. }
                | Self::Clock(_)
                | Self::Date(_)
                | Self::Text(_) => false,
                Self::Negative(a) | Self::PlusMinus { term: a, .. } | Self::Percent(a) => {
                    a.any(test)
                }
                Self::Degrees(a) | Self::Money(a) | Self::Quantity(a, _) => a.any(test),
                Self::Quotient(a, b)
                | Self::Power(a, b)
                | Self::Without(a, b)
                | Self::Modular(a, b)
                | Self::Such(a, b) => a.any(test) || b.any(test),
                Self::Range { from, to, body, .. } => {
                    from.any(test) || to.any(test) || body.any(test)
                }
                Self::Sum(all) | Self::Product(all) | Self::Apply(_, all) | Self::Call(_, all) => {
                    below(all)
                }
                Self::List(all)
                | Self::Group(_, _, all)
                | Self::Union(all)
                | Self::Intersection(all) => below(all),
                Self::Relation(all, _) | Self::Ratio(all) | Self::Parts(all) => below(all),
                Self::Matrix(rows) | Self::Cases(rows) => rows.iter().any(|row| below(row)),
            }
    }

    /// How many nodes the tree has.
    pub(crate) fn size(&self) -> usize {
        let below = self.children().into_iter().map(Self::size);
        1 + below.sum::<usize>()
    }

    /// Whether the tree speaks of a variable; functions of unknown meaning count.
    pub(crate) fn has_symbols(&self) -> bool {
        self.any(&|node| matches!(node, Self::Symbol(_) | Self::Call(..) | Self::Text(_)))
    }

    /// Collects the names that occur, with repetition.
    pub(crate) fn names<'n>(&'n self, names: &mut Vec<&'n str>) {
        if let Self::Symbol(name) = self {
            names.push(name);
        }
        for child in self.children() {
            child.names(names);
        }
    }
}
