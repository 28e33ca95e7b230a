//! Work shared by all workers: whoever has room takes from the front.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// A queue that several workers empty together.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
    workers: usize,
}

struct State<T> {
    items: VecDeque<T>,
    closed: bool,
    stopped: bool,
}

impl<T> Queue<T> {
    pub fn new(workers: usize) -> Self {
        let state = State {
            items: VecDeque::new(),
            closed: false,
            stopped: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            workers: workers.max(1),
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
        let share = state.items.len().div_ceil(self.workers).min(most);
        Some(state.items.drain(..share).collect())
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
