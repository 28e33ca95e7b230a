//! What is typed.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, ValueEnum};
use compute::{ComputeArgs, RecomputeArgs};
use learning::objective::importance::Level;
use learning::objective::losses::{KlEstimator, Surrogate};
use learning::objective::reduction::LossMean;
use stage::{JobsArgs, LogArgs, TableFormat, parse};

/// One pass of clipped PPO over dialogues with advantages: trains policy and critic
///
/// Needs `token_ids`, `loss_mask`, `policy_logprobs` and `advantages`; for the critic `values` and
/// `returns`; with a KL weight `reference_logprobs`; with --tis-cap or
/// --tis-bounds `logprobs`. Learns at the policy
/// tokens, or at those of them that `learn_mask` and for the critic `value_mask` name. The checkpoint
/// (policy/, critic/, optimizer/, state.json) appears complete or not at all. Metrics, one JSON
/// record per optimiser step, go to standard output or to --metrics.
///
/// A line of --jobs is {"input": FILE, "output_dir": DIR, "metrics": FILE}: one pass, from where the one before it ended.
/// Weights and moments stay in memory; every checkpoint is written all the same, with the bytes that one call a pass
/// would have given.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "Example:\n  ppo-step --policy base --critic base --input advantages.parquet --output-dir runs/a/checkpoints/000001 --total-steps 320"
)]
pub struct Args {
    /// Dialogues to learn from; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub input: PathBuf,

    /// Format of the input, when its name does not tell
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<TableFormat>,

    /// Model directory of the policy
    #[arg(long, value_name = "DIR")]
    pub policy: PathBuf,

    /// Model directory of the critic; one without a value head starts with a zero one. Without this flag the policy is trained alone
    #[arg(long, value_name = "DIR")]
    pub critic: Option<PathBuf>,

    /// Checkpoint, or its optimizer directory, whose moments and counters to go on from; fresh ones without this flag
    #[arg(long, value_name = "DIR")]
    pub optimizer: Option<PathBuf>,

    /// Where the checkpoint appears, complete or not at all
    #[arg(long, value_name = "DIR", required_unless_present = "jobs")]
    pub output_dir: Option<PathBuf>,

    /// Write metrics to this JSONL file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,

    #[command(flatten)]
    pub jobs: JobsArgs,

    /// Take dialogues that another policy played, too
    #[arg(long)]
    pub allow_other_policy: bool,

    #[command(flatten)]
    pub loss: LossArgs,

    #[command(flatten)]
    pub optimisation: OptimisationArgs,

    #[command(flatten)]
    pub compute: ComputeArgs,

    #[command(flatten)]
    pub recompute: RecomputeArgs,

    #[command(flatten)]
    pub log: LogArgs,
}

/// What is minimised.
#[derive(ClapArgs, Clone, Debug)]
#[command(next_help_heading = "Loss")]
pub struct LossArgs {
    /// What is maximised at each token
    #[arg(long, value_name = "NAME", value_enum, default_value_t = SurrogateName::Ppo)]
    pub surrogate: SurrogateName,

    /// Whose ratio is clipped: of each token, or of its dialogue (GSPO: the geometric mean over its tokens)
    #[arg(long, value_name = "WHOSE", value_enum, default_value_t = LevelName::Token)]
    pub ratio: LevelName,

    /// The ratio counts no lower than 1 - this
    #[arg(long, value_name = "C", default_value_t = 0.2, value_parser = parse::share::<f64>)]
    pub clip_low: f64,

    /// The ratio counts no higher than 1 + this
    #[arg(long, value_name = "C", default_value_t = 0.2, value_parser = parse::not_negative::<f64>)]
    pub clip_high: f64,

    /// Bound on the loss at negative advantages, in advantages; above 1, 0 leaves it out
    #[arg(long, value_name = "C", default_value_t = 0.0, value_parser = dual_clip)]
    pub dual_clip: f64,

    /// Cap of the importance weight that corrects for the sampler; 0 leaves the weight out
    #[arg(long, value_name = "CAP", default_value_t = 0.0, value_parser = parse::not_negative::<f64>)]
    pub tis_cap: f64,

    /// Leave out what has an importance weight outside of these bounds, such as 0.5,5 for tokens or 0,3 for sequences
    #[arg(long, value_name = "LOW,HIGH", value_parser = parse::bounds)]
    pub tis_bounds: Option<(f64, f64)>,

    /// Whose importance weight it is: of each token, or of its dialogue, the product over its tokens
    #[arg(long, value_name = "WHOSE", value_enum, default_value_t = LevelName::Token)]
    pub tis_level: LevelName,

    /// Values count no further than this from the old ones; 0 leaves the clip out
    #[arg(long, value_name = "C", default_value_t = 0.2, value_parser = parse::not_negative::<f64>)]
    pub value_clip: f64,

