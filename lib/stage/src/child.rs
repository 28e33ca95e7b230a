//! For programs that run another program: while it runs, signals go to it, and its exit status
//! becomes ours.

use std::sync::{Mutex, PoisonError};

use thiserror::Error;

type Forward = Box<dyn Fn(i32) + Send>;

static FORWARD: Mutex<Option<Forward>> = Mutex::new(None);

/// An error that ends the process with a status other than 1: that of a program it ran.
#[derive(Debug, Error)]
#[error("{message}")]
pub struct ChildFailure {
    pub status: u8,
    pub message: String,
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

/// The exit status that an error asks for.
pub(crate) fn status_in(error: &anyhow::Error) -> Option<u8> {
    error.chain().find_map(|cause| Some(cause.downcast_ref::<ChildFailure>()?.status))
}

fn set(forward: Option<Forward>) {
    *FORWARD.lock().unwrap_or_else(PoisonError::into_inner) = forward;
}
