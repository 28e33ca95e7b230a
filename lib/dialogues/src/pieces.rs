//! Tokens as pieces of text with their numbers. Knows nothing about attempts.

use std::ops::Range;

use records::{FieldError, Row};
use serde::Serialize;
use tokens::Tokenizer;

/// The fewest tokens that are whole letters: most often one, several where a letter's bytes are split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Piece {
    pub text: String,
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// What stages say about a token; of several tokens the log-probability of all, the others of the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Numbers {
    pub logprob: Option<f32>,
    pub advantage: Option<f32>,
    pub value: Option<f32>,
}

/// The lists of a row that speak of tokens.
pub(crate) struct Columns<'a> {
    pub ids: &'a [i32],
    logprobs: Option<&'a [f32]>,
    advantages: Option<&'a [f32]>,
    values: Option<&'a [f32]>,
}

impl<'a> Columns<'a> {
    pub fn of(row: &'a Row) -> Result<Self, FieldError> {
        let list = |field: &str| {
            if !row.has(field) {
                return Ok(None);
            }
            row.same_length(&[field])?;
            row.float32s(field).map(Some)
        };
        Ok(Self {
            ids: row.int32s("token_ids")?,
            logprobs: list("logprobs")?,
            advantages: list("advantages")?,
            values: list("values")?,
        })
    }

    /// The tokens from `start` to `end`, which must be there.
    pub fn range(&self, row: &Row, start: i32, end: i32) -> Result<Range<usize>, FieldError> {
        let place = |at: i32| usize::try_from(at).ok().filter(|at| *at <= self.ids.len());
        match (place(start), place(end)) {
            (Some(first), Some(last)) if first <= last => Ok(first..last),
            _ => Err(row.fail(
                "attempts",
                format!(
                    "expected ranges within {} tokens, found {start} to {end}",
                    self.ids.len()
                ),
            )),
        }
    }

    fn numbers(&self, range: Range<usize>) -> Numbers {
        let first = |list: Option<&[f32]>| list.map(|list| list[range.start]);
        Numbers {
            logprob: self.logprobs.map(|list| list[range.clone()].iter().sum()),
            advantage: first(self.advantages),
            value: first(self.values),
        }
    }
}

/// Tokens of a letter whose bytes are split; no letter of UTF-8 has more bytes.
const MOST_TOKENS: usize = 4;

/// The text of a range of tokens, piece by piece.
pub(crate) fn pieces(
    tokenizer: &Tokenizer,
    columns: &Columns<'_>,
    range: Range<usize>,
) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(range.len());
    let mut start = range.start;
    for end in range.start + 1..=range.end {
        let text = text(tokenizer, &columns.ids[..end], start);
        let whole = !text.ends_with('\u{FFFD}') || end - start >= MOST_TOKENS || end == range.end;
        if whole {
            let numbers = columns.numbers(start..end);
            pieces.push(Piece { text, numbers });
            start = end;
        }
    }
    pieces
}

/// The text of the tokens from `start` on. Some decoders drop a space at the start of a text, so the token before is
/// decoded along and taken off again.
fn text(tokenizer: &Tokenizer, ids: &[i32], start: usize) -> String {
    let decode = |ids: &[i32]| tokenizer.decode(ids, false).unwrap_or_default();
    let before = start.saturating_sub(1);
    let context = decode(&ids[before..start]);
    match decode(&ids[before..]).strip_prefix(&context) {
        Some(text) => text.to_owned(),
        None => decode(&ids[start..]),
    }
}
