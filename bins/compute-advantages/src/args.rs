//! The command line, as typed.

use clap::{Parser, ValueEnum};
use stage::{IoArgs, LogArgs, parse};

const EXAMPLES: &str = "\
Examples:
  compute-advantages --input scored.parquet --output advantages.parquet
  score --policy DIR --critic DIR < graded.jsonl | compute-advantages --lambda 0.95 --no-whiten
  compute-advantages --estimator rloo --drop-uniform < graded.jsonl
  compute-advantages --credit turn --learn-from last < scored.jsonl

Policy tokens are those with loss_mask true. The reward falls on the last of them, or, where
every attempt has a reward of its own, on the last policy token of each attempt. Feedback
tokens are skipped: gamma and lambda apply once per policy token, or with --credit turn once
per attempt. gae reads `values`; the others need no critic. rloo and grpo compare whole
dialogues, whose rewards are added up. --learn-from last and solved write `learn_mask`, and
--credit turn writes `value_mask`, for ppo-step. Whitening and groups span the whole input, which is
then held in memory; gae and reinforce with --no-whiten work record by record.";

/// Adds advantages and returns to graded (and, for gae, scored) dialogues
#[derive(Parser, Debug)]
#[command(name = "compute-advantages", version, after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    pub io: IoArgs,

    /// How advantages are estimated
    #[arg(long, value_enum, default_value = "gae")]
    pub estimator: Estimator,

    /// gae: what a step is
    #[arg(long, value_enum, value_name = "STEP", default_value = "token")]
    pub credit: Credit,

    /// Discount per step, 0 to 1 [default: 1, or 0.99 with --credit turn]
    #[arg(long, value_name = "GAMMA", value_parser = parse::share::<f64>)]
    pub gamma: Option<f64>,

    /// Lambda of GAE per step, 0 to 1 [default: 0.99, or 0.9 with --credit turn]
    #[arg(long, value_name = "LAMBDA", value_parser = parse::share::<f64>)]
    pub lambda: Option<f64>,

    /// Lambda of the returns that the critic learns from [default: the same as --lambda]
    #[arg(long, value_name = "LAMBDA", value_parser = parse::share::<f64>)]
    pub value_lambda: Option<f64>,

    /// Which attempts are learned from. Dialogues with nothing to learn from are dropped
    #[arg(long, value_enum, value_name = "ATTEMPTS", default_value = "all")]
    pub learn_from: LearnFrom,

    /// Move the advantages of all tokens that are learned from to mean 0 and variance 1 [default for gae, reinforce]
    #[arg(long, overrides_with = "no_whiten")]
    pub whiten: bool,

    /// Leave the advantages as they are estimated [default for rloo, grpo]
    #[arg(long, overrides_with = "whiten")]
    pub no_whiten: bool,

    /// grpo: do not divide by the standard deviation of the group (Dr. GRPO)
    #[arg(long)]
    pub no_std: bool,

    /// Drop questions with several samples that are all right or all wrong. Where that would leave
    /// nothing, all are kept
    #[arg(long)]
    pub drop_uniform: bool,

    /// Drop dialogues whose reference answer could not be read [default]
    #[arg(long, overrides_with = "no_exclude_bad_reference")]
    pub exclude_bad_reference: bool,

    /// Keep dialogues whose reference answer could not be read
    #[arg(long, overrides_with = "exclude_bad_reference")]
    pub no_exclude_bad_reference: bool,

    #[command(flatten)]
    pub log: LogArgs,
}

/// What one step of GAE is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Credit {
    /// A policy token
    Token,
    /// An attempt: one value and one advantage for each
    Turn,
}

/// Which attempts are learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LearnFrom {
    /// Every attempt of every dialogue
    All,
    /// The last attempt of every dialogue
    Last,
    /// Every attempt of the dialogues whose last attempt is right
    Solved,
}

/// The estimators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Estimator {
    /// Generalised advantage estimation with the critic's values
    Gae,
    /// Return less the mean return of the question's other samples
    Rloo,
    /// Return less the mean of the question's samples, over their standard deviation
    Grpo,
    /// The discounted rewards that follow
    Reinforce,
}
