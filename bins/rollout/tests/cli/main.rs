//! The stage through its binary: exactness in any batch, contents of a record, graders, bad input, faults.
//!
//! Needs the model fixtures beside the checkout; where they are not, tests say so and return.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test fails by panicking and says why it was skipped

mod dialogues;
mod faults;
mod graders;
mod pipe;
mod same_bytes;
mod support;
