//! What a stage is given beside its arguments.

use std::io::{self, IsTerminal};

use indicatif::{MultiProgress, ProgressDrawTarget};

use crate::Progress;

/// The surroundings of a run.
pub struct Context {
    quiet: bool,
    terminal: bool,
    bars: MultiProgress,
}

impl Context {
    pub(crate) fn new(quiet: bool) -> Self {
        let target = ProgressDrawTarget::stderr_with_hz(10);
        Self {
            quiet,
            terminal: io::stderr().is_terminal(),
            bars: MultiProgress::with_draw_target(target),
        }
    }

    pub(crate) fn bars(&self) -> MultiProgress {
        self.bars.clone()
    }

    /// Whether only errors are wanted on standard error.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Starts a count of `what`, such as "dialogues"; `total` where it is known.
    pub fn progress(&self, total: Option<u64>, what: &str) -> Progress {
        match (self.quiet, self.terminal) {
            (true, _) => Progress::nothing(),
            (false, true) => Progress::bar(&self.bars, total, what),
            (false, false) => Progress::lines(total, what),
        }
    }
}
