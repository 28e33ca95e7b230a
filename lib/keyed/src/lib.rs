//! Random numbers keyed by what they are for, never by when or where they are drawn: the same key gives the same number
//! whatever the order, threads or shards.
//!
//! [`Key`] names a draw in words, [`stream`] gives a whole stream for one purpose, [`uniform`] is the cheap one of a
//! dialogue's tokens. Numbers stay the same from release to release.

mod counter;
mod key;
mod stream;

pub use counter::{choice, uniform};
pub use key::Key;
pub use stream::stream;
