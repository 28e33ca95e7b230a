//! For programs that run another program: while it runs, signals go to it, and its exit status
//! becomes ours.

use std::sync::{Mutex, PoisonError};

use thiserror::Error;

type Forward = Box<dyn Fn(i32) + Send>;

static FORWARD: Mutex<Option<Forward>> = Mutex::new(None);

/// An error that ends the process with a status of its own: that of a program it ran, or an answer.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct ExitWith {
    pub status: u8,
    /// Printed like any error, unless it is empty.
    pub message: String,
}

impl ExitWith {
    /// A status that is an answer and no failure, as of `cmp` and `test`: nothing is printed.
    pub fn silently(status: u8) -> Self {
        Self {
            status,
            message: String::new(),
        }
    }
}

/// While this lives, SIGINT, SIGTERM and SIGHUP are passed on instead of ending the process.
pub struct SignalsToChild(());

/// Hands every signal's number to `forward` as long as the returned guard lives.
pub fn signals_to_child(forward: impl Fn(i32) + Send + 'static) -> SignalsToChild {
    set(Some(Box::new(forward)));
    SignalsToChild(())
}

impl Drop for SignalsToChild {
    fn drop(&mut self) {
        set(None);
    }
}

/// Whether a child took the signal.
pub(crate) fn forwarded(signal: i32) -> bool {
    let forward = FORWARD.lock().unwrap_or_else(PoisonError::into_inner);
    forward.as_ref().map(|forward| forward(signal)).is_some()
}

/// The exit that an error asks for.
pub(crate) fn exit_in(error: &anyhow::Error) -> Option<&ExitWith> {
    error
        .chain()
        .find_map(|cause| cause.downcast_ref::<ExitWith>())
}

fn set(forward: Option<Forward>) {
    *FORWARD.lock().unwrap_or_else(PoisonError::into_inner) = forward;
}
