//! Answers as programs print them: `pow(2, 3)`, `Rational(1, 2)`, `float('inf')`, `0x1F`, `3 + 4*I`, `3+4j`; and digits
//! beyond nine before a base, `2A3_{16}`.

use super::node::Node;
use super::parser::{Parser, ReadError};
use super::token::{Bracket, Constant, Function, Lexeme, Sign, Token};
use super::words;

/// Modules whose names stand before functions.
const MODULES: [&str; 6] = ["np", "numpy", "math", "Math", "sympy", "sp"];

pub(super) fn is_module(word: &str) -> bool {
    MODULES.contains(&word)
}

/// The letter that stands for the imaginary unit in a program's output, if `text` is one.
pub(super) fn imaginary_letter(text: &str) -> Option<char> {
    let bytes = text.as_bytes();
    if text.contains('\\') || !text.contains(['I', 'j']) {
        return None;
    }
    let alone = |at: usize| {
        let letter = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(u8::is_ascii_alphabetic)
        };
        !letter(at.checked_sub(1)) && !letter(Some(at + 1))
    };
    let behind_digit = |at: usize| at > 0 && bytes[at - 1].is_ascii_digit();
    let beside_star =
        |at: usize| bytes.get(at + 1) == Some(&b'*') || at > 0 && bytes[at - 1] == b'*';
    let letters = || {
        text.bytes()
            .enumerate()
            .filter(|(_, b)| b.is_ascii_alphabetic())
    };
    let only = |letter: u8| letters().all(|(_, b)| b == letter);
    let any = |letter: u8, test: &dyn Fn(usize) -> bool| {
        letters().any(|(at, b)| b == letter && alone(at) && test(at))
    };
    if any(b'I', &beside_star) || only(b'I') && any(b'I', &behind_digit) {
        Some('I')
    } else if only(b'j') && any(b'j', &|at| behind_digit(at) || beside_star(at)) {
        Some('j')
    } else {
        None
    }
}

/// `0x1F`, `0b101`, `0o17` at the start of `text`: length and base.
pub(super) fn prefixed(text: &str) -> Option<(usize, u32)> {
    let rest = text.strip_prefix('0')?;
    let base = match rest.bytes().next()? {
        b'x' | b'X' => 16,
        b'b' | b'B' => 2,
        b'o' | b'O' => 8,
        _ => return None,
    };
    let digits = &rest[1..];
    let length = digits
        .bytes()
        .take_while(|b| char::from(*b).is_digit(base))
        .count();
    let ends = !digits[length..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    (length > 0 && ends).then_some((2 + length, base))
}

/// Digits of which some are letters, before an index that names a base they belong to: `2A3_{16}`, `(152A)_{11}`.
/// The digits and the length of the whole.
pub(super) fn lettered(text: &str) -> Option<(&str, u32, usize)> {
    let inner = text.strip_prefix('(').unwrap_or(text);
    let bracketed = inner.len() < text.len();
    let count = inner.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let (digits, rest) = inner.split_at(count);
    let rest = if bracketed {
        rest.strip_prefix(')')?
    } else {
        rest
    };
    if !rest.starts_with('_') || !may_be_digits(digits, bracketed) {
        return None;
    }
    let (base, used) = index(rest)?;
    let valid = digits.chars().all(|c| c.is_digit(base));
    (valid && base > 10).then_some((digits, base, text.len() - rest.len() + used))
}

/// Letters among digits; small ones only where they are no factor of a name with an index.
pub(super) fn may_be_digits(digits: &str, bracketed: bool) -> bool {
    let (Some(first), Some(last)) = (digits.bytes().next(), digits.bytes().last()) else {
        return false;
    };
    let any = |test: fn(&u8) -> bool| digits.as_bytes().iter().any(test);
    let capital = !any(u8::is_ascii_lowercase);
    let hexadecimal = digits.len() > 1 && capital;
    any(u8::is_ascii_alphabetic)
        && (any(u8::is_ascii_digit) || hexadecimal)
        && (capital || bracketed || last.is_ascii_digit() && first.is_ascii_digit())
}

/// A number before one letter.
pub(super) fn may_be_product(digits: &str) -> bool {
    let (number, _) = digits.split_at(digits.len().saturating_sub(1));
    number.bytes().all(|b| b.is_ascii_digit())
}

/// A base from 2 to 36 at the start of `text`: `_{16}`, `_{(2)}`, `_{\text{eleven}}`, and its length.
pub(super) fn index(text: &str) -> Option<(u32, usize)> {
    let rest = text.strip_prefix('_')?;
    let content = match crate::extract::braced(rest) {
        Some(content) => content,
        None => &rest[..rest.bytes().take_while(u8::is_ascii_digit).count().min(2)],
    };
    let braces = if rest.starts_with('{') { 2 } else { 0 };
    let length = 1 + content.len() + braces;
    let plain = content.trim_matches(['(', ')', ' ']);
    let named = ["\\text{", "\\mathrm{", "\\textrm{"]
        .into_iter()
        .find_map(|command| plain.strip_prefix(command)?.strip_suffix('}'))
        .unwrap_or(plain);
    let base = match named.parse() {
        Ok(base) => base,
        Err(_) => u32::try_from(words::number(named)?).ok()?,
    };
    (2..=36).contains(&base).then_some((base, length))
}

/// `float('inf')` at the start of `text`: its length.
pub(super) fn infinite_float(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("float(")?;
    let (inner, _) = rest.split_once(')')?;
    let name = inner.trim_matches(['\'', '"', ' ', '+']);
    matches!(name, "inf" | "infinity" | "Infinity").then_some("float(".len() + inner.len() + 1)
}

impl Parser<'_> {
    /// `pow(a, b)`, `Rational(a, b)`, `Mod(a, b)`, `Interval(a, b)`, `Union(A, B)` and the like: `None`, and nothing
    /// read, for other words.
    pub(super) fn code_call(&mut self, word: &str) -> Result<Option<Node>, ReadError> {
        const KNOWN: [&str; 11] = [
            "pow",
            "Pow",
            "Rational",
            "Fraction",
            "Mod",
            "fmod",
            "Interval",
            "Union",
            "Intersection",
            "FiniteSet",
            "Eq",
        ];
        let start = self.at;
        let variant = match (word, self.peek(), self.peek_after(1)) {
            ("Interval", Some(Lexeme::Sign(Sign::Dot)), Some(Lexeme::Word(variant))) => *variant,
            _ => "",
        };
        self.at += if variant.is_empty() { 0 } else { 2 };
        if !KNOWN.contains(&word) || !matches!(self.peek(), Some(Lexeme::Open(Bracket::Round))) {
            self.at = start;
            return Ok(None);
        }
        let inside = self.at;
        let items = match self.bracketed(Bracket::Round)? {
            Node::Group(Bracket::Round, Bracket::Round, items) => items,
            single => vec![single],
        };
        let node = match word {
            "Interval" => interval(items, ends(variant, &self.tokens[inside..self.at])),
            "FiniteSet" => Some(Node::Group(Bracket::Curly, Bracket::Curly, items)),
            "Union" if items.len() > 1 => Some(Node::Union(items)),
            "Intersection" if items.len() > 1 => Some(Node::Intersection(items)),
            _ => of_two(word, items),
        };
        if node.is_none() {
            self.at = start;
        }
        Ok(node)
    }
}

