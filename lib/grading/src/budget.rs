//! A step counter in place of a clock: the same input takes the same number of steps on every machine.

use std::cell::Cell;

/// The work that one comparison may still do. One step is about one arithmetic operation on small numbers.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
}

/// The budget is spent; the comparison ends undecided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exhausted;

impl Budget {
    pub(crate) fn new(steps: u64) -> Self {
        Self {
            left: Cell::new(steps),
        }
    }

    /// Takes `steps` or fails without going below nothing.
    pub(crate) fn spend(&self, steps: usize) -> Result<(), Exhausted> {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        match self.left.get().checked_sub(steps) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.left.set(0);
                Err(Exhausted)
            }
        }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left.get()
    }
}
