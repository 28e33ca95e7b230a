//! The CPU engine, exact in any batch.

use std::sync::{Mutex, PoisonError};

use blocks::Tables;
use native::{Engine, Threads};

use crate::backend::{Backend, BackendError, Feed, Outcome};
use crate::sampler::Sampler;

/// The native engine with its sampler.
pub struct NativeBackend {
    engine: Engine,
    threads: Threads,
    sampler: Sampler,
    /// Samplers that wait for a thread; there are never more than threads.
    spare: Mutex<Vec<Sampler>>,
}

impl NativeBackend {
    pub fn new(engine: Engine, sampler: Sampler) -> Self {
        Self {
            threads: engine.threads().clone(),
            engine,
            sampler,
            spare: Mutex::default(),
        }
    }
}

impl Backend for NativeBackend {
    fn slots(&self) -> usize {
        self.engine.slots()
    }

    fn tables(&mut self) -> Option<&mut Tables> {
        Some(self.engine.tables())
    }

    fn step(&mut self, feeds: &[Feed<'_>]) -> Result<Vec<Outcome>, BackendError> {
        let chunks: Vec<(usize, &[i32])> =
            feeds.iter().map(|feed| (feed.slot, feed.tokens)).collect();
        let logits = self.engine.extend(&chunks)?;
        let width = logits.len() / feeds.len().max(1);
        let outcomes = Mutex::new(vec![Outcome::Fed; feeds.len()]);
        // A draw is a function of its row alone, so rows may be divided over the threads that multiplied them.
        self.threads.divide(feeds.len(), 1, |rows| {
            let spare = || self.spare.lock().unwrap_or_else(PoisonError::into_inner);
            let taken = spare().pop();
            let mut sampler = taken.unwrap_or_else(|| self.sampler.fresh());
            let draw = |row: usize| {
                let uniform = feeds[row].draw?;
                let logits = &logits[row * width..(row + 1) * width];
                Some((row, Outcome::from(sampler.draw(logits, uniform))))
            };
            let drawn: Vec<(usize, Outcome)> = rows.filter_map(draw).collect();
            spare().push(sampler);
            let mut outcomes = outcomes.lock().unwrap_or_else(PoisonError::into_inner);
            for (row, outcome) in drawn {
                outcomes[row] = outcome;
            }
        });
        Ok(outcomes
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    }

    fn release(&mut self, slot: usize) {
        self.engine.release(slot);
    }
}
