//! From tokens to the syntax tree: lists, relations, set operations, sums, products.
//!
//! Precedence climbs by recursion whose depth is counted, so that deep input ends in [`ReadError::TooDeep`]
//! and never in a full stack.

use super::node::Node;
use super::token::{Bracket, Constant, Function, Lexeme, Sign, Token};
use super::units;

/// Why a text is no mathematics that this parser knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("nothing to read")]
    Empty,
    #[error("too long or too deep")]
    TooDeep,
    /// Something is missing or stands where it means nothing; the number of the token.
    #[error("no mathematics at token {0}")]
    Unexpected(usize),
}

/// Brackets, fractions and arguments may stand in one another this deep.
const DEPTH: usize = 48;
/// Quotients, signs and marks that one product may pile up without brackets.
const PILE: usize = 24;

/// Parses a whole answer.
pub(crate) fn parse(tokens: Vec<Token<'_>>) -> Result<Node, ReadError> {
    let mut parser = Parser {
        tokens,
        at: 0,
        depth: 0,
        bars: 0,
        set_head: false,
    };
    if parser.tokens.is_empty() {
        return Err(ReadError::Empty);
    }
    let node = parser.list()?;
    match parser.at == parser.tokens.len() {
        true => Ok(node),
        false => Err(parser.unexpected()),
    }
}

pub(super) struct Parser<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    pub(super) depth: usize,
    /// Open `|` of absolute values.
    pub(super) bars: usize,
    /// At the head of a set, where `|` means "such that".
    pub(super) set_head: bool,
}

impl<'a> Parser<'a> {
    pub(super) fn unexpected(&self) -> ReadError {
        ReadError::Unexpected(self.at)
    }

