//! Runs a stage once, keeps the record, knows what is left to do.
fn main() {}
