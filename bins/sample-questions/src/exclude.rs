//! Questions to leave out, named by another file.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use records::{FieldError, Row};
use tracing::info;

use crate::load::{Question, squeeze};

/// The questions that no file names.
pub fn apply(questions: Vec<Question>, files: &[PathBuf]) -> Result<Vec<Question>> {
    if files.is_empty() {
        return Ok(questions);
    }
    let mut named = Named::default();
    files.iter().try_for_each(|file| named.read(file))?;
    let before = questions.len();
    let (excluded, kept): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| named.contains(question));
    info!(excluded = excluded.len(), of = before, "questions excluded");
    Ok(kept)
}

/// What the files name: ids, and texts with white space squeezed.
#[derive(Default)]
struct Named {
    ids: HashSet<String>,
    texts: HashSet<String>,
}

impl Named {
    fn read(&mut self, file: &Path) -> Result<()> {
        for row in tables::open_data(file, None)? {
            self.add(&row?)?;
        }
        Ok(())
    }

    /// The most exact name that a row gives.
    fn add(&mut self, row: &Row) -> Result<(), FieldError> {
        if row.has("question_id") {
            self.ids.insert(row.to_text("question_id")?);
        } else if row.has("source") && row.has("row") {
            let id = format!("{}/{}", row.to_text("source")?, row.to_text("row")?);
            self.ids.insert(id);
        } else if row.has("question") {
            self.texts.insert(squeeze(row.text("question")?));
        } else if row.has("problem") {
            self.texts.insert(squeeze(row.text("problem")?));
        } else {
            let expected = "missing, expected it or source and row, question or problem";
            return Err(row.fail("question_id", expected));
        }
        Ok(())
    }

    fn contains(&self, question: &Question) -> bool {
        self.ids.contains(&question.question_id)
            || !self.texts.is_empty() && self.texts.contains(&squeeze(&question.question))
    }
}
