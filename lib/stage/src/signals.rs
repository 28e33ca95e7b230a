//! SIGINT, SIGTERM and SIGHUP: remove what is unfinished and leave at once.
//!
//! A thread of its own waits for them, so a stage can be stopped in the middle of one long tensor
//! operation.

use std::io;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level;

use crate::{Status, child};

/// Starts the thread.
pub fn watch() -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for signal in signals.forever() {
                if !child::forwarded(signal) {
                    leave(signal);
                }
            }
        })?;
    Ok(())
}

/// Ends the process without destructors or exit handlers: other threads may be anywhere.
fn leave(signal: i32) -> ! {
    let _locked = tables::remove_temporaries();
    let status = match signal {
        SIGINT => Status::Interrupted,
        SIGTERM => Status::Terminated,
        _ => Status::HungUp,
    };
    low_level::exit(status as i32)
}
