//! Exit statuses.

use std::process::ExitCode;

/// What the exit status of a stage says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// All done; also when the reader of the output had enough.
    Done = 0,
    /// The work failed; standard error says why.
    Failed = 1,
    /// The command line or its configuration file is wrong.
    Usage = 2,
    /// The terminal went away.
    HungUp = 129,
    /// SIGINT.
    Interrupted = 130,
    /// SIGTERM.
    Terminated = 143,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status as u8)
    }
}
