//! The gradient of a minibatch, added up over micro-batches that worker threads work on.
//! The sum runs in the order of the micro-batches, so its bytes do not depend on the threads.

use tch::Tensor;
use transformer::ModelError;

use crate::error::{LearnError, Network};
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
        let sum = gradients.sum();
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
        self.gradient = Some(gradients.add_to(self.gradient.take()));
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

/// An error of the model, with the dialogues that were worked on.
pub fn on_rows(rows: Vec<String>) -> impl FnOnce(ModelError) -> LearnError {
    move |source| LearnError::MicroBatch { rows, source }
}

/// The error of a worker; `rows` names the dialogues of a job.
pub fn worker_error(
    failure: Failure<LearnError>,
    rows: impl Fn(usize) -> Vec<String>,
) -> LearnError {
    match failure {
        Failure::Returned(error) => error,
        Failure::Panicked { job, message } => LearnError::Worker {
            message,
            rows: rows(job),
        },
    }
}
