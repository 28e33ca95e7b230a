//! What can be typed. Knows nothing about how it is done.

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use stage::parse;

/// Makes synthetic questions, demonstrations and a blank policy, all from a seed.
///
/// The same arguments give the same bytes.
#[derive(Debug, Parser)]
#[command(name = "synthesize-questions", version, after_long_help = EXAMPLE)]
pub struct Args {
    #[command(flatten)]
    pub log: stage::LogArgs,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLE: &str = "\
Example:
  synthesize-questions questions --output-dir data/tiny --seed 1
  synthesize-questions demonstrations --data data/tiny/train.jsonl --seed 1 --output demonstrations.jsonl
  synthesize-questions plain --output-dir data/plain --seed 1
  synthesize-questions blank-policy --demonstrations demonstrations.jsonl \\
    --template data/tiny/template.toml --output-dir blank
  sft --model blank --from-scratch --input demonstrations.jsonl \\
    --template data/tiny/template.toml --output-dir base";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes train.jsonl, dev.jsonl and test.jsonl: disjoint questions of every family.
    Questions(QuestionArgs),
    /// Writes dialogues that answer given questions, right and wrong, for `sft`.
    Demonstrations(DemonstrationArgs),
    /// Writes train.jsonl, dev.jsonl, test.jsonl and demonstrations.jsonl: questions in plain words, in several wordings
    /// each, for a small pretrained model. No task is in two splits, whatever its wording; demonstrations are about
    /// tasks of the training split.
    Plain(PlainArgs),
    /// Writes a Qwen2 directory without weights: a configuration, and a tokenizer learned from
    /// demonstrations. `sft --from-scratch` draws the weights.
    BlankPolicy(BlankPolicyArgs),
}

#[derive(Debug, clap::Args)]
pub struct QuestionArgs {
    /// Where the three files are written.
    #[arg(long, value_name = "DIR")]
    pub output_dir: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Training questions of each family.
    #[arg(long, default_value_t = 800, value_name = "N")]
    pub train: usize,
    /// Development questions of each family.
    #[arg(long, default_value_t = 80, value_name = "N")]
    pub dev: usize,
    /// Test questions of each family.
    #[arg(long, default_value_t = 200, value_name = "N")]
    pub test: usize,
}

#[derive(Debug, clap::Args)]
pub struct DemonstrationArgs {
    /// Questions to answer, as `questions` writes them.
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// Where to write the dialogues; `-` is standard output.
    #[arg(long, default_value = "-", value_name = "FILE")]
    pub output: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Dialogues to write.
    #[arg(long, default_value_t = 24_000, value_name = "N")]
    pub count: u64,
    /// Share of first attempts that follow a misconception.
    #[arg(long, default_value_t = 0.5, value_name = "SHARE", value_parser = parse::share::<f64>)]
    pub misconceptions: f64,
    /// The same among later attempts that do not repeat the one before [default: as in first ones]
    #[arg(long, value_name = "SHARE", value_parser = parse::share::<f64>)]
    pub later_misconceptions: Option<f64>,
    /// Share of fresh attempts with a slip of arithmetic.
    #[arg(long, default_value_t = 0.05, value_name = "SHARE", value_parser = parse::share::<f64>)]
    pub slips: f64,
    /// Share of later attempts that repeat the one before, word for word.
    #[arg(long, default_value_t = 0.6, value_name = "SHARE", value_parser = parse::share::<f64>)]
    pub repeats: f64,
    /// Attempts allowed are drawn from 1 to this number.
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=99))]
    pub attempts: u32,
    /// Attempts written at most, however many are allowed.
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=99))]
    pub longest: u32,
}

#[derive(Debug, clap::Args)]
pub struct PlainArgs {
    /// Where the four files are written.
    #[arg(long, value_name = "DIR")]
    pub output_dir: PathBuf,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Training questions of each family.
    #[arg(long, default_value_t = 150, value_name = "N")]
    pub train: usize,
    /// Development questions of each family.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub dev: usize,
    /// Test questions of each family.
    #[arg(long, default_value_t = 40, value_name = "N")]
    pub test: usize,
    /// Demonstrations of all families together.
    #[arg(long, default_value_t = 480, value_name = "N")]
    pub demonstrations: u64,
    /// Probability that an attempt of a demonstration is wrong, where another one is left.
    #[arg(long, default_value_t = 0.4, value_name = "SHARE", value_parser = parse::share::<f64>)]
    pub wrong: f64,
}

#[derive(Debug, clap::Args)]
pub struct BlankPolicyArgs {
    /// Dialogues that the tokenizer learns its merges from.
    #[arg(long, value_name = "FILE")]
    pub demonstrations: PathBuf,
    /// Texts of the environment: a TOML file, or `chatml`.
    #[arg(long, default_value = "chatml", value_name = "FILE")]
    pub template: String,
    /// The Hugging Face directory to write.
    #[arg(long, value_name = "DIR")]
    pub output_dir: PathBuf,
    /// Tokens at most; fewer where the demonstrations hold no more pieces worth a token.
    #[arg(long, default_value_t = 320, value_name = "N", value_parser = clap::value_parser!(u32).range(259..=65_536))]
    pub vocabulary: u32,
    /// Width of the residual stream.
    #[arg(long, default_value_t = 64, value_name = "N")]
    pub hidden_size: usize,
    /// Width of the feed-forward layers.
    #[arg(long, default_value_t = 192, value_name = "N")]
    pub intermediate_size: usize,
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub layers: usize,
    #[arg(long, default_value_t = 4, value_name = "N")]
    pub heads: usize,
    #[arg(long, default_value_t = 2, value_name = "N")]
    pub key_value_heads: usize,
    /// Standard deviation of the random matrices, for `sft`.
    #[arg(long, default_value_t = 0.04, value_name = "X")]
    pub initializer_range: f64,
    /// Longest dialogue in tokens.
    #[arg(long, default_value_t = 512, value_name = "N")]
    pub context: usize,
}
