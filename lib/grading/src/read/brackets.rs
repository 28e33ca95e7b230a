//! Brackets: tuples, intervals, sets, grouping; environments; functions and their arguments.

use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Constant, Function, Lexeme, Sign};

impl<'a> Parser<'a> {
    /// From an opening bracket to the one that closes it, which may be of another kind: `[0, 1)`.
    pub(super) fn bracketed(&mut self, open: Bracket) -> Result<Node, ReadError> {
        self.at += 1;
        let (bars, head) = (
            std::mem::take(&mut self.bars),
            std::mem::replace(&mut self.set_head, open == Bracket::Curly),
        );
        let node = self.deeper(|parser| parser.inside(open));
        self.bars = bars;
        self.set_head = head;
        let node = node?;
        if matches!(open, Bracket::Round | Bracket::Brace) && self.is(Sign::Underscore) {
            return self.based(node, None);
        }
        Ok(node)
    }

    fn inside(&mut self, open: Bracket) -> Result<Node, ReadError> {
        if let Some(close) = self.close() {
            return Ok(match open {
                Bracket::Curly => Node::Constant(Constant::EmptySet),
                _ => Node::Group(open, close, Vec::new()),
            });
        }
        if open == Bracket::Curly
            && let Some(system) = self.system()?
        {
            return Ok(system);
        }
        let mut items = vec![self.relation()?];
        self.set_head = false;
        if open == Bracket::Curly
            && (self.take(Sign::Bar) || self.take(Sign::Mid) || self.take(Sign::Colon))
        {
            let condition = self.list()?;
            items = vec![Node::Such(
                Box::new(items.swap_remove(0)),
                Box::new(condition),
            )];
        }
        // `P(A | B)`
        if open == Bracket::Round
            && self.bars == 0
            && (self.take(Sign::Bar) || self.take(Sign::Mid))
        {
            let condition = self.relation()?;
            items = vec![Node::Such(
                Box::new(items.swap_remove(0)),
                Box::new(condition),
            )];
        }
        // Where rows end in `[1, 2; 3, 4]`.
        let mut ends = Vec::new();
        while let Some(Lexeme::Sign(
            sign @ (Sign::Comma | Sign::Semicolon | Sign::And | Sign::Or),
        )) = self.peek()
        {
            if *sign == Sign::Semicolon {
                ends.push(items.len());
            }
            self.at += 1;
            if !matches!(
                self.peek(),
                Some(Lexeme::Close(_) | Lexeme::Sign(Sign::Comma | Sign::And | Sign::Or))
            ) {
                items.push(self.relation()?);
            }
        }
        let close = self.close().ok_or_else(|| self.unexpected())?;
        // One element in each row is a list, whatever parts it.
        let several = !ends.is_empty() && ends.len() + 1 < items.len();
        if (open, close) == (Bracket::Square, Bracket::Square) && several {
            let rows = rows(&items, &ends).ok_or_else(|| self.unexpected())?;
            return Ok(Node::Matrix(rows));
        }
        self.grouped(open, close, items)
    }

    fn close(&mut self) -> Option<Bracket> {
        match self.peek() {
            Some(Lexeme::Close(bracket)) => {
                let bracket = *bracket;
                self.at += 1;
                Some(bracket)
            }
            _ => None,
        }
    }

    fn grouped(
        &self,
        open: Bracket,
        close: Bracket,
        mut items: Vec<Node>,
    ) -> Result<Node, ReadError> {
        if (open == Bracket::Brace) != (close == Bracket::Brace)
            || (open == Bracket::Curly) != (close == Bracket::Curly)
        {
            return Err(self.unexpected());
        }
        if items.len() > 1 {
            let (open, close) = if open == Bracket::Brace {
                (Bracket::Curly, Bracket::Curly)
            } else {
                (open, close)
            };
            return Ok(Node::Group(open, close, items));
        }
        let single = items.pop().ok_or_else(|| self.unexpected())?;
        Ok(match (open, close) {
            (Bracket::Curly, _) => match single {
                Node::Such(..) => single,
                single => Node::Group(open, close, vec![single]),
            },
            (Bracket::Floor, Bracket::Floor) => Node::Apply(Function::Floor, vec![single]),
            (Bracket::Ceiling, Bracket::Ceiling) => Node::Apply(Function::Ceiling, vec![single]),
            (Bracket::Angle, _) => Node::Group(open, close, vec![single]),
            _ if open == close => match single {
                Node::Group(Bracket::Brace, _, entries) if open != Bracket::Brace => {
                    Node::Matrix(entries.into_iter().map(|entry| vec![entry]).collect())
                }
                // A product in brackets is one factor: `2(3x)`.
                single => single,
            },
            _ => return Err(self.unexpected()),
        })
    }

