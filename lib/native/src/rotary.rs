//! Rotary position embedding (arXiv 2104.09864) as the checkpoints' authors run it: halves paired, float32 tables.

use checkpoints::Rope;

/// `cos` and `sin` of `position * theta^(-2 i / head_dim)`, scaled, for every position and pair.
pub(crate) struct Rotary {
    cos: Vec<f32>,
    sin: Vec<f32>,
    pairs: usize,
}

impl Rotary {
    /// Tables for positions `0 .. positions`. Frequencies and angles are rounded to float32 on the way, because that
    /// is what the model was trained with; at position 30,000 it moves an angle by a thousandth.
    pub fn new(rope: &Rope, head_dim: usize, positions: usize) -> Self {
        let pairs = head_dim / 2;
        let frequency = |pair: usize| {
            let exponent = (2 * pair) as f64 / head_dim as f64;
            rope.scaled(1.0 / rope.theta.powf(exponent) as f32)
        };
        let frequencies: Vec<f32> = (0..pairs).map(frequency).collect();
        let angles =
            (0..positions).flat_map(|at| frequencies.iter().map(move |f| f64::from(at as f32 * f)));
        let (cos, sin) = angles
            .map(|angle| (angle.cos() as f32, angle.sin() as f32))
            .unzip();
        Self { cos, sin, pairs }
    }

    /// Turns each head of `heads` (`[count, head_dim]`) to `position` and multiplies it by `scale`.
    pub fn turn(&self, heads: &mut [f32], position: usize, scale: f32) {
        let cos = &self.cos[position * self.pairs..][..self.pairs];
        let sin = &self.sin[position * self.pairs..][..self.pairs];
        for head in heads.chunks_exact_mut(2 * self.pairs) {
            let (low, high) = head.split_at_mut(self.pairs);
            for pair in 0..self.pairs {
                let (x, y) = (low[pair], high[pair]);
                low[pair] = (x * cos[pair] - y * sin[pair]) * scale;
                high[pair] = (y * cos[pair] + x * sin[pair]) * scale;
            }
        }
    }
}
