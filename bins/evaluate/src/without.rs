//! Accuracy without questions that files name, such as those that overlap with the training set.
//!
//! Knows nothing about why they are named.

use indexmap::IndexSet;
use serde::Serialize;

use crate::outcomes::Outcomes;
use crate::summary::{CellResult, MeanResult, distinct, means, results};

/// The same dialogues less those about excluded questions.
#[derive(Debug, Serialize)]
pub struct Without {
    /// Every benchmark.
    pub excluded: Vec<ExcludedFrom>,
    pub results: Vec<CellResult>,
    pub means: Vec<MeanResult>,
}

/// How many of a benchmark's questions are excluded.
#[derive(Debug, Serialize)]
pub struct ExcludedFrom {
    pub source: String,
    pub questions: usize,
    pub of: usize,
}

impl Without {
    /// None where nobody asked for it.
    pub fn of(outcomes: &Outcomes) -> Option<Without> {
        let excluded = outcomes.excluded.as_ref()?;
        let results = results(&outcomes.without(excluded));
        let models = distinct(results.iter().map(|result| &result.model));
        Some(Without {
            excluded: by_source(outcomes, excluded),
            means: means(&models, &results),
            results,
        })
    }

    /// Whether a benchmark lost questions.
    pub fn changed(&self, source: &str) -> bool {
        let mut lost = self.excluded.iter().filter(|from| from.questions > 0);
        lost.any(|from| from.source == source)
    }
}

fn by_source(outcomes: &Outcomes, excluded: &IndexSet<String>) -> Vec<ExcludedFrom> {
    let sources = distinct(outcomes.cells.keys().map(|cell| &cell.source));
    let of_source = |source: String| {
        let cells = outcomes.cells.iter();
        let cells = cells.filter(|(cell, _)| cell.source == source);
        let all: IndexSet<&String> = cells.flat_map(|(_, questions)| questions.keys()).collect();
        let questions = all.iter().filter(|id| excluded.contains(**id)).count();
        let of = all.len();
        ExcludedFrom {
            source,
            questions,
            of,
        }
    };
    sources.into_iter().map(of_source).collect()
}
