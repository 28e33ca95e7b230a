//! How a decoder's positions see one another: the seam between a decoder and its batch.

use tch::Tensor;

use crate::ModelError;

/// Attention of one layer over whatever the batch is: padded sequences, or rows with a cache.
pub(crate) trait Attention {
    /// `query` `[.., heads, head_dim]`, `key` and `value` `[.., kv_heads, head_dim]`, rotary
    /// embedding applied; gives `[.., heads * head_dim]`. The leading dimensions are the batch's.
    fn attend(
        &mut self,
        layer: usize,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
    ) -> Result<Tensor, ModelError>;
}

/// Whole sequences, `[batch, seq]`, each position seeing itself and those before it.
///
/// Right padding needs no mask: a padded position comes after every real one of its row, so the
/// causal rule alone hides it from them; what padded positions compute is never looked at.
pub(crate) struct Causal;

impl Attention for Causal {
    fn attend(
        &mut self,
        _layer: usize,
        query: &Tensor,
        key: &Tensor,
        value: &Tensor,
    ) -> Result<Tensor, ModelError> {
        let (batch, seq, heads, head_dim) = query.size4()?;
        let (_, _, kv_heads, _) = key.size4()?;
        let query = query.f_transpose(1, 2)?;
        let key = repeat_groups(key, heads / kv_heads)?;
        let value = repeat_groups(value, heads / kv_heads)?;
        let no_mask = None::<Tensor>;
        let mixed = Tensor::f_scaled_dot_product_attention(
            &query, &key, &value, no_mask, 0.0, true, None, false,
        )?;
        // [batch, heads, seq, head_dim] -> [batch, seq, heads * head_dim]
        Ok(mixed
            .f_transpose(1, 2)?
            .f_reshape([batch, seq, heads * head_dim])?)
    }
}

/// `[batch, seq, kv_heads, head_dim]` -> `[batch, kv_heads * times, seq, head_dim]`: each
/// key-value head beside the query heads that share it. Repeated by hand because the fused CPU
/// kernels take equal numbers of heads only.
fn repeat_groups(heads: &Tensor, times: i64) -> Result<Tensor, ModelError> {
    let (batch, seq, kv_heads, head_dim) = heads.size4()?;
    let heads = heads.f_transpose(1, 2)?;
    if times == 1 {
        return Ok(heads);
    }
    let shared = heads
        .f_unsqueeze(2)?
        .f_expand([batch, kv_heads, times, seq, head_dim], false)?;
    Ok(shared.f_reshape([batch, kv_heads * times, seq, head_dim])?)
}
