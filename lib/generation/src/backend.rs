//! What runs the policy: tokens of several sequences in, logits out, with a cache that lasts as long as a sequence.

use native::EngineError;
use tch::{Kind, Tensor};
use torch::TorchError;
use transformer::{Decoder, KvCache, ModelError};

/// Why a pass failed.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    #[error(transparent)]
    Native(#[from] EngineError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Torch(#[from] TorchError),
}

/// A policy with room for [`Backend::slots`] running sequences.
pub trait Backend {
    fn slots(&self) -> usize;

    /// Appends each chunk to the sequence in its slot; gives the logits `[chunks, vocab]` after the last token of each.
    fn extend(&mut self, chunks: &[(usize, &[i32])]) -> Result<&[f32], BackendError>;

    /// Forgets the sequence in `slot`.
    fn release(&mut self, slot: usize);
}

/// The CPU engine, exact in any batch.
pub struct NativeBackend(pub native::Engine);

impl Backend for NativeBackend {
    fn slots(&self) -> usize {
        self.0.slots()
    }

    fn extend(&mut self, chunks: &[(usize, &[i32])]) -> Result<&[f32], BackendError> {
        Ok(self.0.extend(chunks)?)
    }

    fn release(&mut self, slot: usize) {
        self.0.release(slot);
    }
}

/// libtorch on any device. A row's logits agree in any batch to rounding, not to the bit.
pub struct TorchBackend {
    decoder: Decoder,
    cache: KvCache,
    logits: Vec<f32>,
}

impl TorchBackend {
    pub fn new(decoder: Decoder, slots: usize) -> Result<Self, BackendError> {
        /// Tokens for which the cache has room at first; it grows.
        const CAPACITY: usize = 512;
        let cache = KvCache::new(
            &decoder,
            slots,
            CAPACITY.min(decoder.config().max_position_embeddings),
        )?;
        Ok(Self {
            decoder,
            cache,
            logits: Vec::new(),
        })
    }
}

impl Backend for TorchBackend {
    fn slots(&self) -> usize {
        self.cache.slots()
    }

    fn extend(&mut self, chunks: &[(usize, &[i32])]) -> Result<&[f32], BackendError> {
        let (slots, tokens): (Vec<i64>, Vec<&[i32]>) = chunks
            .iter()
            .map(|(slot, tokens)| (*slot as i64, *tokens))
            .unzip();
        let logits = self.decoder.extend(&mut self.cache, &slots, &tokens)?;
        to_host(&logits, &mut self.logits)?;
        Ok(&self.logits)
    }

    fn release(&mut self, slot: usize) {
        self.cache.clear(slot);
    }
}

fn to_host(logits: &Tensor, host: &mut Vec<f32>) -> Result<(), TorchError> {
    let logits = logits.f_to_device_(tch::Device::Cpu, Kind::Float, false, false)?;
    let count = logits.numel();
    host.resize(count, 0.0);
    logits.f_copy_data(host, count)?;
    Ok(())
}
