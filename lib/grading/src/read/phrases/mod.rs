//! Words that say what a sign says: `negative five`, `3 million`, `two thirds`, `5 squared`, `3 to 4`, `101 base 2`.
//!
//! One pass over the tokens, which stay tokens: the parser and the comparison of tokens see signs and digits. A rule
//! looks at what comes next and at what has been put out so far; words that no rule knows stay words.

mod amounts;
mod signs;

use std::borrow::Cow;

use super::times;
use super::token::{Bracket, Lexeme, Sign, Token};
use super::{units, words};

/// Replaces the phrases in `tokens`.
pub(in crate::read) fn translated<'a>(tokens: Vec<Token<'a>>) -> Vec<Token<'a>> {
    if !tokens.iter().any(|token| may_speak(&token.lexeme)) {
        return tokens;
    }
    let mut speech = Speech {
        out: Vec::with_capacity(tokens.len() + 8),
        tokens: &tokens,
        at: 0,
    };
    while let Some(token) = tokens.get(speech.at) {
        if !may_begin(&token.lexeme) || !rules().iter().any(|rule| rule(&mut speech).is_some()) {
            speech.out.push(token.clone());
            speech.at += 1;
        }
    }
    speech.out
}

/// Whether what a text command holds is such a phrase, or begins with digits: then it is read like plain text.
pub(in crate::read) fn is_phrase(text: &str) -> bool {
    let bare = text.trim_matches(['(', ')']);
    let mut words = bare
        .split([' ', '~', '-'])
        .filter(|word| !word.is_empty())
        .peekable();
    let Some(mut first) = words.next() else {
        return false;
    };
    if first == "in" && words.peek() == Some(&"base") {
        first = "base";
    }
    if first.starts_with(|c: char| c.is_ascii_digit()) {
        return !text.contains('-');
    }
    let leads = words::number(first).is_some()
        || is_factor(first)
        || LEADING.iter().any(|word| word.eq_ignore_ascii_case(first));
    let dated = times::month(first).is_some() && text.contains(|c: char| c.is_ascii_digit());
    let known = |word: &str| {
        words::number(word).is_some()
            || is_factor(word)
            || FOLLOWING.iter().any(|own| own.eq_ignore_ascii_case(word))
            || units::is_unit_word(word)
            || word.bytes().all(|b| b.is_ascii_digit())
    };
    dated || leads && (words.all(known) || (is_factor(first) && !text.contains('-')))
}

/// Words that a phrase in a text command may begin with, besides numbers.
const LEADING: [&str; 9] = [
    "negative", "minus", "to", "out", "base", "squared", "cubed", "square", "cube",
];
/// Words that may follow.
const FOLLOWING: [&str; 10] = [
    "and", "a", "half", "quarter", "of", "root", "squared", "cubed", "percent", "base",
];

fn is_factor(word: &str) -> bool {
    words::power_of_ten(word).is_some()
        || words::count(word).is_some()
        || words::part(word, false).is_some()
}

fn may_speak(lexeme: &Lexeme<'_>) -> bool {
    matches!(
        lexeme,
        Lexeme::Word(_)
            | Lexeme::Text(_)
            | Lexeme::Sign(Sign::Colon | Sign::Dot | Sign::Other('‰' | '‱'))
    )
}

/// Numbers begin times and dates; a conjunction may join a fraction to its whole.
fn may_begin(lexeme: &Lexeme<'_>) -> bool {
    may_speak(lexeme)
        || matches!(
            lexeme,
            Lexeme::Number(_)
                | Lexeme::Letter('a')
                | Lexeme::Open(Bracket::Round)
                | Lexeme::Sign(Sign::And | Sign::Minus)
        )
}

/// A rule takes tokens from `at` on, puts out others and says so; otherwise it leaves all as it is.
type Rule<'t, 'a> = fn(&mut Speech<'t, 'a>) -> Option<()>;

const fn rules<'t, 'a>() -> [Rule<'t, 'a>; 19] {
    [
        Speech::noon,
        Speech::date,
        Speech::clock,
        Speech::article,
        Speech::and_a_part,
        Speech::spelled_out,
        Speech::share,
        Speech::parts,
        Speech::scale,
        Speech::count,
        Speech::sign,
        Speech::power,
        Speech::root,
        Speech::ratio,
        Speech::base,
        Speech::bracketed_base,
        Speech::restated,
        Speech::ordinal,
        Speech::currency,
    ]
}

struct Speech<'t, 'a> {
    tokens: &'t [Token<'a>],
    at: usize,
    out: Vec<Token<'a>>,
}

impl<'a> Speech<'_, 'a> {
    fn rest(&self) -> &[Token<'a>] {
        &self.tokens[self.at..]
    }

    fn lexeme(&self, ahead: usize) -> Option<&Lexeme<'a>> {
        self.tokens.get(self.at + ahead).map(|token| &token.lexeme)
    }

    fn said(&self, ahead: usize) -> Option<&'a str> {
        self.tokens.get(self.at + ahead).and_then(times::said)
    }

    fn says(&self, ahead: usize, words: &[&str]) -> bool {
        self.said(ahead)
            .is_some_and(|said| words.iter().any(|word| word.eq_ignore_ascii_case(said)))
    }

    fn is_sign(&self, ahead: usize, sign: Sign) -> bool {
        matches!(self.lexeme(ahead), Some(Lexeme::Sign(s)) if *s == sign)
    }

    fn last(&self) -> Option<&Lexeme<'a>> {
        self.out.last().map(|token| &token.lexeme)
    }

    /// The digits of an integer that was put out last.
    fn integer(&self) -> Option<&str> {
        match self.last() {
            Some(Lexeme::Number(digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                Some(digits)
            }
            _ => None,
        }
    }

    /// Whether the number that was put out last belongs to a quotient, a power or an index.
    fn is_bound(&self) -> bool {
        matches!(
            self.out.iter().rev().nth(1).map(|token| &token.lexeme),
            Some(Lexeme::Sign(
                Sign::Slash | Sign::Caret | Sign::Underscore | Sign::Fraction
            ))
        )
    }

    /// Ends a rule: `count` tokens are taken and `lexemes` put out in their place.
    fn put<const N: usize>(&mut self, count: usize, lexemes: [Lexeme<'a>; N]) -> Option<()> {
        let mut spaced = self.rest().first().is_some_and(|token| token.spaced);
        for lexeme in lexemes {
            self.out.push(Token { lexeme, spaced });
            spaced = false;
        }
        self.at += count;
        Some(())
    }
}

fn number<'a>(digits: &str) -> Lexeme<'a> {
    Lexeme::Number(Cow::Owned(digits.to_owned()))
}
