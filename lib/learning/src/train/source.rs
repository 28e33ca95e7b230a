//! A model directory that a stage was given: configuration and mapped weights, not yet tensors.

use std::path::{Path, PathBuf};

use ::tokens::{Tokenizer, TokensError, Vocabulary};
use checkpoints::{ConfigError, ModelConfig, Weights, WeightsError};
use tch::{Device, Kind};
use transformer::{Critic, Decoder, ModelError};

use crate::batch::tokens::Limits;

/// An opened model directory.
pub struct Source {
    pub directory: PathBuf,
    pub config: ModelConfig,
    pub weights: Weights,
    /// What a decoder gives a probability to: what the directory's tokenizer knows; everything where it has none.
    vocabulary: Vocabulary,
}

/// Why a model directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(transparent)]
    Resolve(#[from] checkpoints::ResolveError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Tokens(#[from] TokensError),
}

impl Source {
    pub fn open(directory: &Path) -> Result<Self, SourceError> {
        let directory = checkpoints::resolve(&directory.to_string_lossy())?;
        let config = ModelConfig::load(&directory)?;
        let weights = Weights::open(&directory)?;
        let vocabulary = vocabulary(&directory, config.vocab_size)?;
        Ok(Self {
            directory,
            config,
            weights,
            vocabulary,
        })
    }

    /// What a decoder can take.
    pub fn limits(&self) -> Limits {
        Limits {
            vocabulary: self.vocabulary.clone(),
            context: self.config.max_position_embeddings,
        }
    }

    /// What a critic can take, which gives no probabilities.
    pub fn critic_limits(&self) -> Limits {
        Limits {
            vocabulary: Vocabulary::whole(self.config.vocab_size),
            ..self.limits()
        }
    }

    /// A policy, whose log-probabilities are over the directory's vocabulary.
    pub fn decoder(
        &self,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Decoder, ModelError> {
        let decoder = Decoder::load(&self.weights, &self.config, device, kind, trainable)?;
        decoder.restricted(self.vocabulary.end(), self.vocabulary.gaps())
    }

    /// A critic; one without a value head of its own starts with a zero one.
    pub fn critic(
        &self,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Critic, ModelError> {
        Critic::load(&self.weights, &self.config, device, kind, trainable)
    }
}

fn vocabulary(directory: &Path, vocab_size: usize) -> Result<Vocabulary, TokensError> {
    if directory.join("tokenizer.json").is_file() {
        Ok(Tokenizer::load(directory)?.vocabulary(vocab_size))
    } else {
        Ok(Vocabulary::whole(vocab_size))
    }
}
