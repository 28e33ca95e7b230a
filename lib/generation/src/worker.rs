//! One backend's batch: dialogues join as slots are free, are fed, drawn from, graded, and leave.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::backend::Backend;
use crate::environment::Environment;
use crate::error::GenerationError;
use crate::play::{Move, Play};
use crate::pool::{Counters, Deliver};
use crate::queue::Queue;
use crate::sampler::Sampler;
use crate::task::{Job, Played};
use crate::verdicts::{Asked, Verdict};

/// Tokens fed in one pass beyond which prompts wait for the next one: bounds the memory of activations.
const PASS: usize = 16_384;

/// What a worker shares with the others.
pub(crate) struct Shared {
    pub environment: Arc<Environment>,
    pub queue: Arc<Queue<Job>>,
    pub counters: Arc<Counters>,
    /// Where attempts wait for their verdicts.
    pub attempts: Sender<Asked>,
    pub deliver: Deliver,
}

pub(crate) struct Worker {
    shared: Shared,
    backend: Box<dyn Backend>,
    sampler: Sampler,
    slots: Vec<Slot>,
    verdicts: (Sender<Verdict>, Receiver<Verdict>),
}

/// A slot of the backend's cache.
#[derive(Default)]
enum Slot {
    #[default]
    Free,
    Decoding(u64, Box<Play>),
    /// Waits for a verdict; its cache stays.
    AwaitingVerdict(u64, Box<Play>),
}

impl Worker {
    pub fn new(shared: Shared, backend: Box<dyn Backend>, sampler: Sampler) -> Self {
        let slots = std::iter::repeat_with(Slot::default)
            .take(backend.slots())
            .collect();
        Self {
            shared,
            backend,
            sampler,
            slots,
            verdicts: channel(),
        }
    }

    /// Plays until the queue is closed and empty, or stopped.
    pub fn run(mut self) -> Result<(), GenerationError> {
        while self.admit() {
            if !self.collect_verdicts()? {
                return Ok(());
            }
            self.step()?;
        }
        Ok(())
    }

    /// Fills free slots. False when there is nothing to play and nothing will come.
    fn admit(&mut self) -> bool {
        if self.shared.queue.is_stopped() {
            return false;
        }
        let free: Vec<usize> = (0..self.slots.len())
            .filter(|slot| matches!(self.slots[*slot], Slot::Free))
            .collect();
        let idle = free.len() == self.slots.len();
        if free.is_empty() {
            return true;
        }
        let Some(jobs) = self.shared.queue.take(free.len(), idle) else {
            return !idle;
        };
        for (slot, job) in free.into_iter().zip(jobs) {
            let play = Play::new(&self.shared.environment, job.task);
            self.slots[slot] = Slot::Decoding(job.index, Box::new(play));
        }
        true
    }

    /// Takes the verdicts that have come; waits for one where there is nothing else to do. False when work was stopped.
    fn collect_verdicts(&mut self) -> Result<bool, GenerationError> {
        while let Ok((slot, graded)) = self.verdicts.1.try_recv() {
            self.graded(slot, graded?)?;
        }
        while self.nothing_but_waiting() {
            match self.verdicts.1.recv_timeout(Duration::from_millis(50)) {
                Ok((slot, graded)) => self.graded(slot, graded?)?,
                Err(RecvTimeoutError::Timeout) if self.shared.queue.is_stopped() => {
                    return Ok(false);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
            }
        }
        Ok(true)
    }

    fn nothing_but_waiting(&self) -> bool {
        let waiting = self
            .slots
            .iter()
            .any(|slot| matches!(slot, Slot::AwaitingVerdict(..)));
        waiting
            && !self
                .slots
                .iter()
                .any(|slot| matches!(slot, Slot::Decoding(..)))
    }

    fn graded(&mut self, slot: usize, graded: grading::Graded) -> Result<(), GenerationError> {
        if let Slot::AwaitingVerdict(index, mut play) = std::mem::take(&mut self.slots[slot]) {
            let next = play.graded(&self.shared.environment, graded)?;
            self.place(slot, index, play, next);
        }
        Ok(())
    }

    /// One token for every dialogue that can go on; whole prompts and feedback apart from single tokens, so that no
    /// backend pads the one to the length of the other.
    fn step(&mut self) -> Result<(), GenerationError> {
        let (mut single, mut several) = (Vec::new(), Vec::new());
        for (slot, state) in self.slots.iter().enumerate() {
            if let Slot::Decoding(_, play) = state {
                let group = if play.pending().len() == 1 {
                    &mut single
                } else {
                    &mut several
                };
                group.push((slot, play.pending().len()));
            }
        }
        for pass in passes(several).into_iter().chain(passes(single)) {
            self.pass(&pass)?;
        }
        Ok(())
    }

    fn pass(&mut self, slots: &[usize]) -> Result<(), GenerationError> {
        let chunk = |slot: &usize| match &self.slots[*slot] {
            Slot::Decoding(_, play) => (*slot, play.pending()),
            _ => (*slot, &[][..]),
        };
        let chunks: Vec<(usize, &[i32])> = slots.iter().map(chunk).collect();
        let fed: usize = chunks.iter().map(|(_, tokens)| tokens.len()).sum();
        let logits = self.backend.extend(&chunks)?;
        let width = logits.len() / slots.len().max(1);
        let mut moves = Vec::with_capacity(slots.len());
        for (slot, logits) in slots.iter().zip(logits.chunks_exact(width)) {
            if let Slot::Decoding(index, mut play) = std::mem::take(&mut self.slots[*slot]) {
                let not_finite = || GenerationError::NotFinite {
                    dialogue: play.dialogue_id().to_owned(),
                    position: play.position(),
                };
                let drawn = self
                    .sampler
                    .draw(logits, play.uniform())
                    .ok_or_else(not_finite)?;
                let next = play.sampled(&self.shared.environment, drawn)?;
                moves.push((*slot, index, play, next));
            }
        }
        let counters = &self.shared.counters;
        counters.fed.fetch_add(fed as u64, Ordering::Relaxed);
        counters
            .sampled
            .fetch_add(moves.len() as u64, Ordering::Relaxed);
        for (slot, index, play, next) in moves {
            self.place(slot, index, play, next);
        }
        Ok(())
    }

    /// Puts a dialogue where its next move happens.
    fn place(&mut self, slot: usize, index: u64, play: Box<Play>, next: Move) {
        self.slots[slot] = match next {
            Move::Sample => Slot::Decoding(index, play),
            Move::Grade(query) => {
                let reply = self.verdicts.0.clone();
                // A grader thread that has ended has sent its error to a worker, which stops the run.
                let _ = self.shared.attempts.send(Asked { query, slot, reply });
                Slot::AwaitingVerdict(index, play)
            }
            Move::Done => {
                self.backend.release(slot);
                (self.shared.deliver)(Ok(Played {
                    index,
                    finished: play.finish(),
                }));
                Slot::Free
            }
        };
    }
}

/// Slots in passes of at most [`PASS`] tokens, at least one slot each.
fn passes(slots: Vec<(usize, usize)>) -> Vec<Vec<usize>> {
    let mut passes: Vec<Vec<usize>> = Vec::new();
    let mut room = 0;
    for (slot, tokens) in slots {
        match passes.last_mut() {
            Some(pass) if tokens <= room => {
                pass.push(slot);
                room -= tokens;
            }
            _ => {
                passes.push(vec![slot]);
                room = PASS.saturating_sub(tokens);
            }
        }
    }
    passes
}
