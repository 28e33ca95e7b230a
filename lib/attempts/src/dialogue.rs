//! The rules of one dialogue: text arrives in chunks, the grader gives a verdict when asked, the machine says what is
//! next.
//!
//! A chunk is the text of the tokens sampled since the last check. It knows nothing about tokens, templates or who the
//! grader is; running out of room is told to it from outside.

use records::{StopReason, Verdict};

use crate::boxed::extract_box;

/// Chat markers that never belong to an answer; an engine that works on text may leave them in a chunk.
const MARKERS: [&str; 2] = ["<|im_start|>", "<|im_end|>"];

/// What ends an attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttemptEnd {
    /// Only the policy's own end-of-sequence token.
    #[default]
    Eos,
    /// End-of-sequence, or the first check that finds a complete boxed answer which the grader can read.
    Boxed,
}

/// Whether the policy closed the chunk with its end-of-sequence token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// It would have gone on.
    Open,
    Stop,
}

/// How dialogues are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DialogueRules {
    pub attempt_end: AttemptEnd,
    /// A right attempt does not end the dialogue: feedback follows as after a wrong one, until no attempts are left.
    /// For measuring how often right answers are given up.
    pub play_on: bool,
}

/// What follows a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The attempt is not over.
    GoOn,
    /// A new attempt begins after feedback that names the attempts left, the new one included.
    Feedback {
        attempts_left: u32,
    },
    End(StopReason),
}

/// The machine's answer to a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// Call [`Dialogue::judged`] with the grader's verdict on the attempt so far.
    Grade,
    /// The attempt is not over.
    GoOn,
}

/// One dialogue of up to `attempts_allowed` attempts.
#[derive(Clone, Debug)]
pub struct Dialogue {
    rules: DialogueRules,
    attempts_left: u32,
    attempts_used: u32,
    attempt: String,
    /// How the chunk that is being graded ended.
    graded: Option<Finish>,
    verdict: Option<Verdict>,
}

impl Dialogue {
    pub fn new(rules: DialogueRules, attempts_allowed: u32) -> Self {
        Self {
            rules,
            attempts_left: attempts_allowed.max(1),
            attempts_used: 1,
            attempt: String::new(),
            graded: None,
            verdict: None,
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

    /// Appends a chunk to the current attempt and says whether it must be graded: a closed attempt always, an open one
    /// where a complete boxed answer ends it.
    pub fn read(&mut self, text: &str, finish: Finish) -> Reading {
        debug_assert!(self.graded.is_none());
        let text = MARKERS
            .iter()
            .fold(text.to_owned(), |text, marker| text.replace(marker, ""));
        self.attempt.push_str(&text);
        let boxed = || {
            self.rules.attempt_end == AttemptEnd::Boxed && !extract_box(&self.attempt).is_empty()
        };
        if finish == Finish::Stop || boxed() {
            self.graded = Some(finish);
            return Reading::Grade;
        }
        Reading::GoOn
    }

    /// Takes the verdict asked for by the last [`Dialogue::read`]. A box in which the grader finds no answer leaves an
    /// open attempt open.
    pub fn judged(&mut self, verdict: Verdict) -> Next {
        let finish = self.graded.take().unwrap_or(Finish::Stop);
        match (verdict, finish) {
            (Verdict::NoAnswer, Finish::Open) => return Next::GoOn,
            (Verdict::BadReference, _) => {
                // Playing on would prove nothing.
                return Next::End(StopReason::Exhausted);
            }
            (Verdict::Correct, _) if !self.rules.play_on => return Next::End(StopReason::Solved),
            (verdict, _) => self.verdict = Some(verdict),
        }
        if self.attempts_left <= 1 {
            return Next::End(self.ending(StopReason::Exhausted));
        }
        self.attempts_left -= 1;
        self.attempts_used += 1;
        self.attempt.clear();
        Next::Feedback {
            attempts_left: self.attempts_left,
        }
    }

    /// The stop reason of a dialogue that ends because no further attempt fits behind its last verdict.
    pub fn out_of_room(&self) -> StopReason {
        self.ending(StopReason::Length)
    }

    /// A dialogue is solved exactly if its last verdict says so.
    fn ending(&self, otherwise: StopReason) -> StopReason {
        if self.verdict == Some(Verdict::Correct) {
            StopReason::Solved
        } else {
            otherwise
        }
    }
}
