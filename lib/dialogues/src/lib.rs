//! Dialogues as people read them: what was asked, every attempt with its verdict and the grader's reason, the feedback
//! in between, what was paid, and the tokens with their numbers.
//!
//! [`Dialogue::of`] reads a row of any stage from `rollout` on, [`Filter`] picks dialogues. This crate knows nothing about
//! files, terminals or pages.

mod dialogue;
mod filter;
mod pieces;
mod reason;

pub use dialogue::{Dialogue, Turn};
pub use filter::Filter;
pub use pieces::{Numbers, Piece};
