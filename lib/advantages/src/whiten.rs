//! Whitening: advantages of a whole batch moved to mean 0 and variance 1.

/// A batch in which all advantages are equal is not blown up.
const SMALLEST_VARIANCE: f64 = 1e-8;

/// Mean and population variance over the tokens of a batch that are learned from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    /// The number of such tokens.
    pub count: u64,
    pub mean: f64,
    pub variance: f64,
}

impl Moments {
    /// `1 / sqrt(max(variance, 1e-8))`
    pub fn reciprocal_deviation(&self) -> f64 {
        1.0 / self.variance.max(SMALLEST_VARIANCE).sqrt()
    }
}

/// Moments of all tokens under the masks, dialogue by dialogue, in two passes and in that order.
pub fn moments<'a>(dialogues: impl Iterator<Item = (&'a [f32], &'a [bool])> + Clone) -> Moments {
    let tokens = dialogues.flat_map(|(advantages, mask)| {
        let pairs = advantages.iter().zip(mask);
        pairs
            .filter(|(_, on)| **on)
            .map(|(advantage, _)| f64::from(*advantage))
    });
    let count = tokens.clone().count() as u64;
    if count == 0 {
        return Moments::default();
    }
    let mean = tokens.clone().sum::<f64>() / count as f64;
    let squares: f64 = tokens.map(|advantage| (advantage - mean).powi(2)).sum();
    Moments {
        count,
        mean,
        variance: squares / count as f64,
    }
}

/// `(a - mean) rstd` where the mask is true; the others become 0.
pub fn whiten(advantages: &mut [f32], mask: &[bool], moments: &Moments) {
    let scale = moments.reciprocal_deviation();
    for (advantage, on) in advantages.iter_mut().zip(mask) {
        *advantage = if *on {
            ((f64::from(*advantage) - moments.mean) * scale) as f32
        } else {
            0.0
        };
    }
}
