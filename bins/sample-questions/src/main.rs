//! Draws questions from data sets, step by step, reproducibly.
fn main() {}
