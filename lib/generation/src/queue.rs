//! Work shared by all workers: whoever has room takes from the front, and at the end the longest first.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The last items that are put in order, in batches of all workers.
const TAIL: usize = 2;

/// A queue that several workers empty together.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    workers: usize,
    length: fn(&T) -> u64,
}

struct State<T> {
    items: VecDeque<T>,
    /// The most that a worker had room for.
    widest: usize,
    /// The last items have been put in order.
    sorted: bool,
    closed: bool,
    stopped: bool,
}

impl<T> Queue<T> {
    /// A queue for `workers`; `length` is what an item's work is expected to be.
    pub fn new(workers: usize, length: fn(&T) -> u64) -> Self {
        let state = State {
            items: VecDeque::new(),
            widest: 0,
            sorted: false,
            closed: false,
            stopped: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            workers: workers.max(1),
            length,
        }
    }

    /// Adds an item. False when nobody will take it any more.
    pub fn push(&self, item: T) -> bool {
        let mut state = self.lock();
        if state.stopped {
            return false;
        }
        state.items.push_back(item);
        self.changed.notify_one();
        true
    }

    /// No more items will come.
    pub fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }

    /// Work ends now, whatever is left.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        state.items.clear();
        self.changed.notify_all();
    }

    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Up to `most` items, but no more than a worker's share of what is there, so that all get some. With `wait`, at
    /// least one unless there will be none; None when there will be none.
    pub fn take(&self, most: usize, wait: bool) -> Option<Vec<T>> {
        let mut state = self.lock();
        while wait && state.items.is_empty() && !state.closed && !state.stopped {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        if state.stopped || (state.closed && state.items.is_empty()) {
            return None;
        }
        // Neighbours often begin alike and share that; only where they are the last does it pay to begin with the longest,
        // so that none is left alone at the end.
        state.widest = state.widest.max(most);
        let tail = TAIL * state.widest * self.workers;
        if state.closed && !state.sorted && state.items.len() <= tail {
            let length = |item: &T| std::cmp::Reverse((self.length)(item));
            state.items.make_contiguous().sort_by_key(length);
            state.sorted = true;
        }
        let share = state.items.len().div_ceil(self.workers).min(most);
        Some(state.items.drain(..share).collect())
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
