//! How the work is done: where, by how many, and what is kept in memory meanwhile.

use tch::Device;

/// Logits that exist at a time, unless said otherwise: 268 MB in float32.
const LOGITS: i64 = 1 << 26;

/// Device, threads and memory.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    pub device: Device,
    /// Worker threads; one is enough for a GPU. They do not change the results.
    pub threads: usize,
    /// Layers, from the first on, whose activations are computed again in the backward pass instead of being kept. They
    /// do not change the results.
    pub recomputed_layers: usize,
    /// Most tokens that the output head runs on at a time. Where there are more, the head's gradient is a sum over
    /// portions, which changes its last bits.
    pub head_tokens: Option<usize>,
}

impl Execution {
    /// Keeps all activations.
    pub fn on(device: Device, threads: usize) -> Self {
        Self {
            device,
            threads,
            recomputed_layers: 0,
            head_tokens: None,
        }
    }

    /// Most tokens of a portion for a head with so many ids; at least one.
    pub fn head_tokens(&self, ids: i64) -> i64 {
        match self.head_tokens {
            Some(tokens) => (tokens as i64).max(1),
            None => (LOGITS / ids.max(1)).max(1),
        }
    }
}
