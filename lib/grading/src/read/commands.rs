//! LaTeX commands with arguments: text, environments, number sets, delimiters.

use super::lexer::{Lexer, NESTED};
use super::token::{Function, Lexeme, Sign, Token};
use super::{code, phrases, units, vocabulary};

impl<'a> Lexer<'a> {
    /// After `\left`: an invisible `.` is dropped, everything else is read as usual.
    pub(super) fn delimiter(&mut self, end: usize) {
        let rest = self.rest(end);
        let trimmed = rest.trim_start();
        if trimmed.starts_with('.') || trimmed.starts_with("\\[") || trimmed.starts_with("\\]") {
            self.at += rest.len() - trimmed.len() + 1;
        }
    }

    /// Content of the braces that follow, and where it starts; the lexer stands behind them afterwards.
    pub(super) fn argument(&mut self, end: usize) -> Option<(&'a str, usize)> {
        let rest = self.rest(end);
        let trimmed = rest.trim_start();
        let content = crate::extract::braced(trimmed)?;
        let start = self.at + rest.len() - trimmed.len() + 1;
        self.at = start + content.len() + 1;
        Some((content, start))
    }

    /// Skips what a `\phantom` hides: a braced argument or one character.
    pub(super) fn invisible(&mut self, end: usize) {
        if self.argument(end).is_none() {
            let rest = self.rest(end);
            let trimmed = rest.trim_start();
            let hidden = trimmed.chars().next().map_or(0, char::len_utf8);
            self.at += rest.len() - trimmed.len() + hidden;
        }
    }

    pub(super) fn blackboard(&mut self, end: usize) {
        let content = match self.argument(end) {
            Some((content, _)) => content.trim(),
            None => {
                let rest = self.rest(end);
                let trimmed = rest.trim_start();
                let length = trimmed.chars().next().map_or(0, char::len_utf8);
                self.at += rest.len() - trimmed.len() + length;
                &trimmed[..length]
            }
        };
        match vocabulary::blackboard(content) {
            Some(set) => self.push(Lexeme::Constant(set)),
            None => self.push(Lexeme::Text(content)),
        }
    }

    pub(super) fn environment(&mut self, end: usize, lexeme: fn(&'a str) -> Lexeme<'a>) {
        if let Some((name, _)) = self.argument(end) {
            self.push(lexeme(name.trim_end_matches('*')));
            self.rows = true;
            if name.starts_with("array")
                && matches!(
                    self.tokens.last(),
                    Some(Token {
                        lexeme: Lexeme::Begin(_),
                        ..
                    })
                )
            {
                self.argument(end);
            }
        }
    }

    /// `\text{...}`: conjunctions and numbers in it are what they say, the rest is text.
    pub(super) fn text_argument(&mut self, end: usize, upright: bool) {
        let Some((content, start)) = self.argument(end) else {
            return;
        };
        let after = self.at;
        let inner = content.trim_matches(|c: char| c.is_whitespace() || c == '~');
        let bare = inner
            .trim_start_matches("\\,")
            .trim_matches(['(', ')', ',', ' ', '.', '$']);
        let digits = code::may_be_digits(inner, true);
        if inner.is_empty() {
            self.spaced = true;
        } else if let Some((base, used)) = digits.then(|| code::index(self.rest(end))).flatten() {
            self.at += used;
            self.push(Lexeme::Based(inner.to_ascii_uppercase().into(), base));
        } else if bare.is_empty()
            || !bare.contains(|c: char| c.is_alphabetic())
            || (upright && !is_plain_name(inner) && units::measure(inner).is_none())
            || phrases::is_phrase(inner)
            || is_letter_list(inner)
        {
            if self.nested < NESTED {
                self.at = start;
                self.spaced = true;
                self.nested += 1;
                self.run(start + content.len());
                self.nested -= 1;
                self.at = after;
            }
        } else {
            match bare {
                "and" | "und" | "et" => self.push(Lexeme::Sign(Sign::And)),
                "or" | "ou" | "oder" => self.push(Lexeme::Sign(Sign::Or)),
                "mod" | "modulo" => self.push(Lexeme::Sign(Sign::Modulo)),
                "GCD" | "LCM" => self.push(Lexeme::Function(match bare {
                    "GCD" => Function::Gcd,
                    _ => Function::Lcm,
                })),
                _ => match vocabulary::word(bare) {
                    // Seconds and minutes are units as often as functions.
                    Some(
                        lexeme @ (Lexeme::Function(_)
                        | Lexeme::Constant(_)
                        | Lexeme::Sign(Sign::Modulo)),
                    ) if !matches!(bare, "sec" | "min" | "lb" | "sign") => {
                        self.push(lexeme);
                    }
                    _ => self.push(Lexeme::Text(inner)),
                },
            }
        }
    }
}

/// `A, C, and F`: single capitals, parted by commas and conjunctions.
fn is_letter_list(text: &str) -> bool {
    let mut items = text
        .split([',', ' '])
        .filter(|item| !matches!(*item, "" | "and" | "or"));
    let parted = text.contains(',') || text.contains(" and ") || text.contains(" or ");
    parted
        && items.clone().count() > 1
        && items.all(|item| item.len() == 1 && item.bytes().all(|b| b.is_ascii_uppercase()))
}

/// Letters, and what units are written with: `m/s`, `kg m^2`, `cm^{3}`.
fn is_plain_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(|c| {
            c.is_alphanumeric()
                || matches!(
                    c,
                    ' ' | '/' | '^' | '{' | '}' | '-' | '.' | '~' | '·' | '\''
                )
        })
}
