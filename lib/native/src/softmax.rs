//! Unnormalised probabilities from logits, the same bits on every processor.

use std::sync::OnceLock;

use crate::math::weights;
use crate::simd::Level;

/// Fills `out` with `exp((logits[i] - greatest) / temperature)`. `temperature` is positive.
///
/// Terms below 1.2e-38 are that number instead of zero.
pub fn softmax_weights(logits: &[f32], greatest: f32, temperature: f32, out: &mut Vec<f32>) {
    static LEVEL: OnceLock<Level> = OnceLock::new();
    let level = *LEVEL.get_or_init(Level::detect);
    out.resize(logits.len(), 0.0);
    #[allow(unsafe_code)] // SAFETY: both have `logits.len()` floats.
    unsafe {
        weights(
            level,
            logits.as_ptr(),
            out.as_mut_ptr(),
            logits.len(),
            greatest,
            temperature,
        )
    };
}