    /// Weight of the divergence from the reference in the loss; 0 leaves it out
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.01, value_parser = parse::not_negative::<f64>)]
    pub kl_coef: f64,

    /// Estimator of the divergence from the reference
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Estimator::K3)]
    pub kl_estimator: Estimator,

    /// Weight of the entropy bonus; 0 leaves it out
    #[arg(long, value_name = "WEIGHT", default_value_t = 0.0, value_parser = parse::not_negative::<f64>)]
    pub entropy_coef: f64,

    /// What the loss is a mean over. `token` is exact whatever the micro-batches
    #[arg(long, value_name = "NAME", value_enum, default_value_t = Mean::Token)]
    pub loss_mean: Mean,
}

/// How it is minimised.
#[derive(ClapArgs, Clone, Debug)]
#[command(next_help_heading = "Optimisation")]
pub struct OptimisationArgs {
    /// Most dialogues of one optimiser step; the input is divided evenly
    #[arg(long, value_name = "DIALOGUES", default_value_t = 128, value_parser = clap::value_parser!(u32).range(1..))]
    pub minibatch: u32,

    /// Passes over the input
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: u32,

    /// Keep the input's order instead of drawing minibatches at random
    #[arg(long)]
    pub no_shuffle: bool,

    /// Highest learning rate of the policy
    #[arg(long, value_name = "RATE", default_value_t = 5e-7, value_parser = parse::not_negative::<f64>)]
    pub actor_lr: f64,

    /// Highest learning rate of the critic
    #[arg(long, value_name = "RATE", default_value_t = 1e-5, value_parser = parse::not_negative::<f64>)]
    pub critic_lr: f64,

    /// Optimiser steps of the whole run, over which the learning rate warms up and decays; without this flag it is constant
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub total_steps: Option<u64>,

    /// Learning rate at the end of the run, as a share of the highest
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = parse::share::<f64>)]
    pub min_lr_ratio: f64,

    /// Share of the run over which the learning rate rises
    #[arg(long, value_name = "SHARE", default_value_t = 0.03, value_parser = parse::share::<f64>)]
    pub warmup_ratio: f64,

    /// Calls of this program, from the start of the run, that train the critic alone
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub critic_warmup_steps: u64,

    /// Bound on the global gradient norm; 0 leaves it out
    #[arg(long, value_name = "NORM", default_value_t = 1.0, value_parser = parse::not_negative::<f64>)]
    pub max_grad_norm: f64,

    /// Weight decay of matrices
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = parse::not_negative::<f64>)]
    pub weight_decay: f64,

    /// Decay rates of AdamW's two moments
    #[arg(long, value_name = "B1,B2", default_value = "0.9,0.95", value_parser = parse::betas)]
    pub betas: (f64, f64),

    /// Added to AdamW's denominator
    #[arg(long, value_name = "E", default_value_t = 1e-8, value_parser = parse::positive::<f64>)]
    pub eps: f64,

    /// Seed of the minibatches
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub seed: u64,
}

/// [`KlEstimator`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Estimator {
    /// log-ratio
    K1,
    /// half its square
    K2,
    /// exp(-d) - 1 + d
    K3,
}

/// [`Surrogate`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SurrogateName {
    /// the smaller of r A and clip(r) A
    Ppo,
    /// clip(r) A log pi, clip(r) constant to the gradient
    Cispo,
}

/// [`Level`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LevelName {
    Token,
    Sequence,
}

/// [`LossMean`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mean {
    /// over all policy tokens of the minibatch
    Token,
    /// over dialogues of each one's token mean
    Sequence,
    /// over micro-batches, in the input's order, of each one's token mean
    MicroBatch,
}

impl From<Estimator> for KlEstimator {
    fn from(estimator: Estimator) -> Self {
        match estimator {
            Estimator::K1 => Self::K1,
            Estimator::K2 => Self::K2,
            Estimator::K3 => Self::K3,
        }
    }
}

impl From<SurrogateName> for Surrogate {
    fn from(name: SurrogateName) -> Self {
        match name {
            SurrogateName::Ppo => Self::Ppo,
            SurrogateName::Cispo => Self::Cispo,
        }
    }
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Token => Self::Token,
            LevelName::Sequence => Self::Sequence,
        }
    }
}

impl From<Mean> for LossMean {
    fn from(mean: Mean) -> Self {
        match mean {
            Mean::Token => Self::Token,
            Mean::Sequence => Self::Sequence,
            Mean::MicroBatch => Self::MicroBatch,
        }
    }
}

fn dual_clip(text: &str) -> Result<f64, String> {
    let number = parse::not_negative(text)?;
    if number == 0.0 || number > 1.0 {
        Ok(number)
    } else {
        Err("expected 0 or a number above 1".to_owned())
    }
}
