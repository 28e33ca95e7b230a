//! The command line, as typed.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use stage::{IoArgs, LogArgs, parse};

const EXAMPLES: &str = "\
Examples:
  compute-advantages --input scored.parquet --output advantages.parquet
  score --policy DIR --critic DIR < graded.jsonl | compute-advantages --lambda 0.95 --no-whiten
  compute-advantages --estimator rloo --drop-uniform < graded.jsonl
  compute-advantages --credit turn --learn-from last < scored.jsonl
  compute-advantages --kl-in-reward 0.05 --kl-target 0.02 --kl-to 2.json --kl-from 1.json < scored.jsonl

Policy tokens are those with loss_mask true. The reward falls on the last of them, or, where
every attempt has a reward of its own, on the last policy token of each attempt. Feedback
tokens are skipped: gamma and lambda apply once per policy token, or with --credit turn once
per attempt. gae reads `values`; the others need no critic. rloo and grpo compare whole
dialogues, whose rewards are added up. --learn-from last and solved write `learn_mask`, and
--credit turn writes `value_mask`, for ppo-step. With --kl-in-reward every policy token pays
for its divergence; `reward` stays as it is. Whitening and groups span the whole input, which is
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
    pub divergence: DivergenceArgs,

    #[command(flatten)]
    pub log: LogArgs,
}

/// The divergence from the reference policy as a part of the reward.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Divergence in the reward")]
pub struct DivergenceArgs {
    /// What a nat of divergence from the reference costs at each policy token; 0 leaves it out of the reward. Then
    /// ppo-step needs no --kl-coef
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0, value_parser = parse::not_negative::<f64>)]
    pub kl_in_reward: f64,

    /// Its estimator
    #[arg(long, value_name = "NAME", value_enum, default_value = "k1")]
    pub kl_reward_estimator: Estimate,

    /// Adapt the weight from call to call, so that the divergence stays near this many nats per policy token
    #[arg(long, value_name = "NATS", value_parser = parse::positive::<f64>)]
    pub kl_target: Option<f64>,

    /// Dialogues over which the adaptive weight moves by a fifth at most
    #[arg(long, value_name = "DIALOGUES", default_value_t = 10_000.0, value_parser = parse::positive::<f64>)]
    pub kl_horizon: f64,

    /// Take the weight from this file, which an earlier call wrote, instead of --kl-in-reward
    #[arg(long, value_name = "FILE")]
    pub kl_from: Option<PathBuf>,

    /// Write the weight for the next call, with the divergence of this one, to this JSON file
    #[arg(long, value_name = "FILE")]
    pub kl_to: Option<PathBuf>,
}

/// [`advantages::KlEstimator`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Estimate {
    /// log-ratio
    K1,
    /// half its square
    K2,
    /// exp(-d) - 1 + d
    K3,
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
