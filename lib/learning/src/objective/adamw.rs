//! AdamW on one flat float32 buffer, and clipping by the global gradient norm.
//! Knows nothing about networks: which ranges decay is told by the caller.
//!
//! Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 2.

use std::ops::Range;

use tch::{Device, Kind, Tensor, no_grad};

/// Constants of the optimiser.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AdamWSettings {
    pub beta1: f64,
    pub beta2: f64,
    pub epsilon: f64,
    pub weight_decay: f64,
}

impl Default for AdamWSettings {
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: 0.95,
            epsilon: 1e-8,
            weight_decay: 0.0,
        }
    }
}

/// Moments of every element, `[elements]` float32 each, and the number of updates made.
pub struct AdamW {
    pub settings: AdamWSettings,
    pub updates: u64,
    pub exp_avg: Tensor,
    pub exp_avg_sq: Tensor,
}

/// Elements updated at a time on the CPU: five such slices of float32 stay in a core's cache, which
/// makes the dozen passes over them cost one trip to memory.
const CPU_SLICE: i64 = 1 << 15;

/// The same on a GPU, where it bounds what the passes leave behind: 268 MB each.
const GPU_SLICE: i64 = 1 << 26;

impl AdamW {
    /// Fresh moments for `elements` parameters.
    pub fn new(settings: AdamWSettings, elements: i64, device: Device) -> Self {
        let zeros = || Tensor::zeros([elements], (Kind::Float, device));
        Self {
            settings,
            updates: 0,
            exp_avg: zeros(),
            exp_avg_sq: zeros(),
        }
    }

    /// One update of `parameters` in place from `gradient`, both `[elements]` float32:
    ///
    /// `m = b1 m + (1 - b1) g`, `v = b2 v + (1 - b2) g^2`,
    /// `p = p (1 - rate wd) - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps)`.
    ///
    /// Weight decay applies inside `decayed` only.
    pub fn update(
        &mut self,
        parameters: &Tensor,
        gradient: &Tensor,
        rate: f64,
        decayed: &[Range<i64>],
    ) {
        self.updates += 1;
        no_grad(|| {
            if self.settings.weight_decay != 0.0 {
                self.decay(parameters, rate, decayed);
            }
            for (start, length) in slices(parameters) {
                self.update_slice(parameters, gradient, rate, start, length);
            }
        });
    }

    fn decay(&self, parameters: &Tensor, rate: f64, decayed: &[Range<i64>]) {
        for range in decayed {
            let mut slice = parameters.narrow(0, range.start, range.end - range.start);
            let _ = slice.g_mul_scalar_(1.0 - rate * self.settings.weight_decay);
        }
    }

    fn update_slice(
        &self,
        parameters: &Tensor,
        gradient: &Tensor,
        rate: f64,
        start: i64,
        length: i64,
    ) {
        let AdamWSettings {
            beta1,
            beta2,
            epsilon,
            ..
        } = self.settings;
        let updates = self.updates as f64;
        let correction1 = 1.0 - beta1.powf(updates);
        let correction2 = (1.0 - beta2.powf(updates)).sqrt();
        let slice = |tensor: &Tensor| tensor.narrow(0, start, length);
        let (mut parameters, gradient) = (slice(parameters), slice(gradient));
        let (mut exp_avg, mut exp_avg_sq) = (slice(&self.exp_avg), slice(&self.exp_avg_sq));
        let _ = exp_avg.g_mul_scalar_(beta1);
        exp_avg += &gradient * (1.0 - beta1);
        let _ = exp_avg_sq.g_mul_scalar_(beta2);
        exp_avg_sq += gradient.square() * (1.0 - beta2);
        let denominator = exp_avg_sq.sqrt() / correction2 + epsilon;
        parameters -= &exp_avg / denominator * (rate / correction1);
    }
}

/// Start and length of the stretches of `tensor` to work on one after another.
fn slices(tensor: &Tensor) -> impl Iterator<Item = (i64, i64)> + use<> {
    let elements = tensor.size1().unwrap_or(0);
    let step = match tensor.device() {
        Device::Cpu => CPU_SLICE,
        _ => GPU_SLICE,
    };
    (0..elements)
        .step_by(step as usize)
        .map(move |start| (start, step.min(elements - start)))
}

/// Elements whose squares are held at a time: 64 MiB beside a gradient of gigabytes.
const SQUARES: i64 = 1 << 24;

/// L2 norm of all elements of `[elements]`, added up in float64.
pub fn gradient_norm(gradient: &Tensor) -> f64 {
    let stretches = gradient.split(SQUARES, 0);
    let squares = stretches
        .iter()
        .map(|stretch| stretch.square().sum(Kind::Double));
    let squares: Vec<Tensor> = squares.collect();
    Tensor::stack(&squares, 0)
        .sum(Kind::Double)
        .sqrt()
        .double_value(&[])
}

/// `min(1, max_norm / (norm + 1e-6))`; 1 without a bound.
pub fn clip_coefficient(norm: f64, max_norm: Option<f64>) -> f64 {
    max_norm.map_or(1.0, |max| (max / (norm + 1e-6)).min(1.0))
}