    /// `\left\{\begin{array}{l} ... \end{array}\right.`: a system, with or without a closing brace.
    fn system(&mut self) -> Result<Option<Node>, ReadError> {
        let Some(Lexeme::Begin(name)) = self.peek() else {
            return Ok(None);
        };
        if !matches!(
            *name,
            "array" | "aligned" | "matrix" | "align" | "gathered" | "split"
        ) {
            return Ok(None);
        }
        self.at += 1;
        let node = self.environment("cases")?;
        if let Some(Lexeme::Close(Bracket::Curly)) = self.peek() {
            self.at += 1;
        }
        Ok(Some(node))
    }

    /// The rows of an environment, from behind `\begin{name}` to behind its `\end`.
    pub(super) fn environment(&mut self, name: &'a str) -> Result<Node, ReadError> {
        let (bars, head) = (
            std::mem::take(&mut self.bars),
            std::mem::take(&mut self.set_head),
        );
        let rows = self.deeper(Self::rows);
        self.bars = bars;
        self.set_head = head;
        let rows = rows?;
        Ok(match name {
            "vmatrix" => Node::Apply(Function::Det, vec![Node::Matrix(rows)]),
            "cases" | "dcases" | "rcases" => Node::Cases(rows),
            "matrix" | "smallmatrix" | "array"
                if rows.len() > 1 && rows.iter().all(|row| row.len() == 1) =>
            {
                bare_column(rows)
            }
            _ if name.ends_with("matrix") || name == "array" => Node::Matrix(rows),
            _ => match <[Vec<Node>; 1]>::try_from(rows) {
                Ok([row]) if row.len() == 1 => {
                    row.into_iter().next().ok_or_else(|| self.unexpected())?
                }
                Ok([row]) => Node::List(row),
                Err(rows) => Node::Cases(rows),
            },
        })
    }

    fn rows(&mut self) -> Result<Vec<Vec<Node>>, ReadError> {
        let (mut rows, mut row) = (Vec::new(), Vec::new());
        loop {
            match self.peek() {
                None => return Err(self.unexpected()),
                Some(Lexeme::End(_)) => {
                    self.at += 1;
                    if !row.is_empty() {
                        rows.push(row);
                    }
                    return Ok(rows);
                }
                Some(Lexeme::Sign(Sign::NewRow)) => {
                    self.at += 1;
                    if !row.is_empty() {
                        rows.push(std::mem::take(&mut row));
                    }
                }
                Some(Lexeme::Sign(Sign::Ampersand)) => {
                    self.at += 1;
                    // A cell that is left empty is a cell.
                    if self.is(Sign::Ampersand) && !row.is_empty() {
                        row.push(Node::Text(String::new()));
                    }
                }
                Some(Lexeme::Sign(Sign::Comma | Sign::Semicolon | Sign::Dot)) => self.at += 1,
                Some(Lexeme::Text("if" | "for" | "when" | "where" | "if " | "for ")) => {
                    self.at += 1
                }
                Some(_) => row.push(self.list()?),
            }
        }
    }

    /// A known function: subscript, power and arguments in the orders that people write them.
    pub(super) fn function(&mut self, mut function: Function) -> Result<Node, ReadError> {
        let mut base = None;
        if self.take(Sign::Underscore) {
            base = Some(self.argument()?);
        }
        let mut power = None;
        if self.is(Sign::Caret) {
            self.at += 1;
            let (negative, _) = self.signs();
            let exponent = match self.peek() {
                // `\sin^2x`: one digit; `\log^{10}`: a group.
                Some(Lexeme::Number(_)) => self.argument()?,
                _ => self.deeper(Self::primary)?,
            };
            power = Some(if negative {
                Node::negative(exponent)
            } else {
                exponent
            });
        }
        if base.is_none() && self.take(Sign::Underscore) {
            base = Some(self.argument()?);
        }
        let mut arguments = self.function_arguments(function)?;
        if let (Some(Node::Negative(one)), Some(inverse)) = (&power, inverse(function))
            && **one == Node::integer(1)
        {
            (function, power) = (inverse, None);
        }
        if function == Function::Exp {
            let exponent = Node::product(arguments);
            return Ok(Node::power(Node::Constant(Constant::E), exponent));
        }
        if function == Function::Cis {
            let part = |function| Node::Apply(function, arguments.clone());
            let imaginary = Node::product(vec![Node::Constant(Constant::I), part(Function::Sin)]);
            return Ok(Node::Sum(vec![part(Function::Cos), imaginary]));
        }
        if matches!(
            function,
            Function::Gcd | Function::Lcm | Function::Min | Function::Max
        ) {
            arguments.sort_by_cached_key(Node::to_string);
        }
        arguments.extend(base.filter(|_| matches!(function, Function::Log | Function::Ln)));
        let node = Node::Apply(function, arguments);
        Ok(match power {
            Some(power) => Node::power(node, power),
            None => node,
        })
    }

