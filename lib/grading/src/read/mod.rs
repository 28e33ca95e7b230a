//! From the text of an answer to a syntax tree. Knows nothing about equality.

mod brackets;
mod lexer;
pub(crate) mod node;
mod numeral;
mod parser;
mod primary;
mod surface;
pub(crate) mod token;
pub(crate) mod units;
mod vocabulary;
mod words;

use std::borrow::Cow;

use node::Node;
use numeral::Grouping;
pub(crate) use parser::{ReadError, is_order};
pub(crate) use surface::stripped;
use token::{Lexeme, Token};

/// Answers longer than this (bytes) are compared as text only, so that no input costs more than a moment.
pub(crate) const LONGEST: usize = 4096;

/// An answer that was read.
#[derive(Debug)]
pub(crate) struct Reading {
    /// The tokens in one canonical spelling: equal strings are equal answers.
    pub(crate) canonical: String,
    /// What they mean.
    pub(crate) node: Result<Node, ReadError>,
}

/// How ambiguous digits are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Digits {
    /// `1,234` is a number, `1,23` a list.
    Grouped,
    /// `100,200` is a list.
    Listed,
    /// `1,23` is a decimal.
    DecimalComma,
}

/// Reads an answer.
pub(crate) fn read(text: &str, digits: Digits) -> Reading {
    let text = surface::unified(text);
    let text = surface::stripped(&text);
    let grouping = Grouping {
        comma: digits == Digits::Grouped,
        decimal_comma: digits == Digits::DecimalComma,
        bare_exponent: !text.contains('\\'),
    };
    if text.len() > LONGEST {
        return Reading {
            canonical: text.to_owned(),
            node: Err(ReadError::TooDeep),
        };
    }
    if let Some(value) = spelled_out(text) {
        return Reading {
            canonical: value.to_string(),
            node: Ok(Node::Number(primary::whole(value))),
        };
    }
    let tokens = lexer::lex(text, grouping);
    Reading {
        canonical: canonical(&tokens),
        node: parser::parse(tokens),
    }
}

/// `forty-two`: the hyphen is no minus.
fn spelled_out(text: &str) -> Option<u64> {
    let wordy = text
        .bytes()
        .all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b' '));
    if wordy { words::number(text) } else { None }
}

/// Whether `text` has digits that [`Digits`] would read in different ways.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|w| w[0].is_ascii_digit() && w[1] == b',' && w[2].is_ascii_digit())
}

fn canonical(tokens: &[Token<'_>]) -> String {
    let mut text = String::with_capacity(tokens.len() * 3);
    for token in tokens {
        match &token.lexeme {
            Lexeme::Number(digits) => push(&mut text, digits),
            Lexeme::Letter(letter) => push(&mut text, &Cow::from(letter.to_string())),
            Lexeme::Word(word) | Lexeme::Text(word) => push(&mut text, &Cow::from(*word)),
            Lexeme::Command(name) | Lexeme::Accent(name) => {
                text.push('\\');
                text.push_str(name);
                text.push(' ');
            }
            Lexeme::Open(token::Bracket::Brace) | Lexeme::Close(token::Bracket::Brace) => {
                text.push(';')
            }
            other => {
                text.push('<');
                text.push_str(&format!("{other:?}"));
                text.push('>');
            }
        }
    }
    text
}

/// Words are parted from each other by a blank.
fn push(text: &mut String, word: &Cow<'_, str>) {
    if text.ends_with(|c: char| c.is_alphanumeric()) {
        text.push(' ');
    }
    text.push_str(word);
}
