//! Plays the dialogues with a policy.
fn main() {}
