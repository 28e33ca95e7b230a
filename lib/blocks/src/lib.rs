//! Who holds which block of a key-value cache: block tables, reference counts, prefixes that sequences share.
//!
//! A cache of keys and values is cut into blocks of a fixed number of positions (paged attention, arXiv 2309.06180). What
//! is here is the accounting alone, the same for every engine; where a block lies in memory and what is written into it
//! is the engine's affair. Knows nothing about tensors, dialogues or what a token means.

mod pool;
mod prefixes;
mod tables;

pub use tables::{Full, Tables};

/// Number of a block, from 0 up to the limit of its [`Tables`].
pub type BlockId = u32;
