//! Decoding with a cache: rows of any length, extended by chunks of any length.

use std::collections::BTreeSet;

use tch::{Kind, Tensor};

use crate::attention::Attention;
use crate::cache::LayerCache;
use crate::layout::Layout;
use crate::{Decoder, KvCache, ModelError};

impl Decoder {
    /// Appends `chunks[i]` to the sequence in `slots[i]` and gives the logits after the last token
    /// of each, `[rows, vocab]` float32, on the decoder's device. Chunks may differ in length: a
    /// prompt, a few feedback tokens and a single sampled token go together. Collects no gradients.
    pub fn extend(
        &self,
        cache: &mut KvCache,
        slots: &[i64],
        chunks: &[&[i32]],
    ) -> Result<Tensor, ModelError> {
        self.refuse_nonsense(cache, slots, chunks)?;
        let _no_grad = tch::no_grad_guard();
        let step = Step::new(self, cache, slots, chunks)?;
        cache.reserve(step.longest)?;
        let layers = &cache.layers;
        let mut attention = Cached {
            layers,
            step: &step,
        };
        let hidden = self.hidden_with(&step.token_ids, &step.positions, &mut attention)?; // [tokens, hidden]
        for (slot, end) in slots.iter().zip(&step.ends) {
            cache.lengths[*slot as usize] = *end;
        }
        let logits = self.logits(&hidden.f_index_select(0, &step.last)?)?;
        Ok(logits.f_to_kind(Kind::Float)?)
    }

    fn refuse_nonsense(
        &self,
        cache: &KvCache,
        slots: &[i64],
        chunks: &[&[i32]],
    ) -> Result<(), ModelError> {
        if slots.is_empty() {
            return Err(ModelError::NoRows);
        }
        if slots.len() != chunks.len() {
            let (slots, chunks) = (slots.len(), chunks.len());
            return Err(ModelError::UnequalCounts { slots, chunks });
        }
        let mut seen = BTreeSet::new();
        for (&slot, chunk) in slots.iter().zip(chunks) {
            if !seen.insert(slot) {
                return Err(ModelError::RepeatedSlot { slot });
            }
            self.refuse_row(cache, slot, chunk)?;
        }
        Ok(())
    }

    fn refuse_row(&self, cache: &KvCache, slot: i64, chunk: &[i32]) -> Result<(), ModelError> {
        let slots = cache.slots();
        if usize::try_from(slot).map_or(true, |slot| slot >= slots) {
            return Err(ModelError::NoSuchSlot { slot, slots });
        }
        if chunk.is_empty() {
            return Err(ModelError::EmptyChunk { slot });
        }
        // A GPU would not report an id beyond the embedding but end the whole process.
        let vocab_size = self.config().vocab_size;
        let outside = |id: &&i32| usize::try_from(**id).map_or(true, |id| id >= vocab_size);
        match chunk.iter().find(outside) {
            Some(&id) => Err(ModelError::TokenId { id, vocab_size }),
            None => Ok(()),
        }
    }
}

/// One step's rows, laid out for the device. Everything but attention works on the tokens of all
/// chunks end to end, `[tokens]`, without padding; attention pads the queries to `[rows, chunk]`.
struct Step {
    token_ids: Tensor,
    /// Position of each token in its sequence, `[tokens]`.
    positions: Tensor,
    /// Slot of each token, `[tokens]`.
    token_slots: Tensor,
    /// Index among the tokens of each row's last one, `[rows]`.
    last: Tensor,
    /// How to see the rows' slots, without a copy where they lie side by side.
    rows: Rows,
    /// Length of each row after the step, and the largest of them.
    ends: Vec<i64>,
    longest: i64,
    /// None when every chunk has one length, as in plain decoding: the tokens are the padded rows.
    padding: Option<Padding>,
    /// True where a query may see a key, `[rows, 1, groups * chunk, longest]`.
    mask: Tensor,
}

enum Rows {
    Range { first: i64, count: i64 },
    Picked(Tensor),
}

struct Padding {
    /// Token at each padded place (any token where there is none), `[rows * chunk]`.
    spread: Tensor,
    /// Padded place of each token, `[tokens]`.
    gather: Tensor,
}

