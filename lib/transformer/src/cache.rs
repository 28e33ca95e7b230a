//! The key-value cache: what a decoder remembers of the sequences that it is extending.

use tch::Tensor;

use crate::{Decoder, ModelError};

/// Keys and values of every layer for a fixed number of slots, each holding one growing sequence.
pub struct KvCache {
    /// Per layer, each `[slots, capacity, kv_heads, head_dim]`.
    pub(crate) layers: Vec<LayerCache>,
    /// Tokens that each slot holds.
    pub(crate) lengths: Vec<i64>,
    capacity: i64,
}

pub(crate) struct LayerCache {
    pub(crate) keys: Tensor,
    pub(crate) values: Tensor,
}

/// Capacities are multiples of this, so that growth is rare and shapes repeat.
const BLOCK: i64 = 64;

impl KvCache {
    /// An empty cache for `slots` sequences of `decoder`, with room for `capacity` tokens each;
    /// it grows when it must.
    pub fn new(decoder: &Decoder, slots: usize, capacity: usize) -> Result<Self, ModelError> {
        let config = decoder.config();
        let capacity = whole_blocks((capacity as i64).max(1));
        let (kv_heads, head_dim) = (config.num_key_value_heads as i64, config.head_dim as i64);
        let size = [slots as i64, capacity, kv_heads, head_dim];
        // Zero, not uninitialised: what is masked is multiplied by zero, and 0 * NaN is NaN.
        let zeros = || Tensor::f_zeros(size, (decoder.kind(), decoder.device()));
        let layer = |_| {
            Ok(LayerCache {
                keys: zeros()?,
                values: zeros()?,
            })
        };
        let layers = (0..config.num_hidden_layers)
            .map(layer)
            .collect::<Result<_, ModelError>>()?;
        Ok(Self {
            layers,
            lengths: vec![0; slots],
            capacity,
        })
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        self.lengths.len()
    }

    /// Tokens that `slot` holds.
    pub fn length(&self, slot: usize) -> usize {
        self.lengths.get(slot).map_or(0, |length| *length as usize)
    }

    /// Empties `slot` for the next sequence.
    pub fn clear(&mut self, slot: usize) {
        if let Some(length) = self.lengths.get_mut(slot) {
            *length = 0;
        }
    }

    /// Bytes of keys and values that one token of one slot takes over all layers.
    pub fn bytes_per_token(&self) -> usize {
        let per_layer = |layer: &LayerCache| {
            let elements = layer.keys.size()[2..].iter().product::<i64>() as usize;
            2 * elements * layer.keys.kind().elt_size_in_bytes()
        };
        self.layers.iter().map(per_layer).sum()
    }

    /// Makes room for `needed` tokens in every slot, at least doubling what there was.
    pub(crate) fn reserve(&mut self, needed: i64) -> Result<(), ModelError> {
        if needed <= self.capacity {
            return Ok(());
        }
        let capacity = whole_blocks(needed.max(2 * self.capacity));
        for layer in &mut self.layers {
            layer.keys = lengthened(&layer.keys, capacity)?;
            layer.values = lengthened(&layer.values, capacity)?;
        }
        self.capacity = capacity;
        Ok(())
    }
}

fn whole_blocks(tokens: i64) -> i64 {
    (tokens + BLOCK - 1) / BLOCK * BLOCK
}

/// The same contents in `[slots, capacity, ..]`.
fn lengthened(buffer: &Tensor, capacity: i64) -> Result<Tensor, ModelError> {
    let mut size = buffer.size();
    let held = std::mem::replace(&mut size[1], capacity);
    let longer = Tensor::f_zeros(size, (buffer.kind(), buffer.device()))?;
    longer.f_narrow(1, 0, held)?.f_copy_(buffer)?;
    Ok(longer)
}
