//! Which dialogues are trained on at all.

use std::collections::BTreeMap;

use anyhow::Result;
use records::{FieldError, Row, Verdict};
use tracing::warn;

use crate::plan::Plan;
use crate::summary::Summary;

/// The rows that remain, in order; counts what goes.
pub fn trainable(rows: Vec<Row>, plan: &Plan, summary: &mut Summary) -> Result<Vec<Row>> {
    let rows = if plan.exclude_bad_reference {
        without_bad_references(rows, summary)?
    } else {
        rows
    };
    if plan.drop_uniform && !rows.is_empty() {
        without_uniform(rows, summary)
    } else {
        Ok(rows)
    }
}

/// A question whose reference cannot be read says nothing about right and wrong.
pub fn has_bad_reference(row: &Row) -> Result<bool, FieldError> {
    if !row.has("attempts") {
        return Ok(false);
    }
    let mut attempts = row.attempts("attempts")?.iter();
    Ok(attempts.any(|attempt| attempt.verdict == Verdict::BadReference))
}

fn without_bad_references(rows: Vec<Row>, summary: &mut Summary) -> Result<Vec<Row>> {
    let before = rows.len();
    let mut kept = Vec::with_capacity(before);
    for row in rows {
        if !has_bad_reference(&row)? {
            kept.push(row);
        }
    }
    summary.bad_references = (before - kept.len()) as u64;
    Ok(kept)
}

/// Right and total samples of each question.
type Tally<'a> = BTreeMap<&'a str, (usize, usize)>;

fn without_uniform(rows: Vec<Row>, summary: &mut Summary) -> Result<Vec<Row>> {
    let mut tally = Tally::new();
    for row in &rows {
        let (right, total) = tally.entry(row.text("question_id")?).or_default();
        *right += usize::from(row.bool("correct")?);
        *total += 1;
    }
    let uniform = |&(right, total): &(usize, usize)| total > 1 && (right == 0 || right == total);
    let dropped = tally.values().filter(|counts| uniform(counts)).count();
    if dropped == tally.len() {
        warn!(
            questions = dropped,
            "every question is all right or all wrong: keeping all of them"
        );
        return Ok(rows);
    }
    let mut keep = Vec::with_capacity(rows.len());
    for row in &rows {
        keep.push(!tally.get(row.text("question_id")?).is_some_and(uniform));
    }
    summary.uniform_questions = dropped as u64;
    let pairs = rows.into_iter().zip(keep);
    Ok(pairs
        .filter_map(|(row, keep)| keep.then_some(row))
        .collect())
}