impl Step {
    fn new(
        decoder: &Decoder,
        cache: &KvCache,
        slots: &[i64],
        chunks: &[&[i32]],
    ) -> Result<Self, ModelError> {
        let device = decoder.device();
        let on_device = |values: &[i64]| -> Result<Tensor, ModelError> {
            Ok(Tensor::f_from_slice(values)?.f_to_device(device)?)
        };
        let layout = Layout::new(&cache.lengths, slots, chunks);
        let groups = decoder.config().query_heads_per_group() as i64;
        let padding = if layout.is_rectangular() {
            None
        } else {
            Some(Padding {
                spread: on_device(&layout.spread)?,
                gather: on_device(&layout.gather)?,
            })
        };
        Ok(Self {
            token_ids: on_device(&layout.token_ids)?,
            positions: on_device(&layout.positions)?,
            token_slots: on_device(&layout.token_slots)?,
            last: on_device(&layout.last)?,
            rows: if slots.windows(2).all(|pair| pair[1] == pair[0] + 1) {
                Rows::Range {
                    first: slots[0],
                    count: slots.len() as i64,
                }
            } else {
                Rows::Picked(on_device(slots)?)
            },
            mask: visible(&on_device(&layout.padded_positions)?, &layout, groups)?,
            longest: layout.longest,
            ends: layout.ends,
            padding,
        })
    }
}

/// The mask `[rows, 1, groups * chunk, longest]`: a query sees the keys up to its own position.
fn visible(positions: &Tensor, layout: &Layout, groups: i64) -> Result<Tensor, ModelError> {
    let keys = Tensor::f_arange(layout.longest, (Kind::Int64, positions.device()))?;
    let queries = positions.f_view([layout.rows, 1, 1, layout.chunk, 1])?;
    let seen = keys.f_less_equal_tensor(&queries)?; // [rows, 1, 1, chunk, longest]
    let size = [layout.rows, 1, groups, layout.chunk, layout.longest];
    let folded = [layout.rows, 1, groups * layout.chunk, layout.longest];
    Ok(seen.f_expand(size, false)?.f_reshape(folded)?)
}

/// Attention of a step's tokens to everything that their slots hold.
struct Cached<'a> {
    layers: &'a [LayerCache],
    step: &'a Step,
}

impl Attention for Cached<'_> {
    fn attend(
        &mut self,
        layer: usize,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
    ) -> Result<Tensor, ModelError> {
        let LayerCache { keys, values } = &self.layers[layer];
        self.store(keys, key)?;
        self.store(values, value)?;
        let (_, heads, head_dim) = query.size3()?;
        let (keys, values) = (self.rows_of(keys)?, self.rows_of(values)?);
        let query = self.folded_queries(query, keys.size()[1])?;
        let mask = Some(&self.step.mask);
        let mixed = Tensor::f_scaled_dot_product_attention(
            &query, &keys, &values, mask, 0.0, false, None, false,
        )?;
        self.unfolded(&mixed, heads, head_dim)
    }
}

impl Cached<'_> {
    /// Writes `[tokens, kv_heads, head_dim]` to the tokens' places in the cache.
    fn store(&self, buffer: &Tensor, tokens: &Tensor) -> Result<(), ModelError> {
        let place = [Some(&self.step.token_slots), Some(&self.step.positions)];
        let _ = buffer.shallow_clone().f_index_put_(&place, tokens, false)?;
        Ok(())
    }

    /// What the rows' slots hold, `[rows, kv_heads, longest, head_dim]`.
    fn rows_of(&self, buffer: &Tensor) -> Result<Tensor, ModelError> {
        let held = buffer.f_narrow(1, 0, self.step.longest)?;
        let rows = match &self.step.rows {
            Rows::Range { first, count } => held.f_narrow(0, *first, *count)?,
            Rows::Picked(slots) => held.f_index_select(0, slots)?,
        };
        Ok(rows.f_transpose(1, 2)?)
    }

    /// `[tokens, heads, head_dim]` -> `[rows, kv_heads, groups * chunk, head_dim]`: the query
    /// heads that share a key-value head become more queries of it, so keys are read once.
    fn folded_queries(&self, query: &Tensor, kv_heads: i64) -> Result<Tensor, ModelError> {
        let (_, heads, head_dim) = query.size3()?;
        let padded = match &self.step.padding {
            Some(padding) => query.f_index_select(0, &padding.spread)?,
            None => query.shallow_clone(),
        };
        let rows = self.step.ends.len() as i64;
        let padded = padded.f_view([rows, -1, kv_heads, heads / kv_heads, head_dim])?;
        Ok(padded
            .f_permute([0, 2, 3, 1, 4])?
            .f_reshape([rows, kv_heads, -1, head_dim])?)
    }

    /// The way back, to `[tokens, heads * head_dim]`.
    fn unfolded(&self, mixed: &Tensor, heads: i64, head_dim: i64) -> Result<Tensor, ModelError> {
        let (rows, kv_heads, _, _) = mixed.size4()?;
        let split = mixed.f_reshape([rows, kv_heads, heads / kv_heads, -1, head_dim])?;
        let padded = split
            .f_permute([0, 3, 1, 2, 4])?
            .f_reshape([-1, heads * head_dim])?;
        match &self.step.padding {
            Some(padding) => Ok(padded.f_index_select(0, &padding.gather)?),
            None => Ok(padded),
        }
    }
}
