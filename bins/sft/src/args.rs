//! What is typed.

use std::path::PathBuf;

use clap::Parser;
use compute::{ComputeArgs, RecomputeArgs};
use stage::{LogArgs, TableFormat, parse};
use transcript::FormatArgs;

/// Fine-tune a policy on demonstrations: the warm start before reinforcement learning
///
/// Reads records with `question`, `answer`, `attempts_allowed` and `demonstration`, the texts of
/// its attempts. They are laid out with the template that `rollout` uses; each attempt and the
/// end-of-sequence token after it is trained on, prompt and feedback are not.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "Example:\n  sft --model base --input demonstrations.jsonl --output-dir warm --epochs 2 --lr 1e-3"
)]
pub struct Args {
    /// Demonstrations to read; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub input: PathBuf,

    /// Format of the input, when its name does not tell
    #[arg(long, value_name = "FORMAT")]
    pub input_format: Option<TableFormat>,

    /// Model directory to start from
    #[arg(long, value_name = "DIR")]
    pub model: PathBuf,

    /// Start from random weights; the model directory then needs no weights, only config.json and a tokenizer
    #[arg(long)]
    pub from_scratch: bool,

    /// Where the trained model appears, complete or not at all
    #[arg(long, value_name = "DIR")]
    pub output_dir: PathBuf,

    /// Passes over the demonstrations
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "steps")]
    pub epochs: u64,

    /// Optimiser steps, instead of passes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub steps: Option<u64>,

    /// Demonstrations of one optimiser step
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..))]
    pub batch: u32,

    /// Highest learning rate
    #[arg(long, value_name = "RATE", default_value_t = 1e-4, value_parser = parse::positive::<f64>)]
    pub lr: f64,

    /// Learning rate at the end, as a share of the highest
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, value_parser = parse::share::<f64>)]
    pub min_lr_ratio: f64,

    /// Share of the steps over which the learning rate rises
    #[arg(long, value_name = "SHARE", default_value_t = 0.03, value_parser = parse::share::<f64>)]
    pub warmup_ratio: f64,

    /// Weight decay of matrices
    #[arg(long, value_name = "RATE", default_value_t = 0.0, value_parser = parse::not_negative::<f64>)]
    pub weight_decay: f64,

    /// Decay rates of AdamW's two moments
    #[arg(long, value_name = "B1,B2", default_value = "0.9,0.95", value_parser = parse::betas)]
    pub betas: (f64, f64),

    /// Added to AdamW's denominator
    #[arg(long, value_name = "E", default_value_t = 1e-8, value_parser = parse::positive::<f64>)]
    pub eps: f64,

    /// Bound on the global gradient norm; 0 leaves it out
    #[arg(long, value_name = "NORM", default_value_t = 1.0, value_parser = parse::not_negative::<f64>)]
    pub max_grad_norm: f64,

    /// Seed of the order of demonstrations and of random weights
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    pub seed: u64,

    /// Write a metrics record per optimiser step to this JSONL file
    #[arg(long, value_name = "FILE")]
    pub metrics: Option<PathBuf>,

    #[command(flatten)]
    pub format: FormatArgs,

    #[command(flatten)]
    pub compute: ComputeArgs,

    #[command(flatten)]
    pub recompute: RecomputeArgs,

    #[command(flatten)]
    pub log: LogArgs,
}
