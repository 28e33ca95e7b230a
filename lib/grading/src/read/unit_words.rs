//! The words behind a value that name its unit: `cm`, `square feet`, `m/s`, `(dollars)`, `°C`.

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
                    | Lexeme::Letter(_)
                    | Lexeme::Command("AA")
                    | Lexeme::Open(Bracket::Round)
            )
        );
        if !possible || self.differential().is_some() {
            return None;
        }
        if let (Node::Degrees(_), Some(Lexeme::Letter(scale @ ('C' | 'F')))) = (left, self.peek()) {
            let scale = scale.to_string();
            self.at += 1;
            return Some(scale);
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
        let piece = match self.peek()? {
            Lexeme::Text("i" | "e" | "if" | "for" | "when" | "where" | "if " | "otherwise") => {
                return None;
            }
            Lexeme::Text(text) if !names_unit(text) => return None,
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
                if names_unit(word) && self.is_unit_word(word, numeric, bracketed, so_far) =>
            {
                (*word).to_owned()
            }
            Lexeme::Letter(letter) if numeric && self.is_unit_letter(*letter, so_far) => {
                letter.to_string()
            }
            Lexeme::Command("AA") if numeric => "Å".to_owned(),
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
            // `sq. cm`
            Lexeme::Sign(Sign::Dot) if units::is_power_word(so_far) && self.is_unit_after() => {
                self.at += 1;
                return Some(".".to_owned());
            }
            Lexeme::Sign(sign @ (Sign::Slash | Sign::Times | Sign::Cross | Sign::Minus))
                if !so_far.is_empty() && self.is_unit_after() =>
            {
                let joint = if *sign == Sign::Slash { "/" } else { "·" };
                self.at += 1;
                return Some(joint.to_owned());
            }
            Lexeme::Sign(Sign::Caret) if !so_far.is_empty() => return self.unit_power(),
            Lexeme::Sign(Sign::Slash) if !so_far.is_empty() && self.at + 1 == self.tokens.len() => {
                "/".to_owned()
            }
            _ => return None,
        };
        self.at += 1;
        let blank = if so_far.is_empty() || so_far.ends_with(['/', '·', 'μ']) {
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
                .is_none_or(|unit| !matches!(unit.dimension().as_str(), "length" | "time"))
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

    /// Whether a unit stands behind what is next.
    fn is_unit_after(&self) -> bool {
        match self.peek_after(1) {
            Some(Lexeme::Text(_)) => true,
            Some(Lexeme::Word(word)) => units::is_unit_word(word),
            Some(Lexeme::Letter(letter)) => units::is_unit_letter(*letter),
            Some(Lexeme::Function(Function::Sec | Function::Min)) => true,
            _ => false,
        }
    }

    /// Known units, and behind plain numbers any longer word.
    fn is_unit_word(&self, word: &str, numeric: bool, bracketed: bool, so_far: &str) -> bool {
        let short = self.tokens[self.at].spaced && SHORT_NOUNS.contains(&word);
        let counted = bracketed || short || word.len() >= 4 || !so_far.is_empty();
        let power = units::is_power_word(word)
            && (self.is_unit_after()
                || matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Dot))));
        let per = word == "per" && matches!(self.peek_after(1), Some(Lexeme::Word(_)));
        units::is_unit_word(word) || numeric && (counted || power || per)
    }

    /// A letter is a unit behind a unit and `/` (`km/h`), before a further quantity (`2 h 30 min`), and anywhere when
    /// letters are read so. A mu is a prefix of what follows it.
    fn is_unit_letter(&self, letter: char, so_far: &str) -> bool {
        let text_follows = matches!(self.peek_after(1), Some(Lexeme::Text("m" | "s" | "g")));
        let letter_follows = matches!(self.peek_after(1), Some(Lexeme::Letter('m' | 's' | 'g')));
        if letter == 'μ' {
            return text_follows || self.measured && letter_follows;
        }
        let further = so_far.is_empty()
            && matches!(self.peek_after(1), Some(Lexeme::Number(_)))
            && self.is_unit_behind_number();
        // `9.8 m/s`, set apart from the number.
        let per = so_far.is_empty()
            && self.tokens[self.at].spaced
            && matches!(self.peek_after(1), Some(Lexeme::Sign(Sign::Slash)))
            && self.is_unit_behind_number();
        // `5300 K`, `3.6*10^{-10} m`: set apart, at the end, a capital or behind what is no plain integer.
        let last = so_far.is_empty()
            && self.tokens[self.at].spaced
            && self.at + 1 == self.tokens.len()
            && (letter.is_uppercase() || self.is_measurement_before());
        let certain = self.measured || so_far.ends_with('/') || further || per || last;
        units::is_unit_letter(letter) && certain
    }

    /// Whether a decimal or a power of ten stands directly before.
    fn is_measurement_before(&self) -> bool {
        let mut before = self.tokens[..self.at].iter().rev();
        match before.next().map(|token| &token.lexeme) {
            Some(Lexeme::Number(digits)) => {
                let power = before
                    .find(|token| !matches!(token.lexeme, Lexeme::Sign(Sign::Minus)))
                    .is_some_and(|token| token.lexeme == Lexeme::Sign(Sign::Caret));
                power || digits.contains(['.', 'e', 'E'])
            }
            Some(Lexeme::Close(Bracket::Brace)) => before
                .take(6)
                .any(|token| token.lexeme == Lexeme::Sign(Sign::Caret)),
            _ => false,
        }
    }

    fn is_unit_behind_number(&self) -> bool {
        match self.peek_after(2) {
            Some(Lexeme::Text(_) | Lexeme::Function(Function::Min | Function::Sec)) => true,
            Some(Lexeme::Word(word)) => units::is_unit_word(word),
            Some(Lexeme::Letter(letter)) => units::is_unit_letter(*letter),
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
        if digits.len() > 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
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

/// Things that are counted, in three letters: other short words behind a number are products of names.
const SHORT_NOUNS: [&str; 28] = [
    "way", "cat", "dog", "cow", "pig", "hen", "boy", "men", "man", "kid", "son", "box", "bag",
    "cup", "can", "egg", "toy", "pen", "car", "bus", "van", "hat", "pie", "bar", "job", "leg",
    "bee", "set",
];

/// Whether words behind a number may name its unit: nothing that joins, denies or counts on.
fn names_unit(text: &str) -> bool {
    const FOREIGN: [&str; 31] = [
        "or",
        "and",
        "not",
        "no",
        "wrong",
        "times",
        "plus",
        "minus",
        "choose",
        "remainder",
        "negative",
        "than",
        "divided",
        "incorrect",
        "false",
        "impossible",
        "never",
        "too",
        "if",
        "hundred",
        "thousand",
        "million",
        "billion",
        "trillion",
        "dozen",
        "lakh",
        "crore",
        "ppm",
        "permille",
        "tens",
        "doubled",
    ];
    let words = text.split([' ', '~', '(', ')', ',', ';', '.', ':']);
    !words
        .filter(|word| !word.is_empty())
        .any(|word| FOREIGN.contains(&word) || word.starts_with(|c: char| c.is_ascii_digit()))
}

/// A value with its unit; percent, degree and currency words are what their signs are.
pub(super) fn with_unit(value: Node, unit: String) -> Node {
    let lower = unit.trim_end_matches('.').to_ascii_lowercase();
    match (lower.as_str(), value) {
        (
            "percent" | "percents" | "pct" | "per cent" | "percentage point" | "percentage points",
            value,
        ) => Node::Percent(Box::new(value)),
        ("degree" | "degrees" | "deg", value) => Node::Degrees(Box::new(value)),
        ("dollar" | "dollars" | "usd", value) => Node::Money(Box::new(value)),
        // `25°C`, `25 degrees Celsius`
        (scale, Node::Degrees(inner)) if temperature(scale).is_some() => {
            Node::Quantity(inner, temperature(scale).unwrap_or_default().to_owned())
        }
        (words, value) => match words.strip_prefix("degrees ").and_then(temperature) {
            Some(scale) => Node::Quantity(Box::new(value), scale.to_owned()),
            None => Node::Quantity(Box::new(value), unit),
        },
    }
}

/// The scale of temperature that a word or letter behind degrees names.
fn temperature(word: &str) -> Option<&'static str> {
    Some(match word {
        "c" | "celsius" | "centigrade" => "celsius",
        "f" | "fahrenheit" => "fahrenheit",
        _ => return None,
    })
}

/// A value with a currency's sign.
pub(super) fn money(value: Node, name: &'static str) -> Node {
    match name {
        "dollars" => Node::Money(Box::new(value)),
        name => Node::Quantity(Box::new(value), name.to_owned()),
    }
}
