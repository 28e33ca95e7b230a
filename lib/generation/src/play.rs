//! One dialogue while it is played, token by token. Pure: logits and verdicts come from outside.

use attempts::{AttemptEnd, Dialogue, Finish, Next, Reading};
use grading::{Graded, boxed_answer};
use records::{Attempt, AttemptStop, StopReason, Verdict};
use tokens::TokensError;

use crate::game::Game;
use crate::sampler::{Drawn, uniform};
use crate::task::{Query, Task};

/// What a dialogue needs next.
#[derive(Clone, Debug)]
pub enum Move {
    /// Feed [`Play::pending`] and draw a token.
    Sample,
    /// A verdict on the current attempt.
    Grade(Query),
    /// Nothing: it is over.
    Done,
}

/// A dialogue as it is recorded. Lists have one element a token.
#[derive(Clone, Debug, PartialEq)]
pub struct Finished {
    pub token_ids: Vec<i32>,
    pub prompt_length: usize,
    /// True on sampled tokens.
    pub loss_mask: Vec<bool>,
    /// 0 where nothing was sampled.
    pub logprobs: Vec<f32>,
    pub attempts: Vec<Attempt>,
    pub stop_reason: StopReason,
}

impl Finished {
    /// A dialogue whose prompt of `token_ids` leaves no room for an answer: one attempt without a token, cut off at
    /// once. The prompt is kept as far as the context reaches.
    pub fn without_room(mut token_ids: Vec<i32>, context: usize) -> Self {
        token_ids.truncate(context);
        let length = token_ids.len();
        let attempt = Attempt {
            start: length as i32,
            end: length as i32,
            text: String::new(),
            answer: None,
            verdict: Verdict::Truncated,
            stop: AttemptStop::Length,
            reward: None,
        };
        Self {
            token_ids,
            prompt_length: length,
            loss_mask: vec![false; length],
            logprobs: vec![0.0; length],
            attempts: vec![attempt],
            stop_reason: StopReason::Length,
        }
    }

    /// Number of tokens that the policy sampled.
    pub fn sampled(&self) -> usize {
        self.loss_mask.iter().filter(|sampled| **sampled).count()
    }
}

/// A dialogue in progress.
pub struct Play {
    task: Task,
    dialogue: Dialogue,
    token_ids: Vec<i32>,
    loss_mask: Vec<bool>,
    logprobs: Vec<f32>,
    attempts: Vec<Attempt>,
    stop_reason: Option<StopReason>,
    /// Tokens that the backend has been given.
    fed: usize,
    /// Sampled tokens of the dialogue, and of the attempt since the last check.
    sampled: usize,
    unchecked: usize,
    /// Where the current attempt begins.
    attempt_start: usize,
    unread: Unread,
    stopped: bool,
}

/// Tokens whose text the machine has not been given, because characters may be incomplete.
#[derive(Clone, Copy)]
struct Unread {
    start: usize,
    /// Bytes of their text that it has been given.
    given: usize,
}

impl Play {
    pub fn new(game: &Game, task: Task) -> Self {
        let length = task.prompt.len();
        Self {
            dialogue: Dialogue::new(game.rules.dialogue, task.attempts_allowed),
            token_ids: task.prompt.clone(),
            loss_mask: vec![false; length],
            logprobs: vec![0.0; length],
            attempts: Vec::new(),
            stop_reason: None,
            fed: 0,
            sampled: 0,
            unchecked: 0,
            attempt_start: length,
            unread: Unread {
                start: length,
                given: 0,
            },
            stopped: false,
            task,
        }
    }

    pub fn dialogue_id(&self) -> &str {
        &self.task.dialogue_id
    }

    /// Tokens that the backend has not seen yet.
    pub fn pending(&self) -> &[i32] {
        &self.token_ids[self.fed..]
    }

    /// Position of the next token.
    pub fn position(&self) -> usize {
        self.token_ids.len()
    }

    /// The random number of the next token.
    pub fn uniform(&self) -> f64 {
        uniform(self.task.seed, self.position())
    }

    /// Takes the token drawn after the pending ones were fed.
    pub fn sampled(&mut self, game: &Game, drawn: Drawn) -> Result<Move, TokensError> {
        self.fed = self.token_ids.len();
        self.push(drawn.token, true, drawn.logprob);
        self.sampled += 1;
        self.unchecked += 1;
        self.stopped = game.stops(drawn.token);
        let check = game.rules.dialogue.attempt_end == AttemptEnd::Boxed
            && self.unchecked >= game.rules.check_every;
        if self.stopped || check || !self.room_for(game, 1) {
            return self.check(game);
        }
        Ok(Move::Sample)
    }

