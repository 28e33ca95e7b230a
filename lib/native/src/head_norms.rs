//! RMSNorm of each head's queries and keys, where a model has it. Knows nothing about positions.

use crate::math::rms_norm;
use crate::model::Shape;
use crate::simd::Level;

/// Weights `[head_dim]`, one for the heads of queries and one for those of keys.
pub(crate) struct HeadNorms {
    pub query: Vec<f32>,
    pub key: Vec<f32>,
}

impl HeadNorms {
    /// Norms the heads of a row of queries, keys and values in their place.
    pub fn apply(&self, level: Level, shape: &Shape, qkv: &mut [f32]) {
        let (query, rest) = qkv.split_at_mut(shape.query_width());
        let key = &mut rest[..shape.kv_width()];
        for (heads, weight) in [(query, &self.query), (key, &self.key)] {
            for head in heads.chunks_exact_mut(shape.head_dim) {
                let (head, width) = (head.as_mut_ptr(), shape.head_dim);
                #[allow(unsafe_code)]
                // SAFETY: a head and the weight have `head_dim` floats, which the checks of a checkpoint hold.
                unsafe {
                    rms_norm(level, head, weight.as_ptr(), head, width, shape.epsilon)
                };
            }
        }
    }
}
