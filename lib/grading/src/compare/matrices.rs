//! Arithmetic on matrices and vectors whose entries are written out: sums, multiples, products, powers, transposes,
//! determinants, and vectors as sums of `i`, `j` and `k`.

use super::Comparison;
use crate::read::node::Node;
use crate::read::token::{Bracket, Constant, Function};

type Rows = Vec<Vec<Node>>;

/// Rows and columns beyond this are compared as they stand.
const LARGEST: usize = 6;
/// Highest power that is multiplied out.
const HIGHEST: i64 = 8;
/// Entries are written out, not worked out: they grow with every product, up to this many nodes in all.
const MOST_NODES: usize = 4000;

impl Comparison<'_> {
    /// The same tree with arithmetic on matrices carried out; `None` where there is none or it cannot be.
    pub(super) fn without_matrix_arithmetic(&self, node: &Node) -> Option<Node> {
        if !has_matrix(node) {
            return None;
        }
        match node {
            Node::Matrix(_) | Node::Group(..) => None,
            // The value behind a label: `A = 2B = ...`.
            Node::Relation(sides, signs) => {
                let (last, before) = sides.split_last()?;
                let mut sides = before.to_vec();
                sides.push(self.evaluated(last)?);
                Some(Node::Relation(sides, signs.clone()))
            }
            Node::Apply(Function::Det, arguments) => match arguments.as_slice() {
                [matrix] => self.determinant(&self.rows_of(matrix)?),
                _ => None,
            },
            other => self.evaluated(other),
        }
    }

    fn evaluated(&self, node: &Node) -> Option<Node> {
        match node {
            Node::Matrix(_) | Node::Group(..) => None,
            _ => self.rows_of(node).map(Node::Matrix),
        }
    }

    /// The entries of what has a matrix for its value.
    fn rows_of(&self, node: &Node) -> Option<Rows> {
        self.budget.spend(8).ok()?;
        match node {
            Node::Matrix(rows) => {
                let width = rows.first()?.len();
                let fits = (1..=LARGEST).contains(&width)
                    && rows.len() <= LARGEST
                    && rows.iter().all(|row| row.len() == width);
                fits.then(|| self.copied(rows))?
            }
            Node::Negative(inner) => self.each(&self.rows_of(inner)?, 1, Node::negative),
            Node::Quotient(top, bottom) if !has_matrix(bottom) => {
                self.each(&self.rows_of(top)?, 1 + bottom.size(), |entry| {
                    Node::quotient(entry, (**bottom).clone())
                })
            }
            Node::Sum(terms) => {
                let mut terms = terms.iter();
                let first = self.rows_of(terms.next()?)?;
                terms.try_fold(first, |sum, term| self.sum(&sum, &self.rows_of(term)?))
            }
            Node::Product(factors) => self.product(factors),
            // `(7, 5)^T` is the column, as the tuple itself is.
            Node::Power(base, exponent) if is_transpose(exponent) && entries(base).is_some() => {
                let entry = |entry: &Node| vec![entry.clone()];
                Some(entries(base)?.iter().map(entry).collect())
            }
            Node::Power(base, exponent) => self.power(&self.rows_of(base)?, exponent),
            Node::Call(name, entries) if is_scaled_direction(node) => {
                let column: Rows = entries.iter().map(|entry| vec![entry.clone()]).collect();
                let scalar = Node::Symbol(name.clone());
                self.each(&column, 2, |entry| {
                    Node::Product(vec![scalar.clone(), entry])
                })
            }
            _ => column(node),
        }
    }

    /// Takes what it costs to write down this many nodes, where they are not too many.
    fn write(&self, nodes: usize) -> Option<()> {
        if nodes > MOST_NODES {
            return None;
        }
        self.budget.spend(4 * nodes).ok()
    }

    fn copied(&self, rows: &Rows) -> Option<Rows> {
        self.write(size(rows))?;
        Some(rows.clone())
    }

    /// `change` adds at most `added` nodes to an entry.
    fn each(&self, rows: &Rows, added: usize, change: impl Fn(Node) -> Node) -> Option<Rows> {
        self.write(size(rows) + added * rows.len() * rows.first()?.len())?;
        let row = |row: &Vec<Node>| row.iter().cloned().map(&change).collect();
        Some(rows.iter().map(row).collect())
    }

    fn sum(&self, a: &Rows, b: &Rows) -> Option<Rows> {
        self.write(size(a) + size(b))?;
        let same_shape = a.len() == b.len() && a.first()?.len() == b.first()?.len();
        let entry = |(a, b): (&Node, &Node)| Node::Sum(vec![a.clone(), b.clone()]);
        let row = |(a, b): (&Vec<Node>, &Vec<Node>)| a.iter().zip(b).map(entry).collect();
        same_shape.then(|| a.iter().zip(b).map(row).collect())
    }

    /// Scalars and matrices in the order of writing.
    fn product(&self, factors: &[Node]) -> Option<Rows> {
        let mut scalars: Vec<Node> = Vec::new();
        let mut product: Option<Rows> = None;
        for factor in factors {
            if !has_matrix(factor) {
                scalars.push(factor.clone());
                continue;
            }
            let rows = self.rows_of(factor)?;
            product = Some(match product {
                None => rows,
                Some(left) => self.multiplied(&left, &rows)?,
            });
        }
        let product = product?;
        if scalars.is_empty() {
            Some(product)
        } else {
            let scalar = Node::product(scalars);
            self.each(&product, 1 + scalar.size(), |entry| {
                Node::Product(vec![scalar.clone(), entry])
            })
        }
    }

    fn multiplied(&self, a: &Rows, b: &Rows) -> Option<Rows> {
        let (inner, width) = (b.len(), b.first()?.len());
        if a.first()?.len() != inner {
            return None;
        }
        self.write(width * size(a) + a.len() * size(b))?;
        let entry = |row: &Vec<Node>, column: usize| {
            let terms = row
                .iter()
                .zip(b)
                .map(|(a, b)| Node::Product(vec![a.clone(), b[column].clone()]));
            Node::Sum(terms.collect())
        };
        let row = |row: &Vec<Node>| (0..width).map(|column| entry(row, column)).collect();
        Some(a.iter().map(row).collect())
    }

    fn power(&self, rows: &Rows, exponent: &Node) -> Option<Rows> {
        if is_transpose(exponent) {
            self.write(size(rows))?;
            let width = rows.first()?.len();
            let column = |at: usize| rows.iter().map(|row| row[at].clone()).collect();
            return Some((0..width).map(column).collect());
        }
        let times = (1..=HIGHEST).find(|power| *exponent == Node::integer(*power))?;
        (1..times).try_fold(self.copied(rows)?, |product, _| {
            self.multiplied(&product, rows)
        })
    }

    /// Expansion along the first row.
    fn determinant(&self, rows: &Rows) -> Option<Node> {
        self.budget.spend(8).ok()?;
        let size = rows.len();
        if size > 4 || rows.iter().any(|row| row.len() != size) {
            return None;
        }
        self.write(self::size(rows) * size)?;
        if size == 1 {
            return rows.first()?.first().cloned();
        }
        let mut terms = Vec::with_capacity(size);
        for (column, entry) in rows.first()?.iter().enumerate() {
            let minor = rows[1..].iter().map(|row| {
                let kept = row.iter().enumerate().filter(|(at, _)| *at != column);
                kept.map(|(_, entry)| entry.clone()).collect()
            });
            let term = Node::Product(vec![entry.clone(), self.determinant(&minor.collect())?]);
            terms.push(if column % 2 == 0 {
                term
            } else {
                Node::negative(term)
            });
        }
        Some(Node::Sum(terms))
    }
}

