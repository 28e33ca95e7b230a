//! Log-probabilities and values from one teacher-forced pass.
fn main() {}
