//! Accuracy by benchmark and number of attempts, with intervals and plots.
fn main() {}
