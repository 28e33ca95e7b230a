//! A model directory that a stage was given: configuration and mapped weights, not yet tensors.

use std::path::{Path, PathBuf};

use checkpoints::{ConfigError, ModelConfig, Weights, WeightsError};
use tch::{Device, Kind};
use transformer::{Critic, Decoder, ModelError};

use crate::tokens::Limits;

/// An opened model directory.
pub struct Source {
    pub directory: PathBuf,
    pub config: ModelConfig,
    pub weights: Weights,
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
}

impl Source {
    pub fn open(directory: &Path) -> Result<Self, SourceError> {
        let directory = checkpoints::resolve(&directory.to_string_lossy())?;
        let config = ModelConfig::load(&directory)?;
        let weights = Weights::open(&directory)?;
        Ok(Self {
            directory,
            config,
            weights,
        })
    }

    pub fn limits(&self) -> Limits {
        Limits {
            vocabulary: self.config.vocab_size,
            context: self.config.max_position_embeddings,
        }
    }

    pub fn decoder(
        &self,
        device: Device,
        kind: Kind,
        trainable: bool,
    ) -> Result<Decoder, ModelError> {
        Decoder::load(&self.weights, &self.config, device, kind, trainable)
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
