//! The policy's directory: what it is called, what it holds, and the game it is to play.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use attempts::{AttemptEnd, DialogueRules, Template};
use checkpoints::{ModelConfig, Weights, resolve};
use generation::{Game, Rules};
use tokens::Tokenizer;

use crate::args::{Args, AttemptEndName};

/// A policy, opened and checked but not yet loaded.
pub struct Policy {
    pub directory: PathBuf,
    pub name: String,
    pub sha256: String,
    pub config: ModelConfig,
    /// Longest dialogue.
    pub context: usize,
    pub game: Arc<Game>,
}

impl Policy {
    pub fn open(args: &Args) -> Result<Self> {
        let directory = resolve(&args.model)?;
        let config = ModelConfig::load(&directory)?;
        let context = context(args, &config)?;
        let game = game(args, &directory, &config, context)?;
        let weights = Weights::open(&directory)?;
        Ok(Self {
            name: args.model_name.clone().unwrap_or_else(|| name(&directory)),
            sha256: weights.sha256(),
            directory,
            config,
            context,
            game: Arc::new(game),
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

fn game(args: &Args, directory: &Path, config: &ModelConfig, context: usize) -> Result<Game> {
    let template = Template::load(&args.dialogue.template)?;
    let tokenizer = Tokenizer::load(directory)?;
    tokenizer.check_vocabulary(config.vocab_size)?;
    let needed = special_tokens(&template);
    let needed: Vec<&str> = needed.iter().map(String::as_str).collect();
    let using = || {
        format!(
            "the template {} cannot be used with this tokenizer",
            args.dialogue.template
        )
    };
    tokenizer.require_special(&needed).with_context(using)?;
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
        stop_ids: tokenizer.stop_ids()?,
    };
    Ok(Game::new(rules, template, Box::new(tokenizer))?)
}

/// The `<|...|>` marks that a template writes: each must be one token, or the policy would see its pieces.
fn special_tokens(template: &Template) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for text in [&template.prompt, &template.feedback, &template.close] {
        for (start, _) in text.match_indices("<|") {
            let mark = text[start..]
                .find("|>")
                .map(|end| &text[start..start + end + 2]);
            found.extend(
                mark.filter(|mark| !mark.contains(char::is_whitespace))
                    .map(str::to_owned),
            );
        }
    }
    found
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
    fn marks_of_a_template_are_found() {
        let found = special_tokens(&Template::chatml());
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            ["<|im_end|>", "<|im_start|>"]
        );
    }

    #[test]
    fn a_checkpoint_of_a_run_is_named_with_its_step() {
        assert_eq!(
            name(Path::new("runs/a/checkpoints/000017/policy")),
            "000017/policy"
        );
        assert_eq!(name(Path::new("models/tiny")), "tiny");
    }
}
