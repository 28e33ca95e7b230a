//! Which grader judges a run: the flags, the same in every stage that asks one.
//!
//! A settings file sets them once, in the table `[grader]`, so that the stage that plays dialogues and the stage that
//! pays for them cannot ask two judges. This crate knows nothing about records or dialogues.

use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use grading::{Builtin, CommandGrader, Grader, GraderError, Options, Rules};

// On each flag and not on the group: a heading of a group goes on for all flags after it.
const GRADER: &str = "Grader";

/// Seconds without an answer after which an external grader is given up.
const PATIENCE: u64 = 60;

/// Which grader is asked, and how it decides.
#[derive(Args, Clone, Debug, Default)]
pub struct GraderArgs {
    /// Policy of equality [default: strict]
    #[arg(long, help_heading = GRADER, value_name = "NAME")]
    pub profile: Option<Profile>,

    /// Where answers may be found [default: boxed for dialogues]
    #[arg(long, help_heading = GRADER, value_name = "RULES")]
    pub extract: Option<Extract>,

    /// Program that reads {"id","response","reference","question",...} lines and answers {"verdict"} lines, in place of the
    /// built-in grader; empty: the built-in one
    #[arg(long, help_heading = GRADER, value_name = "CMD")]
    pub grader_command: Option<String>,

    /// Seconds without an answer after which --grader-command is given up [default: 60]
    #[arg(long, help_heading = GRADER, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub grader_timeout: Option<u64>,
}

/// Named policies of [`Options`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// The documented policy
    Strict,
    /// The looser rules of the Qwen2.5-Math evaluation, for comparison with published scores
    Qwen,
    /// Exact and symmetric: no rounding, no dropped percent signs
    Exact,
}

/// Named sets of extraction rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Extract {
    /// The last complete \boxed{} or \fbox{}
    Boxed,
    /// Also what follows the words: the answer is, Answer:, ####
    Stated,
    /// Also the last formula, number, choice letter or truth value
    All,
}

/// Why no grader can be had.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    #[error(
        "--{flag} says how the built-in grader decides; beside --grader-command it would do nothing"
    )]
    Idle { flag: &'static str },
    #[error(transparent)]
    Grader(#[from] GraderError),
}

impl GraderArgs {
    /// Whether a grader was asked for.
    pub fn is_chosen(&self) -> bool {
        self.profile.is_some() || self.extract.is_some() || self.command().is_some()
    }

    /// The external grader, where one is to be asked.
    fn command(&self) -> Option<&str> {
        self.grader_command
            .as_deref()
            .filter(|command| !command.trim().is_empty())
    }

    /// The policy of the built-in grader, with `rules` where no extraction rules were asked for.
    pub fn options(&self, rules: Rules) -> Options {
        let options = match self.profile.unwrap_or(Profile::Strict) {
            Profile::Strict => Options::default(),
            Profile::Qwen => Options::qwen(),
            Profile::Exact => Options::exact(),
        };
        options.with_rules(match self.extract {
            None => rules,
            Some(Extract::Boxed) => Rules::BOXED,
            Some(Extract::Stated) => Rules::STATED,
            Some(Extract::All) => Rules::ALL,
        })
    }

    /// The grader of dialogues, started.
    pub fn open(&self) -> Result<Arc<dyn Grader>, JudgeError> {
        let Some(command) = self.command() else {
            return Ok(Arc::new(self.builtin()));
        };
        // A settings file may spell the defaults of the built-in grader out.
        if self
            .profile
            .is_some_and(|profile| profile != Profile::Strict)
        {
            return Err(JudgeError::Idle { flag: "profile" });
        }
        if self.extract.is_some_and(|rules| rules != Extract::Boxed) {
            return Err(JudgeError::Idle { flag: "extract" });
        }
        let grader = CommandGrader::start(command, self.patience()).map_err(GraderError::from)?;
        Ok(Arc::new(grader))
    }

    /// The name that the grader of dialogues has in records, without starting it.
    pub fn name(&self) -> String {
        match self.command() {
            Some(command) => CommandGrader::name_of(command),
            None => self.builtin().name(),
        }
    }

    fn builtin(&self) -> Builtin {
        Builtin::new(self.options(Rules::BOXED))
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.grader_timeout.unwrap_or(PATIENCE))
    }
}
