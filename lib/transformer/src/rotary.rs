//! Rotary position embedding (Su et al. 2021, arXiv 2104.09864), in the half-split form of the
//! checkpoints: element i turns with element i + head_dim/2.

use tch::{Kind, Tensor};

use crate::ModelError;

/// cos and sin of every position's angles, `[.., 1, head_dim/2]`; the 1 stands for the heads.
pub(crate) struct Rotary {
    cos: Tensor,
    sin: Tensor,
}

impl Rotary {
    /// For `positions` `[..]` (int64) and `frequencies` `[head_dim/2]`, on one device. Angles are
    /// float32 whatever `kind` is, as in transformers: the checkpoints were trained with that
    /// rounding.
    pub(crate) fn new(
        positions: &Tensor,
        frequencies: &Tensor,
        kind: Kind,
    ) -> Result<Self, ModelError> {
        let positions = positions.f_to_kind(Kind::Float)?;
        let angles = positions
            .f_unsqueeze(-1)?
            .f_unsqueeze(-1)?
            .f_mul(frequencies)?;
        Ok(Self {
            cos: angles.f_cos()?.f_to_kind(kind)?,
            sin: angles.f_sin()?.f_to_kind(kind)?,
        })
    }

    /// Turns `heads` `[.., heads, head_dim]` by the angles of their positions.
    pub(crate) fn turn(&self, heads: &Tensor) -> Result<Tensor, ModelError> {
        let halves = heads.f_chunk(2, -1)?;
        let (first, second) = (&halves[0], &halves[1]);
        let turned_first = first.f_mul(&self.cos)?.f_sub(&second.f_mul(&self.sin)?)?;
        let turned_second = second.f_mul(&self.cos)?.f_add(&first.f_mul(&self.sin)?)?;
        Ok(Tensor::f_cat(&[turned_first, turned_second], -1)?)
    }
}