/// Functions of two arguments.
fn of_two(word: &str, items: Vec<Node>) -> Option<Node> {
    let [a, b] = <[Node; 2]>::try_from(items).ok()?;
    Some(match word {
        "pow" | "Pow" => Node::power(a, b),
        "Mod" | "fmod" => Node::Apply(Function::Modulo, vec![a, b]),
        "Eq" => Node::Relation(vec![a, b], vec![Sign::Equal]),
        "Rational" | "Fraction" => Node::quotient(a, b),
        _ => return None,
    })
}

/// Which ends of an interval are open: `Interval.open`, `Interval(0, 1, True, False)`.
fn ends(variant: &str, arguments: &[Token<'_>]) -> Option<[bool; 2]> {
    let said = arguments.iter().filter_map(|token| match token.lexeme {
        Lexeme::Word("True" | "true") => Some(true),
        Lexeme::Word("False" | "false") => Some(false),
        _ => None,
    });
    let said: Vec<bool> = said.collect();
    match (variant, &said[..]) {
        ("", []) => Some([false, false]),
        ("", [left, right]) => Some([*left, *right]),
        ("open", []) => Some([true, true]),
        ("Lopen", []) => Some([true, false]),
        ("Ropen", []) => Some([false, true]),
        _ => None,
    }
}

/// An interval by its ends, infinite ones open.
fn interval(mut items: Vec<Node>, open: Option<[bool; 2]>) -> Option<Node> {
    let open = open.filter(|_| matches!(items.len(), 2 | 4))?;
    items.truncate(2);
    let infinite = |node: &Node| match node {
        Node::Negative(inner) => **inner == Node::Constant(Constant::Infinity),
        node => *node == Node::Constant(Constant::Infinity),
    };
    let bracket = |at: usize| {
        if open[at] || infinite(&items[at]) {
            Bracket::Round
        } else {
            Bracket::Square
        }
    };
    Some(Node::Group(bracket(0), bracket(1), items))
}

/// Whether a text with an E looks printed by a program: stars and calls, no TeX.
pub(super) fn prints_e(text: &str) -> bool {
    let calls = || {
        ["sqrt(", "log(", "exp("]
            .iter()
            .any(|call| text.contains(call))
    };
    text.contains('E') && !text.contains('\\') && (text.contains('*') || calls())
}
