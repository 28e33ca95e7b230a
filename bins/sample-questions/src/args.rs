//! The command line, as typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::Parser;
use stage::{LogArgs, OutputArgs};

use crate::preset::Preset;

const EXAMPLES: &str = "\
Examples:
  sample-questions --data train.jsonl --count 128 --step 17 --seed 1 | rollout --model DIR
  sample-questions --all --attempts 1-7 --data math500.jsonl amc23.jsonl --exclude overlap.jsonl
  sample-questions --data my.parquet --question-field prompt --answer-field solution --count 8

Step S emits the questions at places S*K to (S+1)*K-1 of an endless shuffle, epoch after
epoch; no question comes twice within an epoch. The result depends on data, seed and step
alone. Data is JSONL, a JSON array or Parquet, the first two also as gzip or zstd. A field may be
a part of one (reward_model.ground_truth); of chat messages, the last one of the user is the question.

Presets, also recognised by file names and fields: aime24, amc23, math500, minerva_math,
olympiadbench, math_dev, math_train, gsm8k, dapo_math_17k, deepscaler, openr1_math, big_math,
numina_math_1.5, numina_math_cot, and verl for data in that trainer's layout (data_source, prompt,
reward_model.ground_truth).";

/// Draws questions from data sets, step by step, reproducibly
#[derive(Parser, Debug)]
#[command(name = "sample-questions", version, after_help = EXAMPLES)]
pub struct Args {
    /// Data files: JSONL, JSON array or Parquet; `-` is standard input
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    pub data: Vec<PathBuf>,

    /// Questions to draw for one step
    #[arg(
        long,
        value_name = "K",
        required_unless_present = "all",
        conflicts_with = "all"
    )]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,

    /// Which step of the shuffle to emit
    #[arg(long, value_name = "S", default_value_t = 0, conflicts_with = "all")]
    pub step: u64,

    /// Random seed of the shuffle, the attempts and the dialogues
    #[arg(long, value_name = "X", default_value_t = 0)]
    pub seed: u64,

    /// Dialogues for each question drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    pub samples_per_question: i32,

    /// Attempts allowed: drawn uniformly for each dialogue, or with --all each of them in turn
    #[arg(long, value_name = "LO-HI", default_value = "1-5")]
    pub attempts: Attempts,

    /// Every question, once for each number of attempts: for evaluation
    #[arg(long)]
    pub all: bool,

    /// Leave out the questions named in these files by question_id, source and row, or text
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub exclude: Vec<PathBuf>,

    /// Only the first N rows of each data file
    #[arg(long, value_name = "N")]
    pub first: Option<usize>,

    /// Leave out and count rows whose question, answer or id is missing, empty or of no use
    #[arg(long)]
    pub skip_unusable: bool,

    /// Layout of the data [default: told by each file's name and fields]
    #[arg(long, value_name = "NAME", value_parser = Preset::parse)]
    #[arg(conflicts_with_all = ["question_field", "answer_field"])]
    pub preset: Option<&'static Preset>,

    /// Field that holds the problem, a text or chat messages [default: question or problem]
    #[arg(long, value_name = "FIELD")]
    pub question_field: Option<String>,

    /// Field that holds the reference answer [default: answer]
    #[arg(long, value_name = "FIELD")]
    pub answer_field: Option<String>,

    /// Field that identifies a row [default: question_id, or the 0-based place in the file]
    #[arg(long, value_name = "FIELD")]
    pub id_field: Option<String>,

    /// Name of the data set [default: the preset, the row's own source, or the file name]
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,

    /// Other fields of the data to pass on, such as level
    #[arg(long, value_name = "FIELD,...", value_delimiter = ',', value_parser = foreign)]
    pub keep_fields: Vec<String>,

    #[command(flatten)]
    pub output: OutputArgs,

    #[command(flatten)]
    pub log: LogArgs,
}

/// A field that records do not have anyway.
fn foreign(name: &str) -> Result<String, String> {
    match records::spec(name) {
        Some(_) => Err(format!("\"{name}\" is a field of every record already")),
        None => Ok(name.to_owned()),
    }
}

/// A range of numbers of attempts, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempts {
    pub low: i32,
    pub high: i32,
}

impl FromStr for Attempts {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        match (low.trim().parse(), high.trim().parse()) {
            (Ok(low), Ok(high)) if 1 <= low && low <= high => Ok(Self { low, high }),
            _ => Err("expected a number of attempts such as 3, or a range such as 1-5".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_or_a_single_number() {
        assert_eq!("1-5".parse(), Ok(Attempts { low: 1, high: 5 }));
        assert_eq!("3".parse(), Ok(Attempts { low: 3, high: 3 }));
        for wrong in ["0-2", "5-1", "a", "", "-3"] {
            assert!(wrong.parse::<Attempts>().is_err(), "{wrong}");
        }
    }
}
