//! Questions that other files name, to be left out or told apart: by `question_id`, by `source` and `row`, or by text.
//!
//! Knows nothing about why they are named.

use std::collections::HashSet;
use std::path::Path;

use records::{FieldError, Row};
use tables::TableError;

/// What files name: ids, and texts with white space squeezed.
#[derive(Debug, Default)]
pub struct Named {
    ids: HashSet<String>,
    texts: HashSet<String>,
}

impl Named {
    /// Everything that the files name.
    pub fn read<P: AsRef<Path>>(files: &[P]) -> Result<Self, TableError> {
        let mut named = Self::default();
        for file in files {
            for row in tables::open_data(file.as_ref(), None)? {
                named.add(&row?)?;
            }
        }
        Ok(named)
    }

    /// Whether a question is named by its id or its text.
    pub fn contains(&self, question_id: &str, question: &str) -> bool {
        self.ids.contains(question_id)
            || !self.texts.is_empty() && self.texts.contains(&squeeze(question))
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
}

/// A text with every run of white space as one blank: the form in which texts are compared.
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    #[test]
    fn questions_are_named_in_three_ways() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("named.jsonl");
        let rows = "{\"source\":\"s\",\"row\":3,\"question\":\"not by text\"}\n{\"question_id\":\"s/7\"}\n{\"problem\":\"What is\\n 1?\"}\n";
        fs_err::write(&path, rows).unwrap();
        let named = Named::read(&[path]).unwrap();
        for (id, text) in [("s/3", ""), ("s/7", ""), ("s/9", " What  is 1?")] {
            assert!(named.contains(id, text), "{id} {text}");
        }
        assert!(!named.contains("s/30", "not by text"));
        assert!(!Named::default().contains("", ""));
    }
}
