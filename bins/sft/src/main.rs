//! Supervised fine-tuning on demonstrations, the warm start.
fn main() {}
