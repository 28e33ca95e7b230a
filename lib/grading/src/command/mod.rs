//! A grader that is another program: one JSON object asks, one JSON object answers.
//!
//! The program is started once by `sh -c`. It is asked `{"id", "response", "reference", ...context}`, an object a line,
//! and answers `{"verdict": "correct|wrong|no_answer|bad_reference", "answer": string or null}`;
//! `{"correct": true|false}` is accepted for the verdict. An answer that repeats the question's `id` may come in any
//! order, and such a program is asked many questions at once. Without ids nothing but their order tells answers apart:
//! the program is asked one question at a time, so that an answer too many or out of place is noticed.

mod answer;
mod error;
mod program;
mod round;
mod watcher;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Graded;
use crate::grader::{Grader, GraderError, Request};

use answer::{Answer, Incoming};
pub use error::CommandError;
use program::{Program, Step};
use round::Round;

/// A running external grader.
pub struct CommandGrader {
    command: String,
    talk: Mutex<Talk>,
}

/// What has been said so far.
struct Talk {
    command: String,
    patience: Duration,
    program: Program,
    incoming: Incoming,
    /// Whether answers carry ids; unknown before the first.
    numbered: Option<bool>,
    asked: u64,
    answered: u64,
    /// Why it can be asked no more: said again to whoever asks.
    failure: Option<CommandError>,
    finished: bool,
}

impl CommandGrader {
    /// The name of the grader that is `command`.
    pub fn name_of(command: &str) -> String {
        format!("command {command}")
    }

    /// Starts `command` with `sh -c`; it is given up after `patience` without an answer.
    pub fn start(command: &str, patience: Duration) -> Result<Self, CommandError> {
        let program = Program::start(command).map_err(|source| CommandError::Start {
            command: command.to_owned(),
            source: Arc::new(source),
        })?;
        let talk = Talk {
            command: command.to_owned(),
            patience,
            program,
            incoming: Incoming::default(),
            numbered: None,
            asked: 0,
            answered: 0,
            failure: None,
            finished: false,
        };
        Ok(Self {
            command: command.to_owned(),
            talk: Mutex::new(talk),
        })
    }

    fn talk(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grader for CommandGrader {
    fn name(&self) -> String {
        Self::name_of(&self.command)
    }

    fn grade(&self, request: &Request<'_>) -> Result<Graded, GraderError> {
        let graded = self.grade_many(std::slice::from_ref(request))?;
        let first = graded.into_iter().next();
        first.ok_or_else(|| self.talk().ended("it gave no answer".to_owned()).into())
    }

    fn grade_many(&self, requests: &[Request<'_>]) -> Result<Vec<Graded>, GraderError> {
        let mut talk = self.talk();
        Ok(talk.unless_failed(|talk| talk.exchange(requests))?)
    }

    /// Closes the program's input and waits for its end: an answer too many, and a failed exit status, are errors.
    fn finish(&self) -> Result<(), GraderError> {
        let mut talk = self.talk();
        Ok(talk.unless_failed(Talk::finish)?)
    }
}

impl Talk {
    /// After a failure nothing that the program says can be trusted: it is ended at once.
    fn unless_failed<T>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let result = work(self);
        if let Err(failure) = &result {
            self.failure = Some(failure.clone());
            self.program.end();
        }
        result
    }

    /// Asks all of `requests` and waits for their answers; `patience` counts anew after each.
    fn exchange(&mut self, requests: &[Request<'_>]) -> Result<Vec<Graded>, CommandError> {
        if self.finished {
            return Err(self.ended("its input is closed".to_owned()));
        }
        let mut round = Round::new(self.asked + 1, requests);
        while !round.is_complete() {
            self.ask(&mut round)?;
            let answer = self.next_answer(&round)?;
            self.take(&mut round, answer)?;
        }
        Ok(round.verdicts())
    }

    /// All questions of a program that answers by id, one of any other.
    fn ask(&mut self, round: &mut Round<'_>) -> Result<(), CommandError> {
        let many = self.numbered == Some(true);
        while round.has_unasked() && (many || round.none_open()) {
            if !many {
                self.must_be_silent(round)?;
            }
            self.program.send(&round.next_line());
            self.asked += 1;
        }
        Ok(())
    }

    /// What lies here before a question is asked answers nothing.
    fn must_be_silent(&mut self, round: &Round<'_>) -> Result<(), CommandError> {
        self.step(Instant::now())?;
        match self.incoming.rest() {
            None => Ok(()),
            Some(line) => Err(CommandError::Early {
                command: self.command.clone(),
                answered: self.answered,
                about: round.about_next(),
                line,
            }),
        }
    }

    fn next_answer(&mut self, round: &Round<'_>) -> Result<Answer, CommandError> {
        let deadline = Instant::now() + self.patience;
        loop {
            if let Some(answer) = self.incoming.next() {
                return answer.map_err(|broken| CommandError::Answer {
                    command: self.command.clone(),
                    number: self.answered + 1,
                    about: round.about_open(),
                    problem: broken.problem,
                    line: broken.line,
                });
            }
            match self.step(deadline)? {
                Step::Came => {}
                Step::Ended => {
                    let status = self.program.how_it_ended();
                    return Err(self.ended_about(status, round.about_open()));
                }
                Step::TimedOut => return Err(self.silent(round)),
            }
        }
    }

    fn take(&mut self, round: &mut Round<'_>, answer: Answer) -> Result<(), CommandError> {
        let numbered = *self.numbered.get_or_insert(answer.id.is_some());
        let about = round.about_open();
        let line = answer.line.clone();
        round
            .take(answer, numbered)
            .map_err(|problem| CommandError::Answer {
                command: self.command.clone(),
                number: self.answered + 1,
                about,
                problem,
                line,
            })?;
        self.answered += 1;
        Ok(())
    }

    fn finish(&mut self) -> Result<(), CommandError> {
        if self.finished {
            return Ok(());
        }
        self.program.close_input();
        let deadline = Instant::now() + self.patience;
        let lingering = CommandError::Lingering {
            command: self.command.clone(),
            patience: self.patience,
        };
        while self.step(deadline)? != Step::Ended {
            if Instant::now() >= deadline {
                return Err(lingering);
            }
        }
        if let Some(line) = self.incoming.rest() {
            return Err(CommandError::LeftOver {
                command: self.command.clone(),
                answered: self.answered,
                line,
            });
        }
        if !self.program.exits_before(deadline) {
            return Err(lingering);
        }
        self.finished = true;
        match self.program.end() {
            Some(status) if !status.success() => Err(CommandError::Failed {
                command: self.command.clone(),
                answered: self.answered,
                status: status.to_string(),
            }),
            _ => Ok(()),
        }
    }

    fn step(&mut self, deadline: Instant) -> Result<Step, CommandError> {
        let step = self.program.step(self.incoming.bytes(), deadline);
        step.map_err(|source| CommandError::Pipe {
            command: self.command.clone(),
            source: Arc::new(source),
        })
    }

    fn silent(&self, round: &Round<'_>) -> CommandError {
        CommandError::Silent {
            command: self.command.clone(),
            patience: self.patience,
            about: round.about_open(),
            answered: self.answered,
            asked: self.asked,
            rest: self.incoming.rest(),
        }
    }

    fn ended(&self, status: String) -> CommandError {
        self.ended_about(status, None)
    }

    fn ended_about(&self, status: String, about: Option<String>) -> CommandError {
        CommandError::Ended {
            command: self.command.clone(),
            answered: self.answered,
            asked: self.asked,
            status,
            about,
        }
    }
}
