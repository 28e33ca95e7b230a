//! Intervals with brackets turned outward: `]0, 1]` is `(0, 1]`.

use super::token::{Bracket, Lexeme, Token};

/// Whether a square bracket closes where none is open, or opens and is the last.
pub(super) fn is_french(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0usize;
    for token in tokens {
        match token.lexeme {
            Lexeme::Close(Bracket::Square) if depth == 0 => return true,
            Lexeme::Open(Bracket::Square | Bracket::Round) => depth += 1,
            Lexeme::Close(Bracket::Square | Bracket::Round) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    matches!(
        tokens.last().map(|token| &token.lexeme),
        Some(Lexeme::Open(Bracket::Square))
    )
}

/// The same tokens with round brackets for those turned outward.
pub(super) fn turned(mut tokens: Vec<Token<'_>>) -> Vec<Token<'_>> {
    let mut open = false;
    for token in &mut tokens {
        let outward = match token.lexeme {
            Lexeme::Open(Bracket::Square) => open,
            Lexeme::Close(Bracket::Square) => !open,
            _ => continue,
        };
        let bracket = if outward {
            Bracket::Round
        } else {
            Bracket::Square
        };
        token.lexeme = if open {
            Lexeme::Close(bracket)
        } else {
            Lexeme::Open(bracket)
        };
        open = !open;
    }
    tokens
}
