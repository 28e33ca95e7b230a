//! Graded dialogues, reduced to what accuracy needs, by model, benchmark and question.
//!
//! Knows nothing about statistics.

use std::path::PathBuf;

use anyhow::Result;
use exclusions::Named;
use indexmap::{IndexMap, IndexSet};
use records::{FieldError, Row, Verdict};
use tables::TableError;

/// A file of graded records.
pub struct Input {
    pub path: PathBuf,
    pub format: Option<tables::Format>,
    /// A name for its model instead of the recorded one.
    pub label: Option<String>,
}

/// How one dialogue ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    pub correct: bool,
    pub attempts_used: i32,
    pub policy_tokens: usize,
    /// The token budget ended it.
    pub truncated: bool,
    /// What its attempts add to the statistics.
    pub counts: measures::Dialogue,
}

/// One cell of the evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cell {
    pub model: String,
    pub source: String,
    pub attempts_allowed: i32,
}

/// Outcomes of a cell by question, in order of appearance.
pub type Questions = IndexMap<String, Vec<Outcome>>;

/// Everything that was read.
#[derive(Debug, Default)]
pub struct Outcomes {
    /// In order of appearance of model and source, attempts ascending.
    pub cells: IndexMap<Cell, Questions>,
    /// Dialogues whose reference answer cannot be read.
    pub left_out: u64,
    /// Ids of the questions to tell accuracy without; none where nobody asked for it.
    pub excluded: Option<IndexSet<String>>,
}

/// A row's model: its name, and the weights behind the name.
type Identity = (String, String);

impl Outcomes {
    /// Reads all inputs; no dialogue at all is an error. Questions that are `named` are remembered.
    pub fn read(inputs: &[Input], named: Option<&Named>) -> Result<Outcomes> {
        let mut by_identity: IndexMap<(Identity, String, i32), Questions> = IndexMap::new();
        let mut left_out = 0;
        let mut excluded = named.map(|_| IndexSet::new());
        for input in inputs {
            for row in tables::open(&input.path, input.format)?.not_empty() {
                let row = row?;
                if unreadable(&row)? {
                    left_out += 1;
                    continue;
                }
                let (key, question) = place(&row, input)?;
                if let (Some(named), Some(excluded)) = (named, &mut excluded)
                    && named.contains(
                        &question,
                        row.optional_text("question")?.unwrap_or_default(),
                    )
                {
                    excluded.insert(question.clone());
                }
                let questions = by_identity.entry(key).or_default();
                questions.entry(question).or_default().push(outcome(&row)?);
            }
        }
        if by_identity.is_empty() {
            let name = inputs
                .first()
                .map_or(String::new(), |input| input.path.display().to_string());
            return Err(TableError::Empty { name }.into());
        }
        Ok(Outcomes {
            cells: cells(by_identity),
            left_out,
            excluded,
        })
    }

    /// The same less the excluded questions; a cell that holds no other is gone.
    pub fn without(&self, excluded: &IndexSet<String>) -> Outcomes {
        let cells = self.cells.iter().map(|(cell, questions)| {
            let kept = questions.iter().filter(|(id, _)| !excluded.contains(*id));
            let kept: Questions = kept.map(|(id, of)| (id.clone(), of.clone())).collect();
            (cell.clone(), kept)
        });
        Outcomes {
            cells: cells
                .filter(|(_, questions)| !questions.is_empty())
                .collect(),
            left_out: self.left_out,
            excluded: None,
        }
    }
}

fn unreadable(row: &Row) -> Result<bool, FieldError> {
    let attempts = row.attempts("attempts")?;
    Ok(attempts
        .iter()
        .any(|attempt| attempt.verdict == Verdict::BadReference))
}

fn place(row: &Row, input: &Input) -> Result<((Identity, String, i32), String), FieldError> {
    let identity = match &input.label {
        Some(label) => (label.clone(), String::new()),
        None => {
            let weights = row.optional_text("model_sha256")?.unwrap_or_default();
            (row.text("model")?.to_owned(), weights.to_owned())
        }
    };
    let allowed = row.int32("attempts_allowed")?;
    if allowed < 1 {
        return Err(row.fail(
            "attempts_allowed",
            format!("expected at least 1, found {allowed}"),
        ));
    }
    let key = (identity, row.text("source")?.to_owned(), allowed);
    Ok((key, row.text("question_id")?.to_owned()))
}

fn outcome(row: &Row) -> Result<Outcome, FieldError> {
    let mask = row.bools("loss_mask")?;
    Ok(Outcome {
        correct: row.bool("correct")?,
        attempts_used: row.int32("attempts_used")?,
        policy_tokens: mask.iter().filter(|sampled| **sampled).count(),
        truncated: row.text("stop_reason")? == "length",
        counts: measures::Dialogue::of(row.attempts("attempts")?),
    })
}

/// Sorts the cells and gives every model one name: the recorded one, with the first digits of the
/// weights' hash where other weights have the same name.
fn cells(cells: IndexMap<(Identity, String, i32), Questions>) -> IndexMap<Cell, Questions> {
    let (mut models, mut sources) = (Vec::new(), Vec::new());
    for (identity, source, _) in cells.keys() {
        remember(&mut models, identity);
        remember(&mut sources, source);
    }
    let name = |(name, weights): &Identity| {
        let shared = models.iter().filter(|(other, _)| other == name).count() > 1;
        let digits: String = weights.chars().take(8).collect();
        if shared {
            format!("{name} ({digits})")
        } else {
            name.clone()
        }
    };
    let order = |(identity, source, allowed): &(Identity, String, i32)| {
        let at = |place: Option<usize>| place.unwrap_or(usize::MAX);
        let model = at(models.iter().position(|known| known == identity));
        (
            model,
            at(sources.iter().position(|known| known == source)),
            *allowed,
        )
    };
    let mut cells: Vec<_> = cells.into_iter().collect();
    cells.sort_by_key(|(key, _)| order(key));
    let cell = |((identity, source, attempts_allowed), questions)| {
        (
            Cell {
                model: name(&identity),
                source,
                attempts_allowed,
            },
            questions,
        )
    };
    cells.into_iter().map(cell).collect()
}

fn remember<T: PartialEq + Clone>(known: &mut Vec<T>, value: &T) {
    if !known.contains(value) {
        known.push(value.clone());
    }
}
