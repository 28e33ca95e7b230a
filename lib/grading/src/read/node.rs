//! The syntax tree of an answer.

use std::fmt::{self, Write};

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

    /// Whether the tree speaks of a variable; functions of unknown meaning count.
    pub(crate) fn has_symbols(&self) -> bool {
        self.any(&|node| matches!(node, Self::Symbol(_) | Self::Call(..) | Self::Text(_)))
    }

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

    /// Collects the names that occur, with repetition.
    pub(crate) fn names<'n>(&'n self, names: &mut Vec<&'n str>) {
        if let Self::Symbol(name) = self {
            names.push(name);
        }
        for child in self.children() {
            child.names(names);
        }
    }

    /// The kind of answer, as tables and `--explain` name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Number(number) if number.decimal => "decimal",
            Self::Number(_) => "integer",
            Self::Negative(inner) => inner.kind(),
            Self::Percent(_) => "percentage",
            Self::Degrees(_) => "angle",
            Self::Money(_) => "money",
            Self::Quantity(..) => "quantity",
            Self::Based { .. } => "number in a base",
            Self::List(_) => "list",
            Self::Group(Bracket::Curly, ..) => "set",
            Self::Group(open, close, items)
                if items.len() == 2 && (*open, *close) != (Bracket::Round, Bracket::Round) =>
            {
                "interval"
            }
            Self::Group(..) => "tuple",
            Self::Union(_) | Self::Intersection(_) | Self::Without(..) | Self::Such(..) => {
                "set operation"
            }
            Self::Relation(_, signs)
                if signs
                    .iter()
                    .all(|sign| matches!(sign, Sign::Equal | Sign::Approximately)) =>
            {
                "equation"
            }
            Self::Relation(..) => "relation",
            Self::Matrix(_) => "matrix",
            Self::Cases(_) => "system or cases",
            Self::Ratio(_) => "ratio",
            Self::Modular(..) => "residue",
            Self::Parts(_) => "quantity",
            Self::Clock(_) => "time of day",
            Self::Date(_) => "date",
            Self::Text(_) => "text",
            Self::Constant(
                Constant::Reals
                | Constant::Integers
                | Constant::Naturals
                | Constant::Rationals
                | Constant::Complexes,
            ) => "set",
            Self::Constant(Constant::EmptySet) => "set",
            Self::PlusMinus { .. } => "plus-minus",
            Self::Symbol(_) => "name",
            _ if self.any(&|node| matches!(node, Self::PlusMinus { .. })) => "plus-minus",
            _ if self.has_symbols() => "expression",
            Self::Quotient(top, bottom) if is_integer(top) && is_integer(bottom) => "fraction",
            _ => "constant expression",
        }
    }
}

fn is_integer(node: &Node) -> bool {
    match node {
        Node::Number(number) => !number.decimal,
        Node::Negative(inner) => is_integer(inner),
        _ => false,
    }
}

/// A plain prefix notation, for `--explain`.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, children) = (self.head(), self.children());
        f.write_str(&name)?;
        if children.is_empty() {
            return Ok(());
        }
        f.write_char('(')?;
        for (at, child) in children.into_iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            child.fmt(f)?;
        }
        f.write_char(')')
    }
}

impl Node {
    /// What stands before the brackets in prefix notation.
    fn head(&self) -> String {
        match self {
            Self::Number(number) => number.value.to_string(),
            Self::Symbol(name) => name.clone(),
            Self::Call(name, _) => format!("call {name}"),
            Self::Constant(constant) => format!("{constant:?}").to_lowercase(),
            Self::Apply(function, _) => format!("{function:?}").to_lowercase(),
            Self::Based { digits, base } => format!("{digits} in base {base}"),
            Self::Text(text) => format!("{text:?}"),
            Self::Quantity(_, unit) => format!("quantity in {unit} "),
            Self::Group(open, close, _) => format!("{open:?}-{close:?} group").to_lowercase(),
            Self::Relation(_, signs) => {
                let names: Vec<String> = signs
                    .iter()
                    .map(|sign| format!("{sign:?}").to_lowercase())
                    .collect();
                format!("relation {} ", names.join(" "))
            }
            Self::Range { product, index, .. } => {
                format!("{} over {index} ", if *product { "product" } else { "sum" })
            }
            Self::Negative(_) => "minus".to_owned(),
            Self::Sum(_) => "plus".to_owned(),
            Self::Product(_) => "times".to_owned(),
            Self::Quotient(..) => "over".to_owned(),
            Self::Power(..) => "power".to_owned(),
            Self::PlusMinus { .. } => "plus-minus".to_owned(),
            Self::Percent(_) => "percent".to_owned(),
            Self::Degrees(_) => "degrees".to_owned(),
            Self::Money(_) => "money".to_owned(),
            Self::List(_) => "list".to_owned(),
            Self::Union(_) => "union".to_owned(),
            Self::Intersection(_) => "intersection".to_owned(),
            Self::Without(..) => "without".to_owned(),
            Self::Such(..) => "such that".to_owned(),
            Self::Matrix(rows) => format!("matrix of {} rows ", rows.len()),
            Self::Cases(rows) => format!("cases of {} rows ", rows.len()),
            Self::Ratio(_) => "ratio".to_owned(),
            Self::Modular(..) => "modulo".to_owned(),
            Self::Parts(_) => "parts".to_owned(),
            Self::Clock(Clock {
                hour,
                minute,
                second,
                half,
            }) => {
                let second = second.map_or_else(String::new, |second| format!(":{second:02}"));
                let half =
                    half.map_or_else(String::new, |half| format!(" {half:?} noon").to_lowercase());
                format!("{hour}:{minute:02}{second}{half}")
            }
            Self::Date(Date { month, day, year }) => match year {
                Some(year) => format!("{year:04}-{month:02}-{day:02}"),
                None => format!("month {month} day {day}"),
            },
        }
    }
}
