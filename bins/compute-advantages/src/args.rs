//! The command line, as typed.

use clap::{Parser, ValueEnum};
use stage::{IoArgs, LogArgs};

const EXAMPLES: &str = "\
Examples:
  compute-advantages --input scored.parquet --output advantages.parquet
  score --policy DIR --critic DIR < graded.jsonl | compute-advantages --lambda 0.95 --no-whiten
  compute-advantages --estimator rloo --drop-uniform < graded.jsonl

Policy tokens are those with loss_mask true. The reward falls on the last of them.
Feedback tokens are skipped: gamma and lambda apply once per policy token. gae reads
`values`; the others need no critic. Whitening and groups span the whole input, which is
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

    /// Discount per policy token, 0 to 1
    #[arg(long, value_name = "GAMMA", default_value_t = 1.0, value_parser = unit_interval)]
    pub gamma: f64,

    /// Lambda of GAE per policy token, 0 to 1
    #[arg(long, value_name = "LAMBDA", default_value_t = 0.99, value_parser = unit_interval)]
    pub lambda: f64,

    /// Lambda of the returns that the critic learns from [default: the same as --lambda]
    #[arg(long, value_name = "LAMBDA", value_parser = unit_interval)]
    pub value_lambda: Option<f64>,

    /// Move the advantages of all policy tokens to mean 0 and variance 1 [default for gae, reinforce]
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

/// The estimators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Estimator {
    /// Generalised advantage estimation with the critic's values
    Gae,
    /// Reward less the mean reward of the question's other samples
    Rloo,
    /// Reward less the mean of the question's samples, over their standard deviation
    Grpo,
    /// The discounted reward itself
    Reinforce,
}

fn unit_interval(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a number from 0 to 1".into()),
    }
}
