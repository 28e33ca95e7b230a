//! What is typed.

use std::path::PathBuf;

use clap::Parser;
use compute::ComputeArgs;
use stage::{IoArgs, JobsArgs, LogArgs};

/// Log-probabilities and values of played dialogues, from one teacher-forced pass
///
/// Adds `policy_logprobs` (under --policy at temperature 1), `reference_logprobs` (under
/// --reference) and `values` (from --critic), each 0 where `loss_mask` is false. The numbers of
/// token t come from the state before it.
///
/// A line of --jobs is {"input": FILE, "output": FILE} and, where they change, "policy", "reference" and "critic". A
/// network is read again only where its line names it; the bytes are those of one call a job.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "Example:\n  score --policy runs/a/checkpoints/000017/policy --reference base --critic runs/a/checkpoints/000017/critic --input graded.parquet --output scored.parquet\n  echo '{\"input\": \"graded.parquet\", \"output\": \"scored.parquet\", \"policy\": \"runs/a/checkpoints/000018/policy\"}' | score --policy base --reference base --jobs -"
)]
pub struct Args {
    #[command(flatten)]
    pub io: IoArgs,

    #[command(flatten)]
    pub jobs: JobsArgs,

    /// Model directory of the policy that is being trained
    #[arg(long, value_name = "DIR")]
    pub policy: PathBuf,

    /// Model directory of the frozen reference
    #[arg(long, value_name = "DIR")]
    pub reference: Option<PathBuf>,

    /// Model directory of the critic; one without a value head gives 0 everywhere
    #[arg(long, value_name = "DIR")]
    pub critic: Option<PathBuf>,

    /// Take dialogues that another policy played, too
    #[arg(long)]
    pub allow_other_policy: bool,

    #[command(flatten)]
    pub compute: ComputeArgs,

    #[command(flatten)]
    pub log: LogArgs,
}
