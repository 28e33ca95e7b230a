//! The journal through its real binary: what it records, what it skips, and what survives a kill. A file a subcommand.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

mod damage;
mod open;
mod record;
mod run;
mod signals;
mod status;
mod support;
