//! One backend's batch: dialogues join as slots are free, are fed, drawn from, graded, and leave.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use crate::backend::{Backend, Feed, Outcome};
use crate::environment::Environment;
use crate::error::GenerationError;
use crate::play::{Move, Play};
use crate::pool::{Counters, Deliver};
use crate::queue::Queue;
use crate::sampler::Drawn;
use crate::scheduler::{Chunk, Ready, Scheduler};
use crate::task::{Job, Played};
use crate::verdicts::{Asked, Verdict};

/// Tokens of prompts and feedback fed in one step; the rest waits, so that sequences that are decoded need not.
const PREFILL: usize = 16_384;

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
    scheduler: Scheduler,
    slots: Vec<Slot>,
    verdicts: (Sender<Verdict>, Receiver<Verdict>),
}

/// A slot of the backend's cache.
#[derive(Default)]
enum Slot {
    #[default]
    Free,
    Decoding(u64, Box<Play>),
    /// Waits for a verdict; its keys and values stay where nobody needs the room.
    AwaitingVerdict(u64, Box<Play>),
}

impl Worker {
    pub fn new(shared: Shared, backend: Box<dyn Backend>) -> Self {
        let slots = std::iter::repeat_with(Slot::default)
            .take(backend.slots())
            .collect();
        Self {
            shared,
            scheduler: Scheduler::new(backend.slots(), PREFILL),
            backend,
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
            self.scheduler.admit(slot);
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

    /// One token for every dialogue that can go on, as far as there is room.
    fn step(&mut self) -> Result<(), GenerationError> {
        let ready: Vec<Ready<'_>> = ready(&self.slots).collect();
        let chunks = self.scheduler.plan(&ready, &mut *self.backend);
        let feeds: Vec<Feed<'_>> = chunks
            .iter()
            .filter_map(|chunk| feed(&self.slots, chunk))
            .collect();
        if feeds.is_empty() {
            return self.wait_for_room();
        }
        let outcomes = self.backend.step(&feeds)?;
        let fed: usize = feeds.iter().map(|feed| feed.tokens.len()).sum();
        let drawn = outcomes.iter().filter(|outcome| **outcome != Outcome::Fed);
        let counters = &self.shared.counters;
        counters.fed.fetch_add(fed as u64, Ordering::Relaxed);
        counters
            .sampled
            .fetch_add(drawn.count() as u64, Ordering::Relaxed);
        for (chunk, outcome) in chunks.iter().zip(outcomes) {
            match outcome {
                Outcome::Fed => {}
                Outcome::Drawn(drawn) => self.drawn(chunk.slot, drawn)?,
                Outcome::NotFinite => return Err(self.not_finite(chunk.slot)),
            }
        }
        Ok(())
    }

    /// All that could go on need blocks of dialogues that wait for verdicts: one of these comes first.
    fn wait_for_room(&mut self) -> Result<(), GenerationError> {
        match self.verdicts.1.recv_timeout(Duration::from_millis(50)) {
            Ok((slot, graded)) => self.graded(slot, graded?),
            Err(_) => Ok(()),
        }
    }

    fn drawn(&mut self, slot: usize, drawn: Drawn) -> Result<(), GenerationError> {
        if let Slot::Decoding(index, mut play) = std::mem::take(&mut self.slots[slot]) {
            let next = play.sampled(&self.shared.environment, drawn)?;
            self.place(slot, index, play, next);
        }
        Ok(())
    }

    fn not_finite(&self, slot: usize) -> GenerationError {
        match &self.slots[slot] {
            Slot::Decoding(_, play) => GenerationError::NotFinite {
                dialogue: play.dialogue_id().to_owned(),
                position: play.tokens().len(),
            },
            _ => GenerationError::Worker,
        }
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
                self.scheduler.leave(slot, &mut *self.backend);
                (self.shared.deliver)(Ok(Played {
                    index,
                    finished: play.finish(),
                }));
                Slot::Free
            }
        };
    }
}

/// The dialogues that can go on.
fn ready(slots: &[Slot]) -> impl Iterator<Item = Ready<'_>> {
    slots
        .iter()
        .enumerate()
        .filter_map(|(slot, state)| match state {
            Slot::Decoding(_, play) => Some(Ready {
                slot,
                tokens: play.tokens(),
            }),
            _ => None,
        })
}

/// A chunk with its tokens; the one that ends a sequence draws.
fn feed<'a>(slots: &'a [Slot], chunk: &Chunk) -> Option<Feed<'a>> {
    let Slot::Decoding(_, play) = &slots[chunk.slot] else {
        return None;
    };
    let tokens = play.tokens();
    Some(Feed {
        slot: chunk.slot,
        tokens: &tokens[chunk.start..chunk.end],
        draw: (chunk.end == tokens.len()).then(|| play.uniform()),
    })
}
