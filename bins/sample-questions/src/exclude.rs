//! Leaves out the questions that other files name.

use std::path::PathBuf;

use anyhow::Result;
use exclusions::Named;
use tracing::info;

use crate::load::Question;

/// The questions that no file names.
pub fn apply(questions: Vec<Question>, files: &[PathBuf]) -> Result<Vec<Question>> {
    if files.is_empty() {
        return Ok(questions);
    }
    let named = Named::read(files)?;
    let before = questions.len();
    let (excluded, kept): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| named.contains(&question.question_id, &question.question));
    info!(excluded = excluded.len(), of = before, "questions excluded");
    Ok(kept)
}
