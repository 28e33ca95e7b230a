//! How a tree is named and written for people: its kind, and a plain prefix notation.

use std::fmt::{self, Write};

use super::node::Node;
use super::token::{Bracket, Clock, Constant, Date, Sign};

impl Node {
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
            Self::Group(Bracket::Brace, ..) => "matrix",
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
