//! What goes into a generation and what comes out of it.

use crate::play::Finished;

/// One dialogue to play.
#[derive(Clone, Debug)]
pub struct Task {
    pub dialogue_id: String,
    /// The first prompt, encoded. At least one token.
    pub prompt: Vec<i32>,
    pub question: String,
    pub reference: String,
    pub attempts_allowed: u32,
    /// Keys every random number of the dialogue.
    pub seed: i64,
    /// Further fields that an external grader is told.
    pub context: Vec<(String, String)>,
}

/// A task with its place in the input.
#[derive(Debug)]
pub struct Job {
    pub index: u64,
    pub task: Task,
}

/// A finished dialogue with its place in the input.
#[derive(Debug)]
pub struct Played {
    pub index: u64,
    pub finished: Finished,
}

/// What the grader is asked about an attempt.
#[derive(Clone, Debug)]
pub struct Query {
    pub response: String,
    pub reference: String,
    pub context: Vec<(String, String)>,
}
