//! Writes the embedded question families and demonstrations.
fn main() {}
