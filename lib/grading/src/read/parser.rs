//! From tokens to the syntax tree: lists, relations, set operations, sums.
//!
//! Precedence climbs by recursion whose depth is counted, so that deep input ends in [`ReadError::TooDeep`]
//! and never in a full stack.

use super::LONGEST;
use super::node::Node;
use super::token::{Bracket, Constant, Function, Lexeme, Sign, Token};

/// Why a text is no mathematics that this parser knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("nothing to read")]
    Empty,
    #[error("longer than {LONGEST} bytes")]
    TooLong,
    #[error("deeper than {DEPTH} levels, or of more than {STEPS} parts")]
    TooDeep,
    /// Something is missing or stands where it means nothing; the number of the token.
    #[error("no mathematics at token {0}")]
    Unexpected(usize),
}

/// Brackets, fractions and arguments may stand in one another this deep.
const DEPTH: usize = 48;
/// So many numbers, names and brackets are read, those that are read again included.
const STEPS: usize = 12_000;
/// Quotients, signs and marks that one product may pile up without brackets.
pub(super) const PILE: usize = 24;

/// Parses a whole answer.
pub(crate) fn parse(tokens: Vec<Token<'_>>, measured: bool) -> Result<Node, ReadError> {
    let vectors = tokens.iter().any(|token| {
        matches!(
            token.lexeme,
            Lexeme::Accent("vec" | "overrightarrow" | "hat") | Lexeme::Letter('∇')
        )
    });
    let mut parser = Parser {
        tokens,
        vectors,
        at: 0,
        side: Side::default(),
        depth: 0,
        bars: 0,
        set_head: false,
        measured,
        integrals: 0,
        steps: STEPS,
    };
    if parser.tokens.is_empty() {
        return Err(ReadError::Empty);
    }
    let node = parser.list()?;
    if parser.at == parser.tokens.len() {
        Ok(node)
    } else {
        Err(parser.unexpected())
    }
}

/// One side of a relation.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Side {
    /// The number of its first token.
    pub(super) start: usize,
    /// It stands behind an equality sign and what is no name: the name of `7 = V(Y)` can only be on this side.
    pub(super) may_name: bool,
}

