//! libtorch on any device. A row's logits agree in any batch to rounding, not to the bit.

use blocks::Tables;
use tch::{Kind, Tensor};
use torch::TorchError;
use transformer::{Decoder, KvCache};

use crate::backend::{Backend, BackendError, Feed, Outcome};
use crate::sampler::Sampler;

/// Tokens fed in one pass, so that activations stay small; a longer chunk goes alone.
const PASS: usize = 16_384;

/// A decoder in libtorch with its sampler. Its cache is one array that grows with the longest sequence, not blocks: it has
/// no bound of its own, and sequences share nothing.
pub struct TorchBackend {
    decoder: Decoder,
    cache: KvCache,
    logits: Vec<f32>,
    sampler: Sampler,
}

impl TorchBackend {
    pub fn new(decoder: Decoder, slots: usize, sampler: Sampler) -> Result<Self, BackendError> {
        /// Tokens for which the cache has room at first; it grows.
        const CAPACITY: usize = 512;
        let capacity = CAPACITY.min(decoder.config().max_position_embeddings);
        Ok(Self {
            cache: KvCache::new(&decoder, slots, capacity)?,
            decoder,
            logits: Vec::new(),
            sampler,
        })
    }

    /// One pass; what is drawn goes to `outcomes`, which has one entry for each feed of the step.
    fn pass(
        &mut self,
        feeds: &[Feed<'_>],
        rows: &[usize],
        outcomes: &mut [Outcome],
    ) -> Result<(), BackendError> {
        let slots: Vec<i64> = rows.iter().map(|&row| feeds[row].slot as i64).collect();
        let tokens: Vec<&[i32]> = rows.iter().map(|&row| feeds[row].tokens).collect();
        let logits = self.decoder.extend(&mut self.cache, &slots, &tokens)?;
        to_host(&logits, &mut self.logits)?;
        let width = self.logits.len() / rows.len().max(1);
        for (&row, logits) in rows.iter().zip(self.logits.chunks_exact(width.max(1))) {
            if let Some(uniform) = feeds[row].draw {
                outcomes[row] = self.sampler.draw(logits, uniform).into();
            }
        }
        Ok(())
    }
}

impl Backend for TorchBackend {
    fn slots(&self) -> usize {
        self.cache.slots()
    }

    fn tables(&mut self) -> Option<&mut Tables> {
        None
    }

    fn step(&mut self, feeds: &[Feed<'_>]) -> Result<Vec<Outcome>, BackendError> {
        let mut outcomes = vec![Outcome::Fed; feeds.len()];
        // Whole prompts and feedback apart from single tokens, so that the one is not padded to the length of the other.
        let (single, several): (Vec<usize>, Vec<usize>) =
            (0..feeds.len()).partition(|&row| feeds[row].tokens.len() == 1);
        for rows in passes(feeds, several)
            .into_iter()
            .chain(passes(feeds, single))
        {
            self.pass(feeds, &rows, &mut outcomes)?;
        }
        Ok(outcomes)
    }

    fn release(&mut self, slot: usize) {
        self.cache.clear(slot);
    }
}

/// Rows in passes of at most [`PASS`] tokens, at least one row each.
fn passes(feeds: &[Feed<'_>], rows: Vec<usize>) -> Vec<Vec<usize>> {
    let mut passes: Vec<Vec<usize>> = Vec::new();
    let mut room = 0;
    for row in rows {
        let tokens = feeds[row].tokens.len();
        match passes.last_mut() {
            Some(pass) if tokens <= room => {
                pass.push(row);
                room -= tokens;
            }
            _ => {
                passes.push(vec![row]);
                room = PASS.saturating_sub(tokens);
            }
        }
    }
    passes
}

fn to_host(logits: &Tensor, host: &mut Vec<f32>) -> Result<(), TorchError> {
    let logits = logits.f_to_device_(tch::Device::Cpu, Kind::Float, false, false)?;
    let count = logits.numel();
    host.resize(count, 0.0);
    logits.f_copy_data(host, count)?;
    Ok(())
}
