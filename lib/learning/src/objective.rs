//! What is minimised, and how: pure mathematics on lists of tokens. Knows nothing about models or batches.

pub mod adamw;
pub mod importance;
pub mod losses;
pub mod reduction;
pub mod schedule;
pub mod segments;