    fn function_arguments(&mut self, function: Function) -> Result<Vec<Node>, ReadError> {
        match self.peek() {
            Some(Lexeme::Open(bracket @ (Bracket::Round | Bracket::Square | Bracket::Curly))) => {
                let bracket = *bracket;
                Ok(match self.bracketed(bracket)? {
                    Node::Group(_, _, items) => items,
                    single => vec![single],
                })
            }
            Some(Lexeme::Open(Bracket::Brace)) => Ok(match self.bracketed(Bracket::Brace)? {
                Node::Group(Bracket::Curly, _, items) => items,
                single => vec![single],
            }),
            Some(Lexeme::Function(_)) => Ok(vec![self.deeper(Self::factor)?]),
            Some(Lexeme::Sign(Sign::Minus)) if function != Function::Abs => {
                self.at += 1;
                Ok(vec![Node::negative(self.deeper(Self::run_on)?)])
            }
            _ => Ok(vec![self.deeper(Self::run_on)?]),
        }
    }

    /// An argument without brackets: `\sin 2x`, `\ln |x|`, `\cos \frac{\pi}{3}`.
    fn run_on(&mut self) -> Result<Node, ReadError> {
        let mut factors = vec![self.factor()?];
        while self.starts_factor()
            && !matches!(
                self.peek(),
                Some(
                    Lexeme::Function(_)
                        | Lexeme::Open(_)
                        | Lexeme::Text(_)
                        | Lexeme::Begin(_)
                        | Lexeme::Accent("vec" | "hat")
                )
            )
        {
            factors.push(self.factor()?);
        }
        Ok(Node::product(factors))
    }

    /// `\sum_{k=1}^{n} body`.
    pub(super) fn range(&mut self, product: bool) -> Result<Node, ReadError> {
        let (mut from, mut to) = (None, None);
        for _ in 0..2 {
            if self.take(Sign::Underscore) {
                from = Some(self.deeper(Self::primary)?);
            } else if self.take(Sign::Caret) {
                to = Some(self.deeper(Self::primary)?);
            }
        }
        let body = self.deeper(Self::term)?;
        let (Some(Node::Relation(mut sides, signs)), Some(to)) = (from, to) else {
            return Err(self.unexpected());
        };
        let index = match sides.first() {
            Some(Node::Symbol(name)) => name.clone(),
            Some(Node::Constant(Constant::I)) => "i".to_owned(),
            _ => return Err(self.unexpected()),
        };
        if signs != [Sign::Equal] || sides.len() != 2 {
            return Err(self.unexpected());
        }
        let from = Box::new(sides.swap_remove(1));
        let (body, index) = body.bound(&index);
        Ok(Node::Range {
            product,
            index,
            from,
            to: Box::new(to),
            body: Box::new(body),
        })
    }
}

/// A column without brackets of its own: what is around it will tell what it is. Relations are a system.
fn bare_column(rows: Vec<Vec<Node>>) -> Node {
    let relation = |node: &Node| matches!(node, Node::Relation(..));
    if rows.iter().flatten().all(relation) {
        return Node::Cases(rows);
    }
    let entries = rows.into_iter().flatten().collect();
    Node::Group(Bracket::Brace, Bracket::Brace, entries)
}

/// What `\sin^{-1}` means.
fn inverse(function: Function) -> Option<Function> {
    use Function as F;
    Some(match function {
        F::Sin => F::ArcSin,
        F::Cos => F::ArcCos,
        F::Tan => F::ArcTan,
        F::Cot => F::ArcCot,
        F::Sec => F::ArcSec,
        F::Csc => F::ArcCsc,
        F::Sinh => F::ArcSinh,
        F::Cosh => F::ArcCosh,
        F::Tanh => F::ArcTanh,
        _ => return None,
    })
}

/// Items in rows of one length, two or more in each.
fn rows(items: &[Node], ends: &[usize]) -> Option<Vec<Vec<Node>>> {
    let width = *ends.first().filter(|width| **width > 1)?;
    let even = ends
        .iter()
        .enumerate()
        .all(|(row, end)| *end == (row + 1) * width);
    (even && items.len() == (ends.len() + 1) * width)
        .then(|| items.chunks(width).map(<[Node]>::to_vec).collect())
}
