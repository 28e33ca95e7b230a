//! Figures of a training run.
fn main() {}
