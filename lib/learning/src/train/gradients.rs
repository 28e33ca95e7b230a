//! The gradient of a minibatch, added up over micro-batches that worker threads work on.
//! The sum runs in the order of the micro-batches, so its bytes do not depend on the threads.

use tch::Tensor;
use transformer::ModelError;

use crate::error::{LearnError, Network, OutOfMemory};
use crate::objective::adamw::gradient_norm;
use crate::train::contribution::Contribution;
use crate::train::statistics::Statistics;
use crate::train::workers::Failure;

/// Gradient, loss and statistics of the micro-batches so far.
#[derive(Default)]
pub struct GradientAccumulator {
    pub gradient: Option<Tensor>,
    pub loss: f64,
    pub statistics: Statistics,
}

impl GradientAccumulator {
    /// Adds one micro-batch of `rows`; refuses one whose loss is not finite.
    pub fn add(
        &mut self,
        contribution: Contribution,
        network: Network,
        rows: impl Fn() -> Vec<String>,
    ) -> Result<(), LearnError> {
        let Some(gradients) = contribution.gradients else {
            return Err(LearnError::NotFinite {
                network,
                what: "loss",
                value: contribution.loss,
                rows: rows(),
            });
        };
        // Costs one pass.
        let adding = "adding up gradients";
        let sum = gradients.sum().map_err(on_rows(adding, rows()))?;
        if !sum.is_finite() {
            return Err(LearnError::NotFinite {
                network,
                what: "gradient",
                value: sum,
                rows: rows(),
            });
        }
        self.loss += contribution.loss;
        self.statistics.add(&contribution.statistics);
        let total = gradients.add_to(self.gradient.take());
        self.gradient = Some(total.map_err(on_rows(adding, rows()))?);
        Ok(())
    }

    /// The global norm of the gradient, found to be finite before any weight changes.
    pub fn norm(
        &self,
        network: Network,
        rows: impl Fn() -> Vec<String>,
    ) -> Result<f64, LearnError> {
        let norm = self.gradient.as_ref().map_or(0.0, gradient_norm);
        if norm.is_finite() {
            return Ok(norm);
        }
        Err(LearnError::NotFinite {
            network,
            what: "gradient norm",
            value: norm,
            rows: rows(),
        })
    }
}

/// An error of the model in some phase, with the dialogues that were worked on.
pub fn on_rows(phase: &'static str, rows: Vec<String>) -> impl FnOnce(ModelError) -> LearnError {
    move |source| match OutOfMemory::in_message(&source.to_string()) {
        Some(memory) => memory.during(phase, rows),
        None => LearnError::MicroBatch { rows, source },
    }
}

/// The error of a worker; `phase` and `rows` say what a job was and name its dialogues.
pub fn worker_error(
    failure: Failure<LearnError>,
    phase: impl Fn(usize) -> &'static str,
    rows: impl Fn(usize) -> Vec<String>,
) -> LearnError {
    match failure {
        Failure::Returned(error) => error,
        Failure::Panicked { job, message } => match OutOfMemory::in_message(&message) {
            Some(memory) => memory.during(phase(job), rows(job)),
            None => LearnError::Worker {
                message,
                rows: rows(job),
            },
        },
    }
}
