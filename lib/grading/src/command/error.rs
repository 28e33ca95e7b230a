//! What can go wrong with an external grader, told so that its author knows where to look.

use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Why an external grader can be asked no more. `about` names the dialogue or question whose turn it was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommandError {
    #[error("grader command `{command}` could not be started")]
    Start {
        command: String,
        source: Arc<io::Error>,
    },
    #[error("grader command `{command}` stopped after {answered} of {asked} answers ({status}){}", at(.about))]
    Ended {
        command: String,
        answered: u64,
        asked: u64,
        status: String,
        about: Option<String>,
    },
    #[error(
        "grader command `{command}` gave no answer for {patience:?}{} ({answered} of {asked} answers came{}); mostly its \
         output is buffered: it must flush after every answer (jq --unbuffered, python3 -u, stdbuf -oL); --grader-timeout \
         waits longer",
        at(.about), begun(.rest)
    )]
    Silent {
        command: String,
        patience: Duration,
        about: Option<String>,
        answered: u64,
        asked: u64,
        /// The beginning of an answer that has no end.
        rest: Option<String>,
    },
    #[error("grader command `{command}`, answer {number}{}: {problem}: `{line}`", at(.about))]
    Answer {
        command: String,
        number: u64,
        about: Option<String>,
        problem: String,
        line: String,
    },
    #[error(
        "grader command `{command}` printed `{line}` before it was asked{}, {answered} answers in: expected one answer a \
         question, or answers that repeat the question's \"id\"",
        at(.about)
    )]
    Early {
        command: String,
        answered: u64,
        about: Option<String>,
        line: String,
    },
    #[error(
        "grader command `{command}` printed `{line}` after its last answer: {answered} answers were asked for, and which of \
         them were meant for which question is not known"
    )]
    LeftOver {
        command: String,
        answered: u64,
        line: String,
    },
    #[error("grader command `{command}` failed after its last answer ({answered} came): {status}")]
    Failed {
        command: String,
        answered: u64,
        status: String,
    },
    #[error(
        "grader command `{command}` did not end within {patience:?} after its input was closed; expected it to stop then"
    )]
    Lingering { command: String, patience: Duration },
    #[error("grader command `{command}`: failed to read or write its pipes")]
    Pipe {
        command: String,
        source: Arc<io::Error>,
    },
}

fn at(about: &Option<String>) -> String {
    about
        .as_ref()
        .map_or(String::new(), |about| format!(" at {about}"))
}

fn begun(rest: &Option<String>) -> String {
    rest.as_ref().map_or(String::new(), |rest| {
        format!(", and a part of one: `{rest}`")
    })
}
