//! What can be typed. Knows nothing about what is shown.

use std::io::{IsTerminal, stdin, stdout};
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use dialogues::Filter;
use stage::{LogArgs, TableFormat};
use tables::is_standard_stream;

/// Shows dialogues in the terminal, one by one.
///
/// Reads records of any stage from `rollout` on and shows question, attempts, what the grader read and why it decided as
/// it did, and reward. With --model also the feedback between attempts, and tokens coloured by their numbers. On a terminal
/// one dialogue is shown at a time: Enter or n for the next, p for the one before, q to leave. Elsewhere all dialogues are
/// printed.
#[derive(Debug, Parser)]
#[command(name = "view", version, after_long_help = EXAMPLE)]
pub struct Args {
    /// Records; `-` is standard input
    #[arg(value_name = "FILE", default_value = "-")]
    pub files: Vec<PathBuf>,
    /// Format of the files, when their names do not tell
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<TableFormat>,

    /// Only dialogues of this data set
    #[arg(long, help_heading = "Which dialogues", value_name = "NAME")]
    source: Option<String>,
    /// Only dialogues whose first right attempt has this number
    #[arg(long, help_heading = "Which dialogues", value_name = "N", conflicts_with = "unsolved",
        value_parser = clap::value_parser!(u16).range(1..))]
    solved_at: Option<u16>,
    /// Only dialogues without a right attempt
    #[arg(long, help_heading = "Which dialogues")]
    unsolved: bool,
    /// Only dialogues that gave another answer after a wrong one
    #[arg(long, help_heading = "Which dialogues")]
    changed: bool,
    /// Only dialogues with this id, or about the question with this id
    #[arg(long, help_heading = "Which dialogues", value_name = "ID")]
    id: Option<String>,
    /// At most so many
    #[arg(long, help_heading = "Which dialogues", value_name = "COUNT")]
    pub limit: Option<usize>,

    /// Model directory whose tokenizer reads feedback and tokens
    #[arg(long, help_heading = "Look", value_name = "DIR")]
    pub model: Option<PathBuf>,
    /// Colour tokens by this number
    #[arg(long, help_heading = "Look", value_name = "NUMBER", requires = "model")]
    pub tokens: Option<Numbers>,
    /// When to use colours; `auto`: on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        help_heading = "Look",
        value_name = "WHEN",
        default_value = "auto"
    )]
    color: Color,

    #[command(flatten)]
    log: LogArgs,
}

/// What tokens are coloured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Numbers {
    Logprobs,
    Advantages,
    Values,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Color {
    Auto,
    Always,
    Never,
}

const EXAMPLE: &str = "\
Examples:
  view runs/tiny-multi-attempt/test/after/graded.parquet --solved-at 2
  view graded.jsonl --unsolved --source equations --limit 5
  view advantages.parquet --model data/tiny/base --tokens advantages
  rollout ... | grade | view --changed";

impl Args {
    pub fn filter(&self) -> Filter {
        Filter {
            source: self.source.clone(),
            solved_at: self.solved_at.map(usize::from),
            unsolved: self.unsolved,
            changed: self.changed,
            id: self.id.clone(),
        }
    }

    pub fn coloured(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            // An empty NO_COLOR counts as absent, as its convention says.
            Color::Auto => {
                let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                stdout().is_terminal() && !refused
            }
        }
    }

    /// Keys are read from standard input, so records must come from elsewhere.
    pub fn browses(&self) -> bool {
        let piped = self.files.iter().any(|file| is_standard_stream(file));
        stdout().is_terminal() && stdin().is_terminal() && !piped
    }
}
