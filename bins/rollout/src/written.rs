//! Rows in the order of the input, completed by dialogues that finish in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use generation::Finished;
use records::{FieldError, Row};
use tables::Writer;

use crate::feed::{Arrival, Window};
use crate::policy::Policy;
use crate::summary::Summary;

/// What every row says about who made it.
pub struct WrittenBy<'a> {
    pub policy: &'a Policy,
    /// Name and settings of the grader.
    pub grader: String,
}

/// Holds what cannot be written yet.
pub struct Ordered<'a> {
    writer: Writer,
    by: WrittenBy<'a>,
    window: Arc<Window>,
    waiting: BTreeMap<u64, Waiting>,
    next: u64,
    summary: Summary,
}

#[derive(Default)]
struct Waiting {
    row: Option<(Row, String)>,
    finished: Option<Finished>,
}

impl<'a> Ordered<'a> {
    pub fn new(writer: Writer, by: WrittenBy<'a>, window: Arc<Window>) -> Self {
        Self {
            writer,
            by,
            window,
            waiting: BTreeMap::new(),
            next: 0,
            summary: Summary::default(),
        }
    }

    /// Takes a row that was read.
    pub fn arrived(&mut self, arrival: Arrival) -> Result<()> {
        let waiting = self.waiting.entry(arrival.index).or_default();
        waiting.row = Some((arrival.row, arrival.dialogue_id));
        waiting.finished = arrival.finished;
        self.write_ready()
    }

    /// Whether everything that arrived has been written.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes a dialogue that is over.
    pub fn played(&mut self, index: u64, finished: Finished) -> Result<()> {
        self.waiting.entry(index).or_default().finished = Some(finished);
        self.write_ready()
    }

    /// Completes the output.
    pub fn finish(self) -> Result<Summary> {
        self.writer.finish()?;
        Ok(self.summary)
    }

    fn write_ready(&mut self) -> Result<()> {
        while let Some(entry) = self.waiting.first_entry() {
            let ready = entry.get().row.is_some() && entry.get().finished.is_some();
            if *entry.key() != self.next || !ready {
                return Ok(());
            }
            if let Waiting {
                row: Some((mut row, id)),
                finished: Some(finished),
            } = entry.remove()
            {
                self.summary.count(&finished);
                fill(&mut row, id, &self.by, finished)?;
                self.writer.write(row)?;
            }
            self.next += 1;
            self.window.leave();
        }
        Ok(())
    }
}

fn fill(
    row: &mut Row,
    dialogue_id: String,
    by: &WrittenBy<'_>,
    finished: Finished,
) -> Result<(), FieldError> {
    let format = &by.policy.environment.format;
    let wording = format.wording(row.int64("seed")?);
    let attempts_used = finished.attempts.len() as i64;
    row.set("dialogue_id", dialogue_id);
    row.set("model", by.policy.name.clone());
    row.set("model_sha256", by.policy.sha256.clone());
    row.set("token_ids", finished.token_ids);
    row.set("prompt_length", finished.prompt_length as i64);
    row.set("loss_mask", finished.loss_mask);
    row.set("logprobs", finished.logprobs);
    row.set("attempts", finished.attempts);
    row.set("attempts_used", attempts_used);
    row.set("stop_reason", finished.stop_reason.as_str());
    row.set("feedback", wording.name.clone());
    row.set("grader", by.grader.clone());
    Ok(())
}
