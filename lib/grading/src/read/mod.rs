//! From the text of an answer to a syntax tree. Knows nothing about equality.

mod brackets;
mod calculus;
mod code;
mod combinations;
mod commands;
mod french;
mod letter_runs;
mod lexer;
mod lists;
mod literals;
mod names;
pub(crate) mod node;
mod numeral;
mod parser;
mod phrases;
mod primary;
mod quantities;
mod rebuilt;
mod repeating;
mod scripts;
mod shown;
mod surface;
mod terms;
mod times;
pub(crate) mod token;
mod unit_words;
pub(crate) mod units;
mod vocabulary;
mod words;

use std::borrow::Cow;

pub(crate) use calculus::is_unevaluated;
use node::Node;
use numeral::Grouping;
pub(crate) use parser::{ReadError, is_order};
pub(crate) use repeating::goes_on;
pub(crate) use surface::stripped;
use token::{Constant, Lexeme, Token};
pub(crate) use vocabulary::TEXT_COMMANDS;

/// Answers longer than this (bytes) are compared as text only, so that no input costs more than a moment.
pub(crate) const LONGEST: usize = 4096;

/// How ambiguous digits are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digits {
    /// `1,234` is a number, `1,23` a list.
    Grouped,
    /// `100,200` is a list.
    Listed,
    /// `1,23` is a decimal.
    DecimalComma,
    /// Like [`Digits::Grouped`], and `0.333...` is a third.
    Repeating,
}

/// An answer in tokens.
pub(crate) struct Lexed<'a> {
    tokens: Vec<Token<'a>>,
    spelled_out: Option<u64>,
    /// The set that words name.
    set: Option<Constant>,
    too_long: bool,
    /// It looks printed by a program, and has an E.
    pub(crate) prints_e: bool,
}

/// An answer without foreign characters, ready for [`lex`].
pub(crate) fn unified(text: &str) -> Cow<'_, str> {
    surface::unified(text)
}

/// Splits a [`unified`] answer into tokens.
pub(crate) fn lex(text: &str, digits: Digits) -> Lexed<'_> {
    let text = surface::stripped(text);
    let grouping = Grouping {
        comma: matches!(digits, Digits::Grouped | Digits::Repeating),
        repeating: digits == Digits::Repeating,
        decimal_comma: digits == Digits::DecimalComma,
        bare_exponent: commands(text).all(vocabulary::is_setting),
    };
    let too_long = text.len() > LONGEST;
    let tokens = if too_long {
        Vec::new()
    } else {
        lexer::lex(text, grouping)
    };
    Lexed {
        tokens,
        spelled_out: spelled_out(text),
        set: named_set(text),
        too_long,
        prints_e: code::prints_e(text),
    }
}

impl Lexed<'_> {
    /// Whether both answers are the same tokens, whatever stands between them.
    pub(crate) fn same_tokens(&self, other: &Self) -> bool {
        let same = |(a, b): (&Token<'_>, &Token<'_>)| same_lexeme(&a.lexeme, &b.lexeme);
        !self.tokens.is_empty()
            && self.tokens.len() == other.tokens.len()
            && self.tokens.iter().zip(&other.tokens).all(same)
    }

    /// What the tokens mean.
    pub(crate) fn parse(self) -> Result<Node, ReadError> {
        match self.spelled_out {
            Some(value) => Ok(Node::Number(literals::whole(value))),
            None if self.set.is_some() => self.set.map(Node::Constant).ok_or(ReadError::Empty),
            None if self.too_long => Err(ReadError::TooLong),
            None if french::is_french(&self.tokens) => {
                parser::parse(french::turned(self.tokens), false)
            }
            None => parser::parse(self.tokens, false),
        }
    }

    /// What the tokens mean where letters behind numbers are units: `5 s`.
    pub(crate) fn parse_measured(self) -> Result<Node, ReadError> {
        parser::parse(self.tokens, true)
    }
}

/// The names of the TeX commands in a text; `\,` has none.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.split('\\').skip(1).map(|behind| {
        let end = behind.find(|c: char| !c.is_ascii_alphabetic());
        &behind[..end.unwrap_or(behind.len())]
    })
}

/// Words are the same plain or set as text.
fn same_lexeme(a: &Lexeme<'_>, b: &Lexeme<'_>) -> bool {
    match (a, b) {
        (Lexeme::Word(a) | Lexeme::Text(a), Lexeme::Word(b) | Lexeme::Text(b)) => a == b,
        _ => a == b,
    }
}

/// Reads an answer.
pub(crate) fn read(text: &str, digits: Digits) -> Result<Node, ReadError> {
    lex(&unified(text), digits).parse()
}

/// `all real numbers`, `no solution`.
fn named_set(text: &str) -> Option<Constant> {
    let inner = text
        .strip_prefix("\\text{")
        .and_then(|text| text.strip_suffix('}'));
    let words = inner.unwrap_or(text).trim();
    let is = |names: &[&str]| names.iter().any(|name| words.eq_ignore_ascii_case(name));
    if is(&[
        "all real numbers",
        "all reals",
        "the set of all real numbers",
    ]) {
        return Some(Constant::Reals);
    }
    if is(&["infinite", "infinitely many", "infinitely many solutions"]) {
        return Some(Constant::Infinity);
    }
    let empty = [
        "no solution",
        "no solutions",
        "no real solution",
        "no real solutions",
        "empty set",
        "the empty set",
    ];
    is(&empty).then_some(Constant::EmptySet)
}

/// `forty-two`: the hyphen is no minus.
fn spelled_out(text: &str) -> Option<u64> {
    let wordy = text
        .bytes()
        .all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b' '));
    if wordy { words::number(text) } else { None }
}

/// Whether digits around commas may be elements of a list: `54,00` and `54,000` are none, as no element begins with
/// a zero.
pub(crate) fn may_be_listed(text: &str) -> bool {
    is_ambiguous(text)
        && !text
            .as_bytes()
            .windows(3)
            .any(|w| w[0] == b',' && w[1] == b'0' && w[2].is_ascii_digit())
}

/// Whether `text` has digits that [`Digits`] would read in different ways.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|w| w[0].is_ascii_digit() && w[1] == b',' && w[2].is_ascii_digit())
}