pub(super) struct Parser<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    /// The side of a relation that is being read.
    pub(super) side: Side,
    pub(super) depth: usize,
    /// Open `|` of absolute values.
    pub(super) bars: usize,
    /// At the head of a set, where `|` means "such that".
    pub(super) set_head: bool,
    /// Letters behind numbers are units.
    pub(super) measured: bool,
    /// Integrals that wait for their differential.
    pub(super) integrals: usize,
    /// The answer speaks of vectors.
    pub(super) vectors: bool,
    /// Things that may still be read: guesses that turn out wrong are read again.
    pub(super) steps: usize,
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
        if self.peek() == Some(lexeme) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.unexpected())
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

    /// Relations, and propositions joined by signs of logic.
    pub(super) fn relation(&mut self) -> Result<Node, ReadError> {
        let mut left = self.plain_relation()?;
        while let Some(Lexeme::Sign(sign @ (Sign::Conjunction | Sign::Disjunction))) = self.peek() {
            let (sign, start) = (*sign, self.at);
            self.at += 1;
            let right = self.plain_relation()?;
            let relation = |node: &Node| matches!(node, Node::Relation(..) | Node::Ratio(_));
            let (word, name) = match sign {
                Sign::Conjunction => (Sign::And, "∧"),
                _ => (Sign::Or, "∨"),
            };
            if relation(&left) || relation(&right) {
                // Between relations the sign is a word, which parts the elements of a list.
                self.tokens[start].lexeme = Lexeme::Sign(word);
                self.at = start;
                return Ok(left);
            }
            let mut parts = vec![left, right];
            parts.sort_by_cached_key(Node::to_string);
            left = Node::Call(name.to_owned(), parts);
        }
        Ok(left)
    }

    /// `a < b <= c`, `x \in S`.
    fn plain_relation(&mut self) -> Result<Node, ReadError> {
        // `\approx 100` and `= 5` leave the left side to the question.
        while self.at + 1 < self.tokens.len()
            && (self.is(Sign::Approximately) || self.is(Sign::Equal) || self.is(Sign::Arrow))
        {
            self.at += 1;
        }
        self.side = Side {
            start: self.at,
            may_name: false,
        };
        let mut sides = vec![self.residue()?];
        let mut signs = Vec::new();
        loop {
            self.skip_alignment();
            let Some(Lexeme::Sign(sign)) = self.peek() else {
                break;
            };
            if !is_relation(*sign) {
                break;
            }
            let sign = *sign;
            signs.push(sign);
            self.at += 1;
            self.skip_alignment();
            self.side = Side {
                start: self.at,
                may_name: sign == Sign::Equal && sides.iter().all(|side| !is_name(side)),
            };
            let side = match sign {
                Sign::Congruent => self.ratio()?,
                _ => self.residue()?,
            };
            sides.push(match sign {
                Sign::In | Sign::NotIn => number_set(side),
                _ => side,
            });
        }
        let mut modulus = self.modulus()?;
        if signs.contains(&Sign::Congruent)
            && let Some(modulus) = modulus.take()
        {
            signs.push(Sign::Modulo);
            sides.push(modulus);
        }
        let node = if signs.is_empty() {
            sides.swap_remove(0)
        } else {
            Node::Relation(sides, signs)
        };
        Ok(match modulus {
            Some(modulus) => Node::Modular(Box::new(node), Box::new(modulus)),
            None => node,
        })
    }

    /// `17 \bmod 5` is a value.
    fn residue(&mut self) -> Result<Node, ReadError> {
        let left = self.ratio()?;
        if !self.take(Sign::Modulo) {
            return Ok(left);
        }
        let modulus = self.additive()?;
        Ok(Node::Apply(Function::Modulo, vec![left, modulus]))
    }

    /// `3:4:5`.
    fn ratio(&mut self) -> Result<Node, ReadError> {
        let mut parts = vec![self.sets()?];
        while !self.set_head && self.take(Sign::Colon) {
            parts.push(self.sets()?);
        }
        Ok(match parts.len() {
            1 => parts.swap_remove(0),
            _ => Node::Ratio(parts),
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

    /// The modulus of `x \equiv 3 \pmod 5`, `3 (mod 5)`.
    fn modulus(&mut self) -> Result<Option<Node>, ReadError> {
        let names = |lexeme: Option<&Lexeme<'_>>| {
            matches!(lexeme, Some(Lexeme::Sign(Sign::Modulo | Sign::Modulus)))
        };
        let bracketed =
            matches!(self.peek(), Some(Lexeme::Open(Bracket::Round))) && names(self.peek_after(1));
        if !bracketed && !names(self.peek()) {
            return Ok(None);
        }
        self.at += 1 + usize::from(bracketed);
        let modulus = self.additive()?;
        if bracketed {
            self.expect(&Lexeme::Close(Bracket::Round))?;
        }
        Ok(Some(modulus))
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
        let sum = if terms.len() == 1 {
            terms.swap_remove(0)
        } else {
            Node::Sum(terms)
        };
        // TeX's infix commands take everything before and behind them in their group.
        if self.take(Sign::Over) {
            return Ok(Node::quotient(sum, self.deeper(Self::additive)?));
        }
        if self.take(Sign::Choose) {
            let below = self.deeper(Self::additive)?;
            return Ok(Node::Apply(Function::Binomial, vec![sum, below]));
        }
        Ok(sum)
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
}

/// A name, or a name with arguments.
fn is_name(node: &Node) -> bool {
    matches!(node, Node::Symbol(_) | Node::Call(..) | Node::Text(_))
}

/// `\mathbf{R}` and `Z` behind a sign of membership.
fn number_set(node: Node) -> Node {
    let constant = match &node {
        Node::Symbol(name) => match name.as_str() {
            "R" => Constant::Reals,
            "Z" => Constant::Integers,
            "N" => Constant::Naturals,
            "Q" => Constant::Rationals,
            "C" => Constant::Complexes,
            _ => return node,
        },
        _ => return node,
    };
    Node::Constant(constant)
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
                | S::Superset
                | S::Arrow
                | S::Iff
        )
}

/// `<`, `<=`, `>`, `>=`.
pub(crate) fn is_order(sign: Sign) -> bool {
    matches!(
        sign,
        Sign::Less | Sign::LessEqual | Sign::Greater | Sign::GreaterEqual
    )
}
