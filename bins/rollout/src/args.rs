//! What can be typed. Nothing below knows clap.

use std::str::FromStr;

use clap::{Parser, ValueEnum};
use judge::GraderArgs;
use stage::parse;
use transcript::FormatArgs;

/// Plays the dialogues with a policy
///
/// Reads question rows (question_id, question, answer, attempts_allowed, seed), adds the dialogue and passes every other
/// field through. Every random number is keyed by the row's seed and the token's position: with the native engine the
/// output is the same, byte for byte, whatever the batch size, threads or shards.
#[derive(Debug, Parser)]
#[command(name = "rollout", version, after_long_help = EXAMPLE)]
pub struct Args {
    /// Directory of the policy, as Hugging Face models are stored
    #[arg(long, value_name = "DIR")]
    pub model: String,

    /// Name recorded in the field `model`; by default the directory's name
    #[arg(long, value_name = "NAME")]
    pub model_name: Option<String>,

    /// cpu, cuda (the first GPU), or a list such as cuda:0,1: one worker a GPU over one queue
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,

    /// float32 or bfloat16; by default float32 on a CPU, bfloat16 on a GPU
    #[arg(long, value_name = "TYPE", value_parser = ["float32", "bfloat16"])]
    pub dtype: Option<String>,

    /// What computes: native (CPU, float32, exact in any batch) or torch (any device); by default native on a CPU
    #[arg(long, value_name = "ENGINE")]
    pub engine: Option<EngineName>,

    #[command(flatten)]
    pub dialogue: DialogueArgs,

    #[command(flatten)]
    pub format: FormatArgs,

    #[command(flatten)]
    pub grader: GraderArgs,

    #[command(flatten)]
    pub sampling: SamplingArgs,

    #[command(flatten)]
    pub work: WorkArgs,

    #[command(flatten)]
    pub io: stage::IoArgs,

    #[command(flatten)]
    pub log: stage::LogArgs,
}

/// How a dialogue goes.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Dialogue")]
pub struct DialogueArgs {
    /// Tokens that the policy may sample in one dialogue
    #[arg(long, value_name = "N", default_value_t = 3000, value_parser = parse::count)]
    pub max_new_tokens: usize,

    /// Longest dialogue in tokens, prompt and feedback included; by default the model's own limit
    #[arg(long, value_name = "N", value_parser = parse::count)]
    pub context_length: Option<usize>,

    /// What ends an attempt: eos (end-of-sequence) or boxed (also a check that finds a complete boxed answer)
    #[arg(long, value_name = "END", default_value = "eos")]
    pub attempt_end: AttemptEndName,

    /// Sampled tokens between two checks for a boxed answer; 1 ends the attempt at once
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = parse::count)]
    pub check_every: usize,

    /// Play on after a right attempt as after a wrong one, until no attempts are left: measures how often right answers
    /// are given up. Not for training
    #[arg(long)]
    pub play_on: bool,

    /// A question whose prompt leaves no room in the context: `record` an empty attempt cut off by length,
    /// and warn; or stop with an `error`
    #[arg(long, value_name = "WHAT", default_value = "record")]
    pub too_long: TooLong,
}

/// How tokens are drawn.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Sampling")]
pub struct SamplingArgs {
    /// Divides the logits; 0 takes the likeliest token
    #[arg(long, value_name = "T", default_value_t = 1.0, value_parser = parse::temperature)]
    pub temperature: f32,

    /// Draws among the fewest likeliest tokens that hold this much probability
    #[arg(long, value_name = "P", default_value_t = 1.0, value_parser = parse::positive_share::<f32>)]
    pub top_p: f32,

    /// Draws among the K likeliest tokens; 0 among all
    #[arg(long, value_name = "K", default_value_t = 0)]
    pub top_k: usize,
}

/// How the work is divided. None of it changes the output.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Work")]
pub struct WorkArgs {
    /// Dialogues played at a time, over all workers; by default 16 a thread for small models, 64 for
    /// large ones, 256 a GPU
    #[arg(long, value_name = "N", value_parser = parse::count)]
    pub max_batch: Option<usize>,

    /// Memory for keys and values, such as 8GiB; by default nine tenths of what is free. Dialogues that do not fit give way
    /// and go on later, with the same output (native engine)
    #[arg(long, value_name = "SIZE", value_parser = crate::memory::parse_size)]
    pub kv_memory: Option<usize>,

    /// CPU threads; by default all
    #[arg(long, value_name = "N", value_parser = parse::count)]
    pub threads: Option<usize>,

    /// Plays the rows whose number modulo N is I, counted from 0, and leaves the others out
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EngineName {
    Native,
    Torch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AttemptEndName {
    Eos,
    Boxed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TooLong {
    Record,
    Error,
}

/// One part of the input among several machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    pub fn holds(&self, row: u64) -> bool {
        row % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "expected I/N with 0 <= I < N, such as 0/4".to_owned();
        let (index, count) = text.split_once('/').ok_or_else(wanted)?;
        let (index, count) = (
            index.parse().map_err(|_| wanted())?,
            count.parse().map_err(|_| wanted())?,
        );
        if index < count {
            Ok(Self { index, count })
        } else {
            Err(wanted())
        }
    }
}

const EXAMPLE: &str = "\
Examples:
  sample-questions --data train.jsonl --count 128 --step 17 --seed 1 | rollout --model DIR | grade
  rollout --model DIR --input questions.parquet --output rollouts.parquet --temperature 0
  rollout --model DIR --shard 0/4 --input questions.parquet --output part0.parquet

Fields added: dialogue_id, model, model_sha256, token_ids, prompt_length, loss_mask, logprobs, attempts, attempts_used,
stop_reason, feedback, grader. A sampled token's log-probability is that under the distribution it was drawn from (after temperature,
top-k, top-p); with temperature 0 the choice is certain and it is 0. An attempt cut off by the token budget or the
context has the verdict `truncated`; a dialogue whose feedback no longer fits ends by `length`.";