/// How many nodes the entries have together.
fn size(rows: &Rows) -> usize {
    rows.iter().flatten().map(Node::size).sum()
}

fn is_transpose(exponent: &Node) -> bool {
    matches!(exponent, Node::Symbol(name) if name == "T")
}

fn has_matrix(node: &Node) -> bool {
    let transposed = |node: &Node| match node {
        Node::Power(base, exponent) => is_transpose(exponent) && entries(base).is_some(),
        _ => false,
    };
    node.any(&|node| {
        matches!(node, Node::Matrix(_))
            || is_tuple(node)
            || is_scaled_direction(node)
            || transposed(node)
    })
}

/// `t(1, 2, -1)`: a parameter before a direction.
fn is_scaled_direction(node: &Node) -> bool {
    matches!(node, Node::Call(name, entries)
        if entries.len() > 1 && matches!(name.as_str(), "t" | "s" | "k" | "r" | "λ" | "μ"))
}

fn is_tuple(node: &Node) -> bool {
    matches!(node, Node::Group(open @ (Bracket::Round | Bracket::Angle), close, items)
        if open == close && items.len() > 1)
}

/// The entries of a tuple, or of a row in square brackets, which is one only where it is transposed.
fn entries(node: &Node) -> Option<&[Node]> {
    match node {
        Node::Group(Bracket::Square, Bracket::Square, items) if items.len() > 1 => Some(items),
        Node::Group(_, _, items) if is_tuple(node) => Some(items),
        _ => None,
    }
}

