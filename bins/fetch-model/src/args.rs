//! What is typed.

use clap::Parser;
use stage::LogArgs;

/// Find a model directory by path, or fetch it from the Hugging Face hub by name
///
/// Prints the directory that holds config.json, the weights and the tokenizer. A name such as
/// Qwen/Qwen2.5-Math-1.5B is fetched into the hub's cache, where other programs find it too; what
/// is there already is not fetched again, and an interrupted download goes on where it stopped.
#[derive(Parser, Debug)]
#[command(
    version,
    after_help = "\
Environment:
  HF_ENDPOINT   where the hub is, instead of https://huggingface.co
  HF_HOME       where the cache is, instead of ~/.cache/huggingface (HF_HUB_CACHE: the very folder)
  HF_TOKEN      access token for private and gated models

Example:
  rollout --model \"$(fetch-model Qwen/Qwen2.5-Math-1.5B)\" --input questions.jsonl"
)]
pub struct Args {
    /// Path of a model directory, or ORGANISATION/NAME
    #[arg(value_name = "MODEL")]
    pub model: String,

    /// Branch, tag or commit of a model fetched by name
    #[arg(long, value_name = "REVISION", default_value = "main")]
    pub revision: String,

    /// Use only what was fetched before
    #[arg(long, env = "HF_HUB_OFFLINE", value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,

    #[command(flatten)]
    pub log: LogArgs,
}
