//! What can be typed. Knows nothing about how it is done.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Parser, Subcommand};

/// Compares ways of training over several seeds
///
/// An arm is a way of training, run with several seeds. `gather` reads finished runs and writes what they did to the
/// test questions, question by question, into one small JSONL file; `report` makes tables with 95 % intervals over seeds
/// and questions, and figures, of that file alone. `pipelines/reproduce.sh` makes the runs.
#[derive(Debug, Parser)]
#[command(name = "compare", version, after_long_help = EXAMPLE)]
pub struct Args {
    #[command(flatten)]
    pub log: stage::LogArgs,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLE: &str = "\
Examples:
  compare gather --arm base=runs/base --arm multi-attempt=runs/m-1 --arm multi-attempt=runs/m-2 \\
    --arm single-turn=runs/s-1 --arm single-turn=runs/s-2 --output outcomes.jsonl
  compare report --input outcomes.jsonl --output-dir comparison
  steps=$((160 * $(compare tokens runs/m-1) / $(compare tokens runs/s-1)))";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes what finished runs did, one line a run, after a line with the questions.
    ///
    /// Reads RUN/settings.toml, metrics.jsonl, eval/metrics.jsonl and the graded dialogues in
    /// RUN/comparison/{attempts,independent,without-verdict,play-on}/graded.parquet, of which only the first must be
    /// there. All runs must have played the same questions.
    Gather {
        /// A run of an arm; repeatable. The arm `base` is the policy before training.
        #[arg(long, value_name = "ARM=RUN", required = true)]
        arm: Vec<Arm>,
        /// Where to write; `-` is standard output.
        #[arg(long, value_name = "FILE", default_value = "-")]
        output: PathBuf,
    },
    /// Writes README.md and figures about gathered runs.
    Report {
        /// Files of `gather`; repeatable, runs of all of them count together.
        #[arg(long, value_name = "FILE", required = true)]
        input: Vec<PathBuf>,
        /// Folder for README.md and the figures, made where it is missing.
        #[arg(long, value_name = "DIR")]
        output_dir: PathBuf,
        /// Markdown that stands behind the head of README.md, such as commands and hardware.
        #[arg(long, value_name = "FILE")]
        note: Option<PathBuf>,
    },
    /// Prints how many policy tokens a run has learned from.
    Tokens {
        /// The run's folder.
        run: PathBuf,
    },
}

/// A run and the arm that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    pub name: String,
    pub run: PathBuf,
}

impl FromStr for Arm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, run)) if !name.is_empty() && !run.is_empty() => Ok(Self {
                name: name.into(),
                run: run.into(),
            }),
            _ => Err("expected ARM=RUN, such as multi-attempt=runs/multi-attempt-1".into()),
        }
    }
}
