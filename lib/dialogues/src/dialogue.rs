//! From a row to a dialogue. What a row lacks is absent; what is there must be of its type.

use records::{Attempt, FieldError, Row, Verdict};
use serde::Serialize;
use tokens::Tokenizer;

use crate::pieces::{Columns, Piece, pieces};
use crate::reason::{Judge, reason};

/// One dialogue, for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Dialogue {
    pub id: String,
    pub question_id: String,
    pub source: String,
    pub question: String,
    /// The reference answer.
    pub answer: String,
    pub attempts_allowed: i32,
    pub turns: Vec<Turn>,
    pub stop_reason: Option<String>,
    pub reward: Option<f32>,
    pub model: Option<String>,
    /// Number of the first right attempt, from 1.
    pub solved_at: Option<usize>,
    /// An attempt after a wrong one gave another answer.
    pub changed: bool,
}

/// One attempt and the feedback that followed it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Turn {
    pub text: String,
    pub answer: Option<String>,
    pub verdict: Verdict,
    /// Why the verdict fell.
    pub reason: String,
    pub stop: String,
    pub reward: Option<f32>,
    /// Empty where there is no tokenizer to read them with.
    pub pieces: Vec<Piece>,
    /// None after the last attempt, and where there is no tokenizer to read it with.
    pub feedback: Option<String>,
}

impl Dialogue {
    /// Reads a row that was played. A `tokenizer` adds feedback and pieces.
    pub fn of(row: &Row, tokenizer: Option<&Tokenizer>) -> Result<Self, FieldError> {
        let attempts = row.attempts("attempts")?;
        let answer = row.to_text("answer")?;
        let question_id = row.text("question_id")?.to_owned();
        let id = row.optional_text("dialogue_id")?;
        Ok(Self {
            id: id.unwrap_or(&question_id).to_owned(),
            source: row.optional_text("source")?.unwrap_or_default().to_owned(),
            question: row.text("question")?.to_owned(),
            attempts_allowed: row.int32("attempts_allowed")?,
            turns: turns(row, attempts, &answer, tokenizer)?,
            stop_reason: row.optional_text("stop_reason")?.map(str::to_owned),
            reward: row
                .has("reward")
                .then(|| row.float32("reward"))
                .transpose()?,
            model: row.optional_text("model")?.map(str::to_owned),
            solved_at: measures::Dialogue::of(attempts).solved_at,
            changed: attempts.windows(2).any(changed_after_wrong),
            question_id,
            answer,
        })
    }
}

fn changed_after_wrong(pair: &[Attempt]) -> bool {
    pair[0].verdict != Verdict::Correct && measures::Dialogue::of(pair).second_differs.hits > 0
}

fn turns(
    row: &Row,
    attempts: &[Attempt],
    answer: &str,
    tokenizer: Option<&Tokenizer>,
) -> Result<Vec<Turn>, FieldError> {
    let judge = Judge::named(row.optional_text("grader")?);
    let columns = tokenizer.map(|_| Columns::of(row)).transpose()?;
    let tokens = tokenizer.zip(columns.as_ref());
    let mut turns = Vec::with_capacity(attempts.len());
    for (at, attempt) in attempts.iter().enumerate() {
        let range = columns
            .as_ref()
            .map(|columns| columns.range(row, attempt.start, attempt.end));
        let gap = attempts.get(at + 1).zip(columns.as_ref());
        let gap = gap.map(|(next, columns)| columns.range(row, attempt.end, next.start));
        let (range, gap) = (range.transpose()?, gap.transpose()?);
        turns.push(Turn {
            text: attempt.text.clone(),
            answer: attempt.answer.clone(),
            verdict: attempt.verdict,
            reason: reason(attempt, answer, &judge),
            stop: attempt.stop.as_str().to_owned(),
            reward: attempt.reward,
            pieces: tokens
                .zip(range)
                .map(|((tokenizer, columns), range)| pieces(tokenizer, columns, range))
                .unwrap_or_default(),
            feedback: tokens.zip(gap).map(|((tokenizer, columns), gap)| {
                tokenizer
                    .decode(&columns.ids[gap], true)
                    .unwrap_or_default()
            }),
        });
    }
    Ok(turns)
}
