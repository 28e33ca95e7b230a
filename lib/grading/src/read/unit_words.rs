//! The words behind a value that name its unit: `cm`, `square feet`, `m/s`, `(dollars)`.

use super::node::Node;
use super::parser::Parser;
use super::token::{Bracket, Function, Lexeme, Sign};
use super::units;

impl Parser<'_> {
    /// A unit behind a value: text, or a word that cannot be a product of names.
    pub(super) fn unit(&mut self, left: &Node) -> Option<String> {
        let possible = matches!(
            self.peek(),
            Some(
                Lexeme::Text(_)
                    | Lexeme::Word(_)
                    | Lexeme::Function(_)
                    | Lexeme::Open(Bracket::Round)
            )
        );
        if !possible || self.differential().is_some() {
            return None;
        }
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
            // `\mu mg`, `2GM`, `2mL^2` are products of names.
            Lexeme::Word(word)
                if word.len() <= 3
                    && (!numeric
                        || self.is_raised_in_vain(word)
                        || word.bytes().all(|b| b.is_ascii_uppercase()) && word.len() < 3) =>
            {
                return None;
            }
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
            Lexeme::Sign(Sign::Slash | Sign::Times | Sign::Cross | Sign::Minus)
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

    /// Whether a power stands behind a unit that has none: only lengths and times are squared.
    fn is_raised_in_vain(&self, word: &str) -> bool {
        matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Caret)))
            && units::measure(word)
                .is_none_or(|unit| !matches!(unit.dimension.as_str(), "length" | "time"))
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
}

/// A value with its unit; percent, degree and currency words are what their signs are.
pub(super) fn with_unit(value: Node, unit: String) -> Node {
    let lower = unit.trim_end_matches('.').to_ascii_lowercase();
    match lower.as_str() {
        "percent" | "percents" | "pct" => Node::Percent(Box::new(value)),
        "degree" | "degrees" | "deg" => Node::Degrees(Box::new(value)),
        "dollar" | "dollars" | "usd" | "euros" | "euro" => Node::Money(Box::new(value)),
        _ => Node::Quantity(Box::new(value), unit),
    }
}
