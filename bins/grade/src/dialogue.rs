//! Verdicts and rewards of dialogues.

use anyhow::Result;
use attempts::{Outcome, RewardScale};
use grading::{Graded, Grader, Judgement, Request};
use rayon::prelude::*;
use records::{Attempt, AttemptStop, FieldError, Row, Verdict};

/// Rows that one core takes at a time. The attempts of a row go to an external grader together.
const CHUNK: usize = 16;

/// The rows with `attempts` graded again, `correct`, `grader` and `reward`.
pub fn grade(rows: Vec<Row>, grader: &dyn Grader, rewards: &RewardScale) -> Result<Vec<Row>> {
    let name = grader.name();
    let graded: Vec<Result<Vec<Row>>> = rows
        .par_chunks(CHUNK)
        .map(|rows| {
            rows.iter()
                .map(|row| graded(row, grader, rewards, &name))
                .collect()
        })
        .collect();
    let mut all = Vec::with_capacity(rows.len());
    for rows in graded {
        all.extend(rows?);
    }
    Ok(all)
}

fn graded(row: &Row, grader: &dyn Grader, rewards: &RewardScale, name: &str) -> Result<Row> {
    let attempts = attempts(row)?;
    let reference = row.text("answer")?;
    let context = context(row)?;
    let requests: Vec<Request<'_>> = attempts
        .iter()
        .map(|attempt| Request::new(&attempt.text, reference).with_context(&context))
        .collect();
    let verdicts = grader.grade_many(&requests)?;
    let attempts: Vec<Attempt> = attempts
        .iter()
        .zip(verdicts)
        .map(|(attempt, graded)| judged(attempt, graded))
        .collect();
    let outcome = Outcome {
        solved: attempts
            .last()
            .is_some_and(|attempt| attempt.verdict == Verdict::Correct),
        answered: attempts.iter().any(|attempt| attempt.answer.is_some()),
    };
    let mut row = row.clone();
    row.set("attempts", attempts);
    row.set("correct", outcome.solved);
    row.set("grader", name.to_owned());
    row.set("reward", rewards.of(outcome));
    Ok(row)
}

fn attempts(row: &Row) -> Result<&[Attempt], FieldError> {
    match row.attempts("attempts")? {
        [] => Err(row.fail("attempts", "expected at least one attempt, found none")),
        attempts => Ok(attempts),
    }
}

/// What an external grader is told beside the response and the reference.
fn context(row: &Row) -> Result<Vec<(&'static str, &str)>, FieldError> {
    let mut context = Vec::new();
    for field in ["question", "question_id", "source"] {
        if let Some(text) = row.optional_text(field)? {
            context.push((field, text));
        }
    }
    Ok(context)
}

/// The attempt with its new verdict. An attempt that was cut off before an answer is truncated, whatever a grader says.
fn judged(attempt: &Attempt, graded: Graded) -> Attempt {
    let verdict = match graded.verdict {
        Judgement::Correct => Verdict::Correct,
        Judgement::Wrong => Verdict::Wrong,
        Judgement::BadReference => Verdict::BadReference,
        Judgement::NoAnswer if attempt.stop == AttemptStop::Length => Verdict::Truncated,
        Judgement::NoAnswer => Verdict::NoAnswer,
    };
    Attempt {
        answer: graded.answer,
        verdict,
        ..attempt.clone()
    }
}
