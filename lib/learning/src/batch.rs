//! What is learned from, and in which portions. Knows nothing about losses or optimisers.

pub mod batches;
pub mod experience;
pub mod padded;
pub mod plan;
pub mod tokens;
