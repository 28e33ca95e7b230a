//! Advantages and returns over policy tokens.
fn main() {}
