//! The policy's directory: what it is called, what it holds, and the environment it is to act in.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use attempts::{AttemptEnd, DialogueRules};
use checkpoints::{ModelConfig, Weights, resolve};
use generation::{Environment, Rules};
use tokens::Tokenizer;
use transcript::Format;

use crate::args::{Args, AttemptEndName};

/// A policy, opened and checked but not yet loaded.
pub struct Policy {
    pub directory: PathBuf,
    pub name: String,
    pub sha256: String,
    pub config: ModelConfig,
    /// Longest dialogue.
    pub context: usize,
    pub environment: Arc<Environment>,
}

impl Policy {
    pub fn open(args: &Args) -> Result<Self> {
        let directory = resolve(&args.model)?;
        let config = ModelConfig::load(&directory)?;
        let context = context(args, &config)?;
        let environment = environment(args, &directory, &config, context)?;
        let weights = Weights::open(&directory)?;
        Ok(Self {
            name: args.model_name.clone().unwrap_or_else(|| name(&directory)),
            sha256: weights.sha256(),
            directory,
            config,
            context,
            environment: Arc::new(environment),
        })
    }
}

fn context(args: &Args, config: &ModelConfig) -> Result<usize> {
    let limit = config.max_position_embeddings;
    match args.dialogue.context_length {
        Some(asked) if asked > limit => {
            bail!("--context-length {asked} exceeds the model's limit of {limit} tokens")
        }
        asked => Ok(asked.unwrap_or(limit)),
    }
}

fn environment(
    args: &Args,
    directory: &Path,
    config: &ModelConfig,
    context: usize,
) -> Result<Environment> {
    Tokenizer::load(directory)?.check_vocabulary(config.vocab_size)?;
    let rules = Rules {
        dialogue: DialogueRules {
            attempt_end: match args.dialogue.attempt_end {
                AttemptEndName::Eos => AttemptEnd::Eos,
                AttemptEndName::Boxed => AttemptEnd::Boxed,
            },
            play_on: args.dialogue.play_on,
        },
        check_every: args.dialogue.check_every,
        max_new_tokens: args.dialogue.max_new_tokens,
        context,
    };
    let format = Format::open(&args.format, directory)?;
    Ok(Environment { rules, format })
}

/// The directory's name; `policy` alone says nothing, so it takes its parent's along.
fn name(directory: &Path) -> String {
    let full = directory
        .canonicalize()
        .unwrap_or_else(|_| directory.to_owned());
    let part = |path: Option<&Path>| {
        path.and_then(Path::file_name)
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default()
    };
    match part(Some(&full)) {
        own if own == "policy" => format!("{}/{own}", part(full.parent())),
        own => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_of_a_run_is_named_with_its_step() {
        assert_eq!(
            name(Path::new("runs/a/checkpoints/000017/policy")),
            "000017/policy"
        );
        assert_eq!(name(Path::new("models/tiny")), "tiny");
    }
}
