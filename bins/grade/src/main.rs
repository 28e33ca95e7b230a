//! Verdicts and rewards for dialogues, answer pairs and responses.
fn main() {}