    pub(super) fn peek(&self) -> Option<&Lexeme<'a>> {
        self.tokens.get(self.at).map(|token| &token.lexeme)
    }

    pub(super) fn peek_after(&self, count: usize) -> Option<&Lexeme<'a>> {
        self.tokens.get(self.at + count).map(|token| &token.lexeme)
    }

    pub(super) fn is(&self, sign: Sign) -> bool {
        matches!(self.peek(), Some(Lexeme::Sign(s)) if *s == sign)
    }

    /// Takes `sign` if it is next.
    pub(super) fn take(&mut self, sign: Sign) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, lexeme: &Lexeme<'_>) -> Result<(), ReadError> {
        match self.peek() == Some(lexeme) {
            true => {
                self.at += 1;
                Ok(())
            }
            false => Err(self.unexpected()),
        }
    }

    /// Runs `read` one level deeper.
    pub(super) fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        if self.depth >= DEPTH {
            return Err(ReadError::TooDeep);
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// Relations parted by commas and conjunctions.
    pub(super) fn list(&mut self) -> Result<Node, ReadError> {
        let mut items = vec![self.relation()?];
        let (mut alternatives, mut parted) = (false, false);
        while let Some(Lexeme::Sign(
            sign @ (Sign::Comma | Sign::Semicolon | Sign::And | Sign::Or),
        )) = self.peek()
        {
            alternatives |= *sign == Sign::Or;
            parted = true;
            self.at += 1;
            if self.at == self.tokens.len() {
                break;
            }
            if !matches!(
                self.peek(),
                Some(Lexeme::Sign(
                    Sign::Comma | Sign::Semicolon | Sign::And | Sign::Or
                ))
            ) {
                items.push(self.relation()?);
            }
        }
        if !parted || items.len() == 1 {
            return Ok(items.swap_remove(0));
        }
        let ranges = items.iter().all(
            |item| matches!(item, Node::Relation(_, signs) if signs.iter().all(|s| is_order(*s))),
        );
        Ok(if alternatives && ranges {
            Node::Union(items)
        } else {
            Node::List(items)
        })
    }

    /// `a < b <= c`, `x \in S`, `3:4:5`.
    pub(super) fn relation(&mut self) -> Result<Node, ReadError> {
        // `\approx 100` and `= 5` leave the left side to the question.
        while self.at + 1 < self.tokens.len()
            && (self.is(Sign::Approximately) || self.is(Sign::Equal) || self.is(Sign::Arrow))
        {
            self.at += 1;
        }
        let mut sides = vec![self.sets()?];
        let mut signs = Vec::new();
        loop {
            self.skip_alignment();
            let Some(Lexeme::Sign(sign)) = self.peek() else {
                break;
            };
            if !is_relation(*sign) {
                break;
            }
            signs.push(*sign);
            self.at += 1;
            self.skip_alignment();
            sides.push(self.sets()?);
        }
        self.modulus()?;
        Ok(match signs.iter().all(|sign| *sign == Sign::Colon) {
            _ if signs.is_empty() => sides.swap_remove(0),
            true => Node::Ratio(sides),
            false if signs.contains(&Sign::Colon) => return Err(self.unexpected()),
            false => Node::Relation(sides, signs),
        })
    }

    /// `x &= 5` in an aligned environment.
    fn skip_alignment(&mut self) {
        let beside = |lexeme: Option<&Lexeme<'a>>| matches!(lexeme, Some(Lexeme::Sign(sign)) if is_relation(*sign));
        let before = self
            .at
            .checked_sub(1)
            .and_then(|at| self.tokens.get(at))
            .map(|token| &token.lexeme);
        if self.is(Sign::Ampersand) && (beside(self.peek_after(1)) || beside(before)) {
            self.at += 1;
        }
    }

    /// `x \equiv 3 \pmod 5`: the modulus names the congruence and is dropped when in brackets of its own.
    fn modulus(&mut self) -> Result<(), ReadError> {
        let bracketed = matches!(self.peek(), Some(Lexeme::Open(Bracket::Round)))
            && matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Modulo)));
        if bracketed || self.is(Sign::Modulo) {
            self.at += 1 + usize::from(bracketed);
            self.additive()?;
            if bracketed {
                self.expect(&Lexeme::Close(Bracket::Round))?;
            }
        }
        Ok(())
    }

    /// Unions and intersections, left to right.
    fn sets(&mut self) -> Result<Node, ReadError> {
        let mut left = self.additive()?;
        for _ in 0..PILE {
            let Some(Lexeme::Sign(sign @ (Sign::Union | Sign::Intersection | Sign::Without))) =
                self.peek()
            else {
                return Ok(left);
            };
            let sign = *sign;
            self.at += 1;
            let right = self.additive()?;
            left = match (sign, left) {
                (Sign::Union, Node::Union(mut all)) => {
                    all.push(right);
                    Node::Union(all)
                }
                (Sign::Intersection, Node::Intersection(mut all)) => {
                    all.push(right);
                    Node::Intersection(all)
                }
                (Sign::Union, left) => Node::Union(vec![left, right]),
                (Sign::Intersection, left) => Node::Intersection(vec![left, right]),
                (_, left) => Node::Without(Box::new(left), Box::new(right)),
            };
        }
        Err(ReadError::TooDeep)
    }

    /// Terms with their signs.
    pub(super) fn additive(&mut self) -> Result<Node, ReadError> {
        let mut terms = Vec::new();
        loop {
            let (negative, either) = self.signs();
            let term = self.term()?;
            terms.push(match (negative, either) {
                (_, Some(swapped)) => Node::PlusMinus {
                    term: Box::new(term),
                    swapped,
                },
                (true, None) => Node::negative(term),
                (false, None) => term,
            });
            if !matches!(
                self.peek(),
                Some(Lexeme::Sign(
                    Sign::Plus | Sign::Minus | Sign::PlusMinus | Sign::MinusPlus
                ))
            ) {
                break;
            }
            // `6, +` or a trailing sign is no sum.
            if self.at + 1 == self.tokens.len() {
                return Err(self.unexpected());
            }
        }
        Ok(if terms.len() == 1 {
            terms.swap_remove(0)
        } else {
            Node::Sum(terms)
        })
    }

    /// Signs before a term: whether they amount to a minus, and whether a plus-minus is among them.
    pub(super) fn signs(&mut self) -> (bool, Option<bool>) {
        let (mut negative, mut either) = (false, None);
        while let Some(Lexeme::Sign(sign)) = self.peek() {
            match sign {
                Sign::Plus => {}
                Sign::Minus => negative = !negative,
                Sign::PlusMinus => either = Some(false),
                Sign::MinusPlus => either = Some(true),
                _ => break,
            }
            self.at += 1;
        }
        (negative, either)
    }

    /// Factors beside each other, explicit products, quotients, and a unit behind them.
    pub(super) fn term(&mut self) -> Result<Node, ReadError> {
        let money = self.take(Sign::Currency);
        let (negative, _) = if money { self.signs() } else { (false, None) };
        let mut left = self.factor()?;
        let mut pile = 0;
        loop {
            match self.peek() {
                Some(Lexeme::Sign(Sign::Times)) => {
                    self.at += 1;
                    let right = self.signed_factor()?;
                    left = times(left, right);
                }
                Some(Lexeme::Sign(Sign::Slash)) if self.at + 1 == self.tokens.len() => self.at += 1,
                Some(Lexeme::Sign(Sign::Slash)) => {
                    self.at += 1;
                    pile += 1;
                    if let Some(unit) = self.unit(&left) {
                        left = Node::Quantity(Box::new(left), unit);
                    } else {
                        left = Node::quotient(left, self.signed_factor()?);
                    }
                }
                Some(Lexeme::Sign(Sign::Currency)) => {
                    self.at += 1;
                    left = Node::Money(Box::new(left));
                    pile += 1;
                }
                Some(_) => match self.beside(&left)? {
                    Some(next) => {
                        pile += usize::from(matches!(
                            next,
                            Node::Quantity(..)
                                | Node::Percent(_)
                                | Node::Degrees(_)
                                | Node::Money(_)
                        ));
                        left = next;
                    }
                    None => break,
                },
                None => break,
            }
            if pile > PILE {
                return Err(ReadError::TooDeep);
            }
        }
        let left = if negative { Node::negative(left) } else { left };
        Ok(if money {
            Node::Money(Box::new(left))
        } else {
            left
        })
    }

    /// What stands directly behind `left` and multiplies it or names its unit.
    fn beside(&mut self, left: &Node) -> Result<Option<Node>, ReadError> {
        if let Some(unit) = self.unit(left) {
            return Ok(Some(with_unit(left.clone(), unit)));
        }
        if let Some(mixed) = self.mixed(left)? {
            return Ok(Some(mixed));
        }
        if !self.starts_factor() {
            return Ok(None);
        }
        if matches!(self.peek(), Some(Lexeme::Number(_))) && ends_in_number(left) {
            return Err(self.unexpected());
        }
        let right = self.factor()?;
        Ok(Some(times(left.clone(), right)))
    }

    /// `2\frac{1}{2}`, `2 1/2`: an integer and a proper fraction behind it.
    fn mixed(&mut self, left: &Node) -> Result<Option<Node>, ReadError> {
        let Node::Number(whole) = left else {
            return Ok(None);
        };
        let plain = self
            .at
            .checked_sub(1)
            .is_some_and(|at| matches!(self.tokens[at].lexeme, Lexeme::Number(_)));
        if whole.decimal || !plain {
            return Ok(None);
        }
        let fraction = match self.peek() {
            Some(Lexeme::Sign(Sign::Fraction)) => {
                let start = self.at;
                let fraction = self.factor()?;
                if !is_proper(&fraction) {
                    self.at = start;
                    return Ok(None);
                }
                fraction
            }
            Some(Lexeme::Number(_)) if self.is_plain_fraction() => {
                let top = self.factor()?;
                self.at += 1;
                Node::quotient(top, self.factor()?)
            }
            _ => return Ok(None),
        };
        Ok(is_proper(&fraction).then(|| Node::Sum(vec![left.clone(), fraction])))
    }

    fn is_plain_fraction(&self) -> bool {
        let integer = |lexeme: Option<&Lexeme<'a>>| matches!(lexeme, Some(Lexeme::Number(n)) if n.bytes().all(|b| b.is_ascii_digit()));
        integer(self.peek())
            && matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Slash)))
            && integer(self.peek_after(2))
    }

    /// A unit behind a value: text, or a word that cannot be a product of names.
    fn unit(&mut self, left: &Node) -> Option<String> {
        let start = self.at;
        let bracketed = matches!(self.peek(), Some(Lexeme::Open(Bracket::Round)));
        self.at += usize::from(bracketed);
        let numeric = !left.has_symbols();
        let mut unit = String::new();
        while let Some(word) = self.unit_word(numeric, bracketed, &unit) {
            unit.push_str(&word);
        }
        let closed = !bracketed || matches!(self.peek(), Some(Lexeme::Close(Bracket::Round)));
        if unit.is_empty() || !closed {
            self.at = start;
            return None;
        }
        self.at += usize::from(bracketed);
        Some(unit)
    }

    /// The next piece of a unit, `^2` and `/` included.
    fn unit_word(&mut self, numeric: bool, bracketed: bool, so_far: &str) -> Option<String> {
        let next = self.peek()?;
        let piece = match next {
            Lexeme::Text("i" | "e" | "if" | "for" | "when" | "where" | "if " | "otherwise") => {
                return None;
            }
            Lexeme::Text(text) => (*text).to_owned(),
            Lexeme::Word(word)
                if units::is_unit_word(word)
                    || (numeric && (bracketed || word.len() >= 4 || !so_far.is_empty())) =>
            {
                (*word).to_owned()
            }
            // `5 sec` is a time; `5 \sec x` is not.
            Lexeme::Function(function @ (Function::Sec | Function::Min))
                if numeric && !self.argument_follows() =>
            {
                if *function == Function::Sec {
                    "sec"
                } else {
                    "min"
                }
                .to_owned()
            }
            Lexeme::Sign(Sign::Slash | Sign::Times | Sign::Minus)
                if !so_far.is_empty() && self.is_unit_after() =>
            {
                self.at += 1;
                return Some(
                    if matches!(self.tokens[self.at - 1].lexeme, Lexeme::Sign(Sign::Slash)) {
                        "/"
                    } else {
                        "·"
                    }
                    .to_owned(),
                );
            }
            Lexeme::Sign(Sign::Caret) if !so_far.is_empty() => return self.unit_power(),
            Lexeme::Sign(Sign::Slash) if !so_far.is_empty() && self.at + 1 == self.tokens.len() => {
                self.at += 1;
                return None;
            }
            _ => return None,
        };
        self.at += 1;
        let blank = if so_far.is_empty() || so_far.ends_with(['/', '·']) {
            ""
        } else {
            " "
        };
        Some(format!("{blank}{piece}"))
    }

    /// Whether the function that is next has an argument.
    fn argument_follows(&self) -> bool {
        matches!(
            self.peek_after(1),
            Some(
                Lexeme::Open(_)
                    | Lexeme::Letter(_)
                    | Lexeme::Number(_)
                    | Lexeme::Constant(_)
                    | Lexeme::Sign(Sign::Caret | Sign::Fraction | Sign::Root)
            )
        )
    }

    fn is_unit_after(&self) -> bool {
        match self.peek_after(1) {
            Some(Lexeme::Text(_)) => true,
            Some(Lexeme::Word(word)) => units::is_unit_word(word),
            _ => false,
        }
    }

    /// `^2`, `^{-1}` behind a unit.
    fn unit_power(&mut self) -> Option<String> {
        let braced = matches!(self.peek_after(1), Some(Lexeme::Open(Bracket::Brace)));
        let mut at = 1 + usize::from(braced);
        let negative = matches!(self.peek_after(at), Some(Lexeme::Sign(Sign::Minus)));
        at += usize::from(negative);
        let Some(Lexeme::Number(digits)) = self.peek_after(at) else {
            return None;
        };
        let power = format!("^{}{digits}", if negative { "-" } else { "" });
        at += 1;
        if braced {
            matches!(self.peek_after(at), Some(Lexeme::Close(Bracket::Brace))).then_some(())?;
            at += 1;
        }
        self.at += at;
        Some(power)
    }

    /// A factor that may carry signs: behind `\cdot` and `/`.
    fn signed_factor(&mut self) -> Result<Node, ReadError> {
        let (negative, either) = self.signs();
        let currency = self.take(Sign::Currency);
        let factor = self.factor()?;
        let factor = if currency {
            Node::Money(Box::new(factor))
        } else {
            factor
        };
        Ok(match (negative, either) {
            (_, Some(swapped)) => Node::PlusMinus {
                term: Box::new(factor),
                swapped,
            },
            (true, None) => Node::negative(factor),
            (false, None) => factor,
        })
    }

    /// Whether what comes next can multiply what stands before it without a sign between.
    pub(super) fn starts_factor(&self) -> bool {
        match self.peek() {
            Some(
                Lexeme::Number(_)
                | Lexeme::Letter(_)
                | Lexeme::Word(_)
                | Lexeme::Command(_)
                | Lexeme::Accent(_),
            ) => true,
            Some(Lexeme::Text(text)) => matches!(*text, "i" | "e"),
            Some(Lexeme::Function(_) | Lexeme::Constant(_) | Lexeme::Begin(_)) => true,
            Some(Lexeme::Open(_)) => true,
            Some(Lexeme::Sign(
                Sign::Fraction | Sign::Binomial | Sign::Root | Sign::Sum | Sign::ProductOver,
            )) => true,
            Some(Lexeme::Sign(Sign::Bar)) => self.bars == 0 && !self.set_head,
            _ => false,
        }
    }

    /// One factor with its powers and marks.
    pub(super) fn factor(&mut self) -> Result<Node, ReadError> {
        let mut node = self.deeper(Self::primary)?;
        for _ in 0..PILE {
            node = match self.peek() {
                Some(Lexeme::Sign(Sign::Caret)) => {
                    self.at += 1;
                    self.raised(node)?
                }
                Some(Lexeme::Sign(Sign::Bang)) => {
                    self.at += 1;
                    let double = self.take(Sign::Bang);
                    Node::Apply(
                        if double {
                            Function::DoubleFactorial
                        } else {
                            Function::Factorial
                        },
                        vec![node],
                    )
                }
                Some(Lexeme::Sign(Sign::Percent)) => {
                    self.at += 1;
                    Node::Percent(Box::new(node))
                }
                Some(Lexeme::Sign(Sign::Degree)) => {
                    self.at += 1;
                    Node::Degrees(Box::new(node))
                }
                Some(Lexeme::Sign(Sign::Prime)) => {
                    self.at += 1;
                    primed(node).ok_or_else(|| self.unexpected())?
                }
                _ => return Ok(node),
            };
        }
        Err(ReadError::TooDeep)
    }

    /// What `^` does: a power, a degree sign, a prime, an ordinal ending.
    fn raised(&mut self, base: Node) -> Result<Node, ReadError> {
        let braced = matches!(self.peek(), Some(Lexeme::Open(Bracket::Brace)));
        let closes = !braced || matches!(self.peek_after(2), Some(Lexeme::Close(Bracket::Brace)));
        match self.peek_after(usize::from(braced)) {
            Some(Lexeme::Sign(Sign::Degree)) if closes => {
                self.at += if braced { 3 } else { 1 };
                return Ok(Node::Degrees(Box::new(base)));
            }
            Some(Lexeme::Text(_) | Lexeme::Word("th" | "st" | "nd" | "rd")) if closes => {
                self.at += if braced { 3 } else { 1 };
                return Ok(base);
            }
            Some(Lexeme::Sign(Sign::Prime)) => {
                self.at += usize::from(braced);
                let mut node = base;
                for _ in 0..PILE {
                    if !self.take(Sign::Prime) {
                        break;
                    }
                    node = primed(node).ok_or_else(|| self.unexpected())?;
                }
                if braced {
                    self.expect(&Lexeme::Close(Bracket::Brace))?;
                }
                return Ok(node);
            }
            Some(Lexeme::Sign(Sign::Times)) if closes => {
                self.at += if braced { 3 } else { 1 };
                return primed(base).ok_or_else(|| self.unexpected());
            }
            _ => {}
        }
        let exponent = self.deeper(Self::exponent)?;
        Ok(Node::power(base, exponent))
    }

    fn exponent(&mut self) -> Result<Node, ReadError> {
        let (negative, either) = self.signs();
        let node = match self.peek() {
            Some(Lexeme::Number(_) | Lexeme::Letter(_) | Lexeme::Word(_)) => {
                let mut node = self.primary()?;
                if self.take(Sign::Caret) {
                    node = self.raised(node)?;
                }
                node
            }
            _ => self.factor()?,
        };
        Ok(match (negative, either) {
            (_, Some(swapped)) => Node::PlusMinus {
                term: Box::new(node),
                swapped,
            },
            (true, None) => Node::negative(node),
            (false, None) => node,
        })
    }
}