    /// Takes the verdict asked for.
    pub fn graded(&mut self, game: &Game, graded: Graded) -> Result<Move, TokensError> {
        let next = self.dialogue.judged(graded.verdict);
        if next == Next::GoOn {
            return self.go_on(game);
        }
        let stop = if self.stopped {
            AttemptStop::Eos
        } else {
            AttemptStop::Boxed
        };
        self.record(game, graded.answer, graded.verdict, stop)?;
        match next {
            Next::GoOn => Ok(Move::Sample),
            Next::Feedback { attempts_left } => self.feed_back(game, attempts_left),
            Next::End(reason) => Ok(self.end(reason)),
        }
    }

    /// The record of a finished dialogue.
    pub fn finish(self) -> Finished {
        Finished {
            prompt_length: self.task.prompt.len(),
            token_ids: self.token_ids,
            loss_mask: self.loss_mask,
            logprobs: self.logprobs,
            attempts: self.attempts,
            stop_reason: self.stop_reason.unwrap_or(StopReason::Length),
        }
    }

    fn push(&mut self, token: i32, sampled: bool, logprob: f32) {
        self.token_ids.push(token);
        self.loss_mask.push(sampled);
        self.logprobs.push(logprob);
    }

    /// Whether `more` tokens, the last of them sampled, fit into the context and the budget.
    fn room_for(&self, game: &Game, more: usize) -> bool {
        self.sampled < game.rules.max_new_tokens
            && self.token_ids.len() + more <= game.rules.context
    }

    /// Shows the machine what was sampled since the last check.
    fn check(&mut self, game: &Game) -> Result<Move, TokensError> {
        let text = self.read_on(game)?;
        let finish = if self.stopped {
            Finish::Stop
        } else {
            Finish::Open
        };
        self.unchecked = 0;
        match self.dialogue.read(&text, finish) {
            Reading::Grade => Ok(Move::Grade(self.query(game)?)),
            Reading::GoOn => self.go_on(game),
        }
    }

    /// The attempt is not over: it goes on where there is room, and is cut off where there is none.
    fn go_on(&mut self, game: &Game) -> Result<Move, TokensError> {
        if self.room_for(game, 1) {
            Ok(Move::Sample)
        } else {
            self.truncate(game)
        }
    }

    /// Text of the tokens not read yet, up to the first character that may still be incomplete.
    fn read_on(&mut self, game: &Game) -> Result<String, TokensError> {
        let text = game.codec.decode(&self.token_ids[self.unread.start..])?;
        let certain = match self.stopped {
            true => text.len(),
            false => text.trim_end_matches(char::REPLACEMENT_CHARACTER).len(),
        };
        let fresh = text
            .get(self.unread.given..certain)
            .unwrap_or_default()
            .to_owned();
        self.unread = match certain == text.len() {
            true => Unread {
                start: self.token_ids.len(),
                given: 0,
            },
            false => Unread {
                start: self.unread.start,
                given: certain,
            },
        };
        Ok(fresh)
    }

    fn query(&self, game: &Game) -> Result<Query, TokensError> {
        Ok(Query {
            response: self.attempt_text(game)?,
            reference: self.task.reference.clone(),
            context: self.task.context.clone(),
        })
    }

    fn attempt_text(&self, game: &Game) -> Result<String, TokensError> {
        game.codec.decode(&self.token_ids[self.attempt_start..])
    }

    fn record(
        &mut self,
        game: &Game,
        answer: Option<String>,
        verdict: Verdict,
        stop: AttemptStop,
    ) -> Result<(), TokensError> {
        let attempt = Attempt {
            start: self.attempt_start as i32,
            end: self.token_ids.len() as i32,
            text: self.attempt_text(game)?,
            answer,
            verdict,
            stop,
            reward: None,
        };
        self.attempts.push(attempt);
        Ok(())
    }

    /// The attempt was cut off: it never ended, so nobody is asked for a verdict, but a complete box counts as an answer.
    fn truncate(&mut self, game: &Game) -> Result<Move, TokensError> {
        let answer = boxed_answer(&self.attempt_text(game)?, &self.task.reference);
        self.record(game, answer, Verdict::Truncated, AttemptStop::Length)?;
        Ok(self.end(StopReason::Length))
    }

    /// Appends the feedback and begins the next attempt, unless there is no room for it and an answer.
    fn feed_back(&mut self, game: &Game, attempts_left: u32) -> Result<Move, TokensError> {
        let text = game.template.feedback(
            &self.task.question,
            self.task.attempts_allowed,
            attempts_left,
        );
        let mut feedback = game.codec.encode(&text)?;
        if !self.stopped {
            feedback.splice(0..0, game.close().iter().copied());
        }
        if !self.room_for(game, feedback.len() + 1) {
            let reason = self.dialogue.out_of_room();
            return Ok(self.end(reason));
        }
        for token in feedback {
            self.push(token, false, 0.0);
        }
        self.attempt_start = self.token_ids.len();
        self.unread = Unread {
            start: self.attempt_start,
            given: 0,
        };
        self.unchecked = 0;
        self.stopped = false;
        Ok(Move::Sample)
    }

    fn end(&mut self, reason: StopReason) -> Move {
        self.stop_reason = Some(reason);
        Move::Done
    }
}
