//! The rules of one dialogue: text arrives in chunks, the grader rules when asked, the machine says what is next.
//!
//! A chunk is the text of the tokens sampled since the last check. The machine decides from it whether the attempt is
//! over, asks for a ruling where there is something to rule on, and answers with [`Next`]. It knows nothing about
//! tokens, templates or who the grader is; running out of room is told to it from outside.

use crate::boxed::extract_box;
use crate::reward::Outcome;

/// Chat markers that never belong to an answer; an engine that works on text may leave them in a chunk.
const MARKERS: [&str; 2] = ["<|im_start|>", "<|im_end|>"];

/// What ends an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttemptEnd {
    /// Only the policy's own end-of-sequence token.
    #[default]
    Eos,
    /// End-of-sequence, or the first check that finds a complete boxed answer.
    Boxed,
}

/// Whether the policy closed the chunk with its end-of-sequence token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It would have gone on.
    Open,
    Stop,
}

/// What the policy wrote since the last check.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    pub text: &'a str,
    pub finish: Finish,
    /// Number of sampled tokens; 0 says that there was no room for any.
    pub tokens: usize,
}

/// What the grader says about an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    Right,
    Wrong,
    /// The grader found no answer in it.
    NoAnswer,
    /// The reference answer cannot be read, so no attempt can ever be right.
    BadReference,
    /// Nobody rules: the attempt counts as holding nothing yet.
    Undecided,
}

/// The state of the attempt after a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    Unfinished = 0,
    Wrong = 1,
    Right = 2,
    /// Closed without an answer.
    Unanswered = 3,
    /// No token fitted into the context any more.
    NoRoom = 4,
}

/// Why a dialogue ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Correct,
    AttemptsExhausted,
    ContextExhausted,
    /// Ended from outside: the budget of tokens or steps is spent, or the feedback does not fit.
    Cut,
    /// The reference cannot be read: playing on would prove nothing.
    BadReference,
}

/// What follows a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The attempt is not over.
    GoOn,
    /// The attempt failed; a new one begins after feedback that names the attempts now left.
    Feedback {
        attempts_left: u32,
    },
    End(Ending),
}

/// The machine's answer to a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The attempt holds something to rule on: call [`Dialogue::ruled`] next.
    Grade,
    Settled(Next),
}

/// One dialogue of up to `attempts_allowed` attempts.
#[derive(Clone, Debug)]
pub struct Dialogue {
    attempt_end: AttemptEnd,
    attempts_left: u32,
    attempts_used: u32,
    attempt: String,
    pending: Option<(Finish, usize)>,
    status: Status,
    outcome: Outcome,
    ending: Option<Ending>,
}

impl Dialogue {
    pub fn new(attempt_end: AttemptEnd, attempts_allowed: u32) -> Self {
        Self {
            attempt_end,
            attempts_left: attempts_allowed.max(1),
            attempts_used: 1,
            attempt: String::new(),
            pending: None,
            status: Status::Unfinished,
            outcome: Outcome::default(),
            ending: None,
        }
    }

    /// The current attempt's text so far, chat markers removed.
    pub fn attempt(&self) -> &str {
        &self.attempt
    }

    /// Attempts not yet closed, the current one included.
    pub fn attempts_left(&self) -> u32 {
        self.attempts_left
    }

    /// Attempts begun, the current one included.
    pub fn attempts_used(&self) -> u32 {
        self.attempts_used
    }

    pub fn status(&self) -> Status {
        self.status
    }

    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// Appends a chunk to the current attempt and says whether it must be graded or what is next.
    pub fn read(&mut self, chunk: Chunk<'_>) -> Reading {
        debug_assert!(self.pending.is_none() && self.ending.is_none());
        let text = MARKERS.iter().fold(chunk.text.to_owned(), |text, marker| {
            text.replace(marker, "")
        });
        self.attempt.push_str(&text);
        if self.asks_for_a_ruling(chunk.finish) {
            self.pending = Some((chunk.finish, chunk.tokens));
            return Reading::Grade;
        }
        Reading::Settled(self.settle(Status::Unfinished, chunk.finish, chunk.tokens))
    }

    /// Takes the ruling asked for by the last [`Dialogue::read`].
    pub fn ruled(&mut self, ruling: Ruling) -> Next {
        let (finish, tokens) = self.pending.take().unwrap_or((Finish::Open, 1));
        match ruling {
            Ruling::Right => self.settle(Status::Right, finish, tokens),
            Ruling::Wrong => self.settle(Status::Wrong, finish, tokens),
            Ruling::NoAnswer => self.settle(Status::Unanswered, finish, tokens),
            Ruling::Undecided => self.settle(Status::Unfinished, finish, tokens),
            Ruling::BadReference => self.end(Ending::BadReference),
        }
    }

    /// Ends the dialogue from outside, whatever its attempt holds.
    pub fn cut(&mut self) -> Next {
        self.end(Ending::Cut)
    }

    fn asks_for_a_ruling(&self, finish: Finish) -> bool {
        match self.attempt_end {
            AttemptEnd::Eos => finish == Finish::Stop,
            AttemptEnd::Boxed => !extract_box(&self.attempt).is_empty(),
        }
    }

    fn settle(&mut self, status: Status, finish: Finish, tokens: usize) -> Next {
        let status = match (status, finish) {
            _ if tokens == 0 => Status::NoRoom,
            (Status::Unfinished, Finish::Stop) => Status::Unanswered,
            (status, _) => status,
        };
        self.status = status;
        match status {
            Status::Unfinished => Next::GoOn,
            Status::NoRoom => self.end(Ending::ContextExhausted),
            Status::Unanswered => self.retry(),
            Status::Wrong => {
                self.outcome.answered = true;
                self.retry()
            }
            Status::Right => {
                self.outcome = Outcome {
                    solved: true,
                    answered: true,
                };
                self.end(Ending::Correct)
            }
        }
    }

    fn retry(&mut self) -> Next {
        if self.attempts_left <= 1 {
            return self.end(Ending::AttemptsExhausted);
        }
        self.attempts_left -= 1;
        self.attempts_used += 1;
        self.attempt.clear();
        Next::Feedback {
            attempts_left: self.attempts_left,
        }
    }

    fn end(&mut self, ending: Ending) -> Next {
        self.ending = Some(ending);
        Next::End(ending)
    }
}