fn is_relation(sign: Sign) -> bool {
    use Sign as S;
    is_order(sign)
        || matches!(
            sign,
            S::Equal
                | S::NotEqual
                | S::Approximately
                | S::Congruent
                | S::In
                | S::NotIn
                | S::Subset
                | S::Arrow
                | S::Colon
        )
}

/// `<`, `<=`, `>`, `>=`.
pub(crate) fn is_order(sign: Sign) -> bool {
    matches!(
        sign,
        Sign::Less | Sign::LessEqual | Sign::Greater | Sign::GreaterEqual
    )
}

/// A product without needless nesting; a unit or a sign stays around the whole.
fn times(left: Node, right: Node) -> Node {
    match left {
        Node::Product(mut factors) => {
            factors.push(right);
            Node::Product(factors)
        }
        left => Node::Product(vec![left, right]),
    }
}

fn with_unit(value: Node, unit: String) -> Node {
    let lower = unit.trim_end_matches('.').to_ascii_lowercase();
    match lower.as_str() {
        "percent" | "percents" | "pct" => Node::Percent(Box::new(value)),
        "degree" | "degrees" | "deg" => Node::Degrees(Box::new(value)),
        "dollar" | "dollars" | "usd" | "euros" | "euro" => Node::Money(Box::new(value)),
        _ => Node::Quantity(Box::new(value), unit),
    }
}

fn ends_in_number(node: &Node) -> bool {
    match node {
        Node::Number(_) => true,
        Node::Product(factors) => factors.last().is_some_and(ends_in_number),
        Node::Negative(inner) => ends_in_number(inner),
        _ => false,
    }
}

/// An integer fraction between 0 and 1.
fn is_proper(node: &Node) -> bool {
    match node {
        Node::Quotient(top, bottom) => match (&**top, &**bottom) {
            (Node::Number(top), Node::Number(bottom)) => {
                !top.decimal && !bottom.decimal && top.value < bottom.value
            }
            _ => false,
        },
        _ => false,
    }
}

/// A name with a prime.
fn primed(node: Node) -> Option<Node> {
    match node {
        Node::Symbol(name) => Some(Node::Symbol(format!("{name}'"))),
        Node::Call(name, arguments) => Some(Node::Call(format!("{name}'"), arguments)),
        Node::Constant(Constant::E) => Some(Node::Symbol("e'".to_owned())),
        _ => None,
    }
}
