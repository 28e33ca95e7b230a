//! Shows how much of a file has come, and remembers how much should.

use std::cell::Cell;

use stage::{Context, Progress};

/// The hub client's view of one download.
pub struct Meter<'a> {
    context: &'a Context,
    size: &'a Cell<u64>,
    shown: Option<Progress>,
}

impl<'a> Meter<'a> {
    /// `size` receives the bytes that the hub announces.
    pub fn new(context: &'a Context, size: &'a Cell<u64>) -> Self {
        Self {
            context,
            size,
            shown: None,
        }
    }
}

impl hf_hub::api::Progress for Meter<'_> {
    /// Called at the start and again at every retry.
    fn init(&mut self, size: usize, file: &str) {
        self.size.set(size as u64);
        self.shown = Some(
            self.context
                .progress(Some(size as u64), &format!("{file}, bytes")),
        );
    }

    fn update(&mut self, bytes: usize) {
        if let Some(shown) = &self.shown {
            shown.inc(bytes as u64);
        }
    }

    fn finish(&mut self) {
        if let Some(shown) = &self.shown {
            shown.finish();
        }
    }
}
