//! One dialogue while it is played, token by token. Pure: logits and verdicts come from outside.

use attempts::{AttemptEnd, Dialogue, Finish, Next, Reading};
use grading::{Graded, boxed_answer};
use keyed::uniform;
use records::{Attempt, AttemptStop, StopReason, Verdict};
use transcript::{AttemptText, FormatError, Turn};

use crate::environment::Environment;
use crate::sampler::Drawn;
use crate::task::{Query, Task};

/// What a dialogue needs next.
#[derive(Clone, Debug)]
pub enum Move {
    /// Feed [`Play::tokens`] and draw the next.
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
    /// Sampled tokens of the dialogue, and of the attempt since the last check.
    sampled: usize,
    unchecked: usize,
    /// Where the current attempt begins.
    attempt_start: usize,
    /// The current attempt's text, and the tokens that it holds.
    text: AttemptText,
    read: usize,
    stopped: bool,
}

impl Play {
    pub fn new(environment: &Environment, task: Task) -> Self {
        let length = task.prompt.len();
        Self {
            dialogue: Dialogue::new(environment.rules.dialogue, task.attempts_allowed),
            token_ids: task.prompt.clone(),
            loss_mask: vec![false; length],
            logprobs: vec![0.0; length],
            attempts: Vec::new(),
            stop_reason: None,
            sampled: 0,
            unchecked: 0,
            attempt_start: length,
            text: AttemptText::default(),
            read: length,
            stopped: false,
            task,
        }
    }

    pub fn dialogue_id(&self) -> &str {
        &self.task.dialogue_id
    }

    /// The dialogue so far.
    pub fn tokens(&self) -> &[i32] {
        &self.token_ids
    }

    /// The random number of the next token.
    pub fn uniform(&self) -> f64 {
        uniform(self.task.seed, self.token_ids.len())
    }

    /// Takes the token drawn after all were fed.
    pub fn sampled(
        &mut self,
        environment: &Environment,
        drawn: Drawn,
    ) -> Result<Move, FormatError> {
        self.push(drawn.token, true, drawn.logprob);
        self.sampled += 1;
        self.unchecked += 1;
        self.stopped = environment.format.stops(drawn.token);
        let check = environment.rules.dialogue.attempt_end == AttemptEnd::Boxed
            && self.unchecked >= environment.rules.check_every;
        if self.stopped || check || !self.room_for(environment, 1) {
            return self.check(environment);
        }
        Ok(Move::Sample)
    }

    /// Takes the verdict asked for.
    pub fn graded(
        &mut self,
        environment: &Environment,
        graded: Graded,
    ) -> Result<Move, FormatError> {
        let next = self.dialogue.judged(graded.verdict);
        if next == Next::GoOn {
            return self.go_on(environment);
        }
        let stop = if self.stopped {
            AttemptStop::Eos
        } else {
            AttemptStop::Boxed
        };
        self.record(graded.answer, graded.verdict, stop);
        match next {
            Next::GoOn => Ok(Move::Sample),
            Next::Feedback { attempts_left } => self.feed_back(environment, attempts_left),
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
    fn room_for(&self, environment: &Environment, more: usize) -> bool {
        self.sampled < environment.rules.max_new_tokens
            && self.token_ids.len() + more <= environment.rules.context
    }

    /// Shows the machine what was sampled since the last check.
    fn check(&mut self, environment: &Environment) -> Result<Move, FormatError> {
        let finish = if self.stopped {
            Finish::Stop
        } else {
            Finish::Open
        };
        let fresh = &self.token_ids[self.read..];
        let codec = environment.format.codec();
        let text = self.text.extend(codec, fresh, self.stopped)?;
        (self.unchecked, self.read) = (0, self.token_ids.len());
        match self.dialogue.read(text, finish) {
            Reading::Grade => Ok(Move::Grade(self.query())),
            Reading::GoOn => self.go_on(environment),
        }
    }

    /// The attempt is not over: it goes on where there is room, and is cut off where there is none.
    fn go_on(&mut self, environment: &Environment) -> Result<Move, FormatError> {
        if self.room_for(environment, 1) {
            Ok(Move::Sample)
        } else {
            self.truncate(environment)
        }
    }

    fn query(&self) -> Query {
        Query {
            response: self.text.as_str().to_owned(),
            reference: self.task.reference.clone(),
            context: self.task.context.clone(),
        }
    }

    fn record(&mut self, answer: Option<String>, verdict: Verdict, stop: AttemptStop) {
        self.attempts.push(Attempt {
            start: self.attempt_start as i32,
            end: self.token_ids.len() as i32,
            text: std::mem::take(&mut self.text).into_string(),
            answer,
            verdict,
            stop,
            reward: None,
        });
    }

    /// The attempt was cut off: it never ended, so nobody is asked for a verdict, but a complete box counts as an answer.
    fn truncate(&mut self, environment: &Environment) -> Result<Move, FormatError> {
        let codec = environment.format.codec();
        self.text
            .extend(codec, &self.token_ids[self.read..], true)?;
        let answer = boxed_answer(self.text.as_str(), &self.task.reference);
        self.record(answer, Verdict::Truncated, AttemptStop::Length);
        Ok(self.end(StopReason::Length))
    }

    /// Appends the feedback and begins the next attempt, unless there is no room for it and an answer.
    fn feed_back(
        &mut self,
        environment: &Environment,
        attempts_left: u32,
    ) -> Result<Move, FormatError> {
        let answers = self
            .attempts
            .iter()
            .map(|attempt| attempt.answer.as_deref());
        let feedback = environment.format.feedback(&Turn {
            question: &self.task.question,
            attempts_allowed: self.task.attempts_allowed,
            attempts_left,
            seed: self.task.seed,
            answers: &answers.collect::<Vec<_>>(),
            closed: self.stopped,
        })?;
        if !self.room_for(environment, feedback.len() + 1) {
            let reason = self.dialogue.out_of_room();
            return Ok(self.end(reason));
        }
        for token in feedback {
            self.push(token, false, 0.0);
        }
        self.attempt_start = self.token_ids.len();
        (self.unchecked, self.read) = (0, self.attempt_start);
        self.stopped = false;
        Ok(Move::Sample)
    }

    fn end(&mut self, reason: StopReason) -> Move {
        self.stop_reason = Some(reason);
        Move::Done
    }
}
