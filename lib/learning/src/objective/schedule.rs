//! Learning rates as a function of the optimiser step.
//! Knows nothing about optimisers or tensors.

use std::f64::consts::PI;

/// Warm-up and decay of a learning rate over a run.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Schedule {
    pub peak: f64,
    /// Rate at the end, as a share of the peak.
    pub min_ratio: f64,
    /// Optimiser steps over which the rate rises from 0.
    pub warmup_steps: u64,
    /// Optimiser steps of the whole run; `None` keeps the peak for ever after the warm-up.
    pub total_steps: Option<u64>,
}

impl Schedule {
    /// A cosine over `total_steps` of which the first `ceil(warmup_ratio * total_steps)` warm up.
    pub fn cosine(peak: f64, min_ratio: f64, warmup_ratio: f64, total_steps: u64) -> Self {
        Self {
            peak,
            min_ratio,
            warmup_steps: (warmup_ratio * total_steps as f64).ceil() as u64,
            total_steps: Some(total_steps),
        }
    }

    /// The peak from the first step on.
    pub fn constant(peak: f64) -> Self {
        Self {
            peak,
            min_ratio: 1.0,
            warmup_steps: 0,
            total_steps: None,
        }
    }

    /// Rate of optimiser step `step`, counted from 0. A run that goes on beyond its planned end
    /// keeps the lowest rate: the bare cosine would rise again.
    pub fn rate(&self, step: u64) -> f64 {
        match self.total_steps {
            None => constant_with_warmup(step, self.peak, self.warmup_steps),
            Some(total) => {
                let step = step.min(total);
                cosine_with_min_rate(step, self.peak, self.min_ratio, self.warmup_steps, total)
            }
        }
    }
}

/// `k < W`: `peak k / max(1, W)`; else `peak max(0, m + (1 - m) (1 + cos(pi p)) / 2)` with
/// `p = (k - W) / max(1, N - W)`. Not clamped beyond `N`.
pub fn cosine_with_min_rate(step: u64, peak: f64, min_ratio: f64, warmup: u64, total: u64) -> f64 {
    if step < warmup {
        return warmup_rate(step, peak, warmup);
    }
    let progress = (step - warmup) as f64 / total.saturating_sub(warmup).max(1) as f64;
    let cosine = 0.5 * (1.0 + (PI * progress).cos());
    peak * (min_ratio + (1.0 - min_ratio) * cosine).max(0.0)
}

/// `k < W`: `peak k / max(1, W)`; else `peak`.
pub fn constant_with_warmup(step: u64, peak: f64, warmup: u64) -> f64 {
    if step < warmup {
        warmup_rate(step, peak, warmup)
    } else {
        peak
    }
}

fn warmup_rate(step: u64, peak: f64, warmup: u64) -> f64 {
    peak * step as f64 / warmup.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_stays_low_beyond_the_end() {
        let schedule = Schedule::cosine(1e-3, 0.1, 0.03, 100);
        assert_eq!(schedule.rate(0), 0.0);
        assert!((schedule.rate(3) - 1e-3).abs() < 1e-18);
        assert!((schedule.rate(100) - 1e-4).abs() < 1e-18);
        assert_eq!(schedule.rate(150), schedule.rate(100));
    }

    #[test]
    fn a_constant_rate_starts_at_once() {
        assert_eq!(Schedule::constant(0.5).rate(0), 0.5);
    }
}
