//! Which sequences are fed how many tokens in the next step, and who gives way where memory is short.
//!
//! Sequences are served in the order in which they were admitted: an older one takes the blocks of the youngest where
//! none are free, and the youngest begins again later with all its tokens. The oldest can therefore always go on, as long
//! as the cache holds one sequence of the longest kind. Pure: knows nothing about dialogues or what is drawn.

use blocks::Tables;

use crate::backend::Backend;

/// The order of admission, and what of each slot's sequence has been fed.
pub struct Scheduler {
    slots: Vec<Option<Sequence>>,
    admitted: u64,
    /// Most tokens of prompts and feedback in a step; the rest of them waits for the next.
    budget: usize,
}

#[derive(Clone, Copy)]
struct Sequence {
    order: u64,
    /// Tokens whose keys and values are in the cache; `None` before it begins, and again when it has given way.
    fed: Option<usize>,
}

/// A sequence that can go on.
#[derive(Clone, Copy, Debug)]
pub struct Ready<'a> {
    pub slot: usize,
    /// All its tokens, of which the last has not been fed.
    pub tokens: &'a [i32],
}

/// What is to be fed: tokens `start .. end` of the sequence in `slot`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub slot: usize,
    pub start: usize,
    pub end: usize,
}

impl Scheduler {
    /// For `slots` slots and steps of at most `budget` tokens beside the single ones.
    pub fn new(slots: usize, budget: usize) -> Self {
        Self {
            slots: vec![None; slots],
            admitted: 0,
            budget: budget.max(1),
        }
    }

    /// A sequence has come into `slot`.
    pub fn admit(&mut self, slot: usize) {
        let order = self.admitted;
        self.admitted += 1;
        self.slots[slot] = Some(Sequence { order, fed: None });
    }

    /// The sequence in `slot` is over.
    pub fn leave(&mut self, slot: usize, backend: &mut dyn Backend) {
        let begun = self.slots[slot]
            .take()
            .is_some_and(|sequence| sequence.fed.is_some());
        if begun {
            backend.release(slot);
        }
    }

    /// The next step, as far as memory and budget reach, with its blocks taken. Empty only where all that could go on
    /// wait for blocks of sequences that are not `ready`.
    pub fn plan(&mut self, ready: &[Ready<'_>], backend: &mut dyn Backend) -> Vec<Chunk> {
        let mut ready: Vec<&Ready<'_>> = ready.iter().collect();
        ready.sort_by_key(|ready| self.order(ready.slot));
        let mut chunks = Vec::with_capacity(ready.len());
        let (mut budget, mut doors_open) = (self.budget, true);
        for &&Ready { slot, tokens } in &ready {
            let fed = match self.slots[slot].and_then(|sequence| sequence.fed) {
                Some(fed) => fed,
                // Nobody overtakes one that waits for room, or it would wait for ever.
                None if !(doors_open && self.may_begin(tokens.len(), backend)) => {
                    doors_open = false;
                    continue;
                }
                None => backend
                    .tables()
                    .map_or(0, |tables| tables.begin(slot, tokens)),
            };
            self.set_fed(slot, Some(fed));
            let rest = tokens.len() - fed;
            let count = if rest == 1 { 1 } else { rest.min(budget) };
            if count == 0 || !self.make_room(slot, count, backend) {
                continue;
            }
            if rest > 1 {
                budget -= count;
            }
            let end = fed + count;
            self.set_fed(slot, Some(end));
            chunks.push(Chunk {
                slot,
                start: fed,
                end,
            });
        }
        chunks
    }

    /// Whether there is room for a sequence of `length` tokens and one block more, or nobody who could give way for it.
    fn may_begin(&self, length: usize, backend: &mut dyn Backend) -> bool {
        let there_is_room = |tables: &mut Tables| tables.blocks_for(length) < tables.free();
        let begun = |sequence: &Sequence| sequence.fed.is_some();
        backend.tables().is_none_or(there_is_room) || !self.slots.iter().flatten().any(begun)
    }

    /// Takes blocks for `count` tokens, from the youngest sequences where none are free.
    fn make_room(&mut self, slot: usize, count: usize, backend: &mut dyn Backend) -> bool {
        let reserved = |tables: &mut Tables| tables.reserve(slot, count).is_ok();
        while !backend.tables().is_none_or(reserved) {
            let Some(youngest) = self.youngest_after(self.order(slot)) else {
                return false;
            };
            backend.release(youngest);
            self.set_fed(youngest, None);
        }
        true
    }

    /// The slot of the last admitted sequence that holds blocks, if it was admitted after `order`.
    fn youngest_after(&self, order: u64) -> Option<usize> {
        let begun = self
            .slots
            .iter()
            .enumerate()
            .filter_map(|(slot, sequence)| {
                let sequence =
                    sequence.filter(|sequence| sequence.fed.is_some() && sequence.order > order)?;
                Some((sequence.order, slot))
            });
        begun.max().map(|(_, slot)| slot)
    }

    fn order(&self, slot: usize) -> u64 {
        self.slots[slot].map_or(u64::MAX, |sequence| sequence.order)
    }

    fn set_fed(&mut self, slot: usize, fed: Option<usize>) {
        if let Some(sequence) = &mut self.slots[slot] {
            sequence.fed = fed;
        }
    }
}