/// A tuple as a column.
fn column(node: &Node) -> Option<Rows> {
    match node {
        Node::Group(_, _, items) if is_tuple(node) => {
            Some(items.iter().map(|item| vec![item.clone()]).collect())
        }
        _ => None,
    }
}

/// A matrix beside the same one in other clothes: `[[1, 2], [3, 4]]`, or `i + 2j` beside a vector.
pub(super) fn as_rows(p: &Node, r: &Node) -> Option<(Node, Node)> {
    let shape = |node: &Node| match node {
        Node::Matrix(rows) => Some(rows.len()),
        node => column(node).map(|rows| rows.len()),
    };
    let converted = |node: &Node, size: Option<usize>| match size? {
        size @ 2..=3 if shape(node).is_none() => nested(node).or_else(|| combination(node, size)),
        _ => nested(node),
    };
    match (converted(p, shape(r)), converted(r, shape(p))) {
        (Some(p), _) => Some((p, r.clone())),
        (_, Some(r)) => Some((p.clone(), r)),
        _ => None,
    }
}

/// Lists of lists of one length; the numbers that a program prints in one list are a column.
fn nested(node: &Node) -> Option<Node> {
    let square = |node: &Node| match node {
        Node::Group(Bracket::Square, Bracket::Square, items) => Some(items.clone()),
        _ => None,
    };
    match node {
        Node::Call(name, items) if matches!(name.as_str(), "Matrix" | "array") => {
            let rows = items.iter().map(square).collect::<Option<Rows>>();
            let column = || items.iter().map(|item| vec![item.clone()]).collect();
            Some(Node::Matrix(rows.unwrap_or_else(column)))
        }
        node => {
            let rows = square(node)?;
            let rows = rows.iter().map(square).collect::<Option<Rows>>()?;
            Some(Node::Matrix(rows))
        }
    }
}

/// `2i - j + 3k` as a column.
fn combination(node: &Node, size: usize) -> Option<Node> {
    let unit = |name: &Node| match name {
        Node::Constant(Constant::I) => Some(0),
        Node::Symbol(name) => ["i", "j", "k"].iter().position(|unit| unit == name),
        _ => None,
    };
    let terms = match node {
        Node::Sum(terms) => terms.as_slice(),
        term => std::slice::from_ref(term),
    };
    // `4i` alone is a number.
    if !node.any(&|node| matches!(node, Node::Symbol(name) if name == "j" || name == "k")) {
        return None;
    }
    let mut entries: Vec<Vec<Node>> = vec![Vec::new(); size];
    for term in terms {
        let (term, negative) = match term {
            Node::Negative(inner) => (&**inner, true),
            term => (term, false),
        };
        let factors = match term {
            Node::Product(factors) => factors.as_slice(),
            factor => std::slice::from_ref(factor),
        };
        let (last, rest) = factors.split_last()?;
        let value = match rest {
            [] => Node::integer(1),
            rest => Node::product(rest.to_vec()),
        };
        let entry = entries.get_mut(unit(last)?)?;
        entry.push(if negative {
            Node::negative(value)
        } else {
            value
        });
    }
    let entry = |terms: Vec<Node>| match terms.len() {
        0 => Node::integer(0),
        _ => Node::Sum(terms),
    };
    let rows = entries.into_iter().map(|terms| vec![entry(terms)]);
    Some(Node::Matrix(rows.collect()))
}
