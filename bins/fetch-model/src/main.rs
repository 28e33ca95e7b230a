//! Finds a Hugging Face model directory by path, or fetches it by name.
fn main() {}
