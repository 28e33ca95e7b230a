//! The optimiser of one network: master weights, moments, learning rate. Gradient in, new weights out.
//! Knows nothing about losses or where a gradient came from.

use crate::objective::adamw::{AdamW, AdamWSettings, clip_coefficient};
use crate::objective::schedule::Schedule;
use crate::train::flat::Flat;
use tch::Tensor;

/// How a network is trained.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OptimizerSettings {
    pub schedule: Schedule,
    pub adamw: AdamWSettings,
    /// Bound on the global gradient norm.
    pub max_grad_norm: Option<f64>,
}

/// Master weights and moments of one network.
pub struct Optimizer {
    pub flat: Flat,
    pub adamw: AdamW,
    settings: OptimizerSettings,
}

/// What one optimiser step was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub learning_rate: f64,
    /// Before clipping.
    pub gradient_norm: f64,
}

impl Optimizer {
    /// Starts with fresh moments.
    pub fn new(flat: Flat, settings: OptimizerSettings) -> Self {
        let adamw = AdamW::new(settings.adamw, flat.elements(), flat.master.device());
        Self {
            flat,
            adamw,
            settings,
        }
    }

    /// Optimiser steps so far, over the whole run: the position in the schedule.
    pub fn steps(&self) -> u64 {
        self.adamw.updates
    }

    /// One optimiser step from the gradient of the whole minibatch, `[elements]` float32, whose norm
    /// the caller has found to be finite.
    pub fn step(&mut self, mut gradient: Tensor, norm: f64) -> Step {
        let learning_rate = self.settings.schedule.rate(self.steps());
        let coefficient = clip_coefficient(norm, self.settings.max_grad_norm);
        if coefficient < 1.0 {
            let _ = gradient.g_mul_scalar_(coefficient);
        }
        let decayed = self.flat.decayed();
        self.adamw
            .update(&self.flat.master, &gradient, learning_rate, &decayed);
        self.flat.publish();
        Step {
            learning_rate,
            gradient_norm: norm,
        }
    }
}
