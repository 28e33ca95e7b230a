//! Rewards of dialogues, by the verdicts in the rows or by new ones.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use attempts::{RewardRules, answered, solved};
use grading::{Grader, Request, boxed_answer};
use rayon::prelude::*;
use records::{Attempt, AttemptStop, FieldError, Row, StopReason, Verdict};

/// Rows that one core takes at a time. The attempts of a row go to an external grader together.
const CHUNK: usize = 16;

/// Who judges, and what is paid.
pub struct Paymaster {
    pub rewards: RewardRules,
    pub verdicts: Verdicts,
    /// Tells repeated answers; needed where they cost something.
    pub repeats: Option<Arc<dyn Grader>>,
    pub changed: Changed,
}

/// Where verdicts come from.
pub enum Verdicts {
    /// The rows, which must have been judged by the grader of this name, if there is one.
    Recorded(Option<String>),
    Again(Arc<dyn Grader>),
}

/// Verdicts that judging again has changed.
#[derive(Default)]
pub struct Changed {
    attempts: AtomicU64,
    changed: AtomicU64,
}

impl Changed {
    /// One line for a person.
    pub fn line(&self) -> String {
        let (changed, all) = (
            self.changed.load(Ordering::Relaxed),
            self.attempts.load(Ordering::Relaxed),
        );
        let share = 100.0 * changed as f64 / all.max(1) as f64;
        format!("{changed} of {all} verdicts changed ({share:.2} %)")
    }
}

impl Paymaster {
    /// The rows with `correct` and `reward`, and with new verdicts where they are judged again.
    pub fn pay(&self, rows: Vec<Row>) -> Result<Vec<Row>> {
        let paid: Vec<Result<Vec<Row>>> = rows
            .into_par_iter()
            .chunks(CHUNK)
            .map(|rows| rows.into_iter().map(|row| self.paid(row)).collect())
            .collect();
        let mut all = Vec::new();
        for rows in paid {
            all.extend(rows?);
        }
        Ok(all)
    }

    fn paid(&self, mut row: Row) -> Result<Row> {
        let mut attempts = attempts(&row)?.to_vec();
        match &self.verdicts {
            Verdicts::Recorded(expected) => check_grader(&row, expected.as_deref())?,
            Verdicts::Again(grader) => {
                self.judge_again(&row, &mut attempts, grader.as_ref())?;
                if row.has("stop_reason") {
                    let reason = stop_reason(&row, &attempts)?;
                    row.set("stop_reason", reason.as_str());
                }
                row.set("grader", grader.name());
            }
        }
        let paid = self.rewards.pay(&attempts, &self.repeated(&attempts)?);
        for (attempt, reward) in attempts.iter_mut().zip(paid.attempts) {
            attempt.reward = reward;
        }
        row.set("correct", solved(&attempts));
        row.set("attempts", attempts);
        row.set("reward", paid.reward);
        Ok(row)
    }

    /// New verdicts on all attempts that ended; one that was cut off stays so.
    fn judge_again(&self, row: &Row, attempts: &mut [Attempt], grader: &dyn Grader) -> Result<()> {
        let reference = row.text("answer")?;
        let context = context(row)?;
        let ended = |attempt: &Attempt| attempt.stop != AttemptStop::Length;
        let requests: Vec<Request<'_>> = attempts
            .iter()
            .filter(|attempt| ended(attempt))
            .map(|attempt| Request::new(&attempt.text, reference).with_context(&context))
            .collect();
        let mut graded = grader.grade_many(&requests)?.into_iter();
        for attempt in attempts {
            let (verdict, answer) = if ended(attempt) {
                let graded = graded.next();
                graded.map_or((attempt.verdict, attempt.answer.clone()), |graded| {
                    (graded.verdict, graded.answer)
                })
            } else {
                (Verdict::Truncated, boxed_answer(&attempt.text, reference))
            };
            let changed = u64::from(verdict != attempt.verdict);
            self.changed.changed.fetch_add(changed, Ordering::Relaxed);
            self.changed.attempts.fetch_add(1, Ordering::Relaxed);
            (attempt.verdict, attempt.answer) = (verdict, answer);
        }
        Ok(())
    }

    /// For each attempt, whether its answer equals that of an earlier one.
    fn repeated(&self, attempts: &[Attempt]) -> Result<Vec<bool>> {
        let Some(grader) = &self.repeats else {
            return Ok(vec![false; attempts.len()]);
        };
        let answers: Vec<Option<&str>> = attempts
            .iter()
            .map(|attempt| attempt.answer.as_deref().filter(|_| answered(attempt)))
            .collect();
        let mut repeated = Vec::with_capacity(attempts.len());
        for (index, answer) in answers.iter().enumerate() {
            let Some(answer) = answer else {
                repeated.push(false);
                continue;
            };
            let mut found = false;
            for earlier in answers[..index].iter().flatten() {
                found = found || answer == earlier || grader.repeats(answer, earlier)?;
            }
            repeated.push(found);
        }
        Ok(repeated)
    }
}

fn attempts(row: &Row) -> Result<&[Attempt], FieldError> {
    match row.attempts("attempts")? {
        [] => Err(row.fail("attempts", "expected at least one attempt, found none")),
        attempts => Ok(attempts),
    }
}

/// Rows that another grader has judged are not paid as if this one had.
fn check_grader(row: &Row, expected: Option<&str>) -> Result<(), FieldError> {
    if !row.has("grader") {
        let message = "missing: nobody says who gave the verdicts; `grade --again` judges anew";
        return Err(row.fail("grader", message));
    }
    let found = row.text("grader")?;
    match expected {
        Some(expected) if expected != found => Err(row.fail(
            "grader",
            format!(
                "the dialogue was judged by `{found}`, the settings ask for `{expected}`; --again judges anew"
            ),
        )),
        _ => Ok(()),
    }
}

/// What an external grader is told beside the response and the reference.
fn context(row: &Row) -> Result<Vec<(&'static str, &str)>, FieldError> {
    let mut context = Vec::new();
    for field in ["question", "question_id", "dialogue_id", "source"] {
        if let Some(text) = row.optional_text(field)? {
            context.push((field, text));
        }
    }
    Ok(context)
}

/// A dialogue is solved exactly if its last attempt is right; one that new verdicts unsolve was played to where the
/// earlier ones ended it.
fn stop_reason(row: &Row, attempts: &[Attempt]) -> Result<StopReason, FieldError> {
    let recorded = row.word::<StopReason>("stop_reason")?;
    Ok(match recorded {
        _ if solved(attempts) => StopReason::Solved,
        StopReason::Solved => StopReason::Exhausted,
        other => other,
    })
}
