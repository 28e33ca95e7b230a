//! Fine-tuning on demonstrations: negative log-likelihood of the tokens that the policy should
//! write, mean over all of them in a batch. Knows nothing about files or templates.

use transformer::Decoder;

use crate::batch::batches::{MicroBatching, minibatches, shuffled};
use crate::batch::plan::{MicroBatch, Plan};
use crate::batch::tokens::Tokens;
use crate::error::{LearnError, Network};
use crate::objective::reduction::LossMean;
use crate::train::contribution::supervised_contribution;
use crate::train::execution::Execution;
use crate::train::gradients::{GradientAccumulator, on_rows, worker_error};
use crate::train::optimizer::Step;
use crate::train::replica::Replica;
use crate::train::update::Learner;
use crate::train::workers::in_order;

/// What messages call the work on a micro-batch.
const PHASE: &str = "the policy's forward and backward pass";

/// Constants that shape the result.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct SupervisedSettings {
    /// Most demonstrations of an optimiser step.
    pub batch: usize,
    /// Optimiser steps in all.
    pub steps: u64,
    pub seed: u64,
    pub micro_batching: MicroBatching,
}

/// One optimiser step.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct SupervisedMetrics {
    /// Counted from 1.
    pub step: u64,
    pub epoch: u64,
    /// Nats per trained token.
    pub loss: f64,
    pub grad_norm: f64,
    pub lr: f64,
    pub demonstrations: usize,
    pub tokens: usize,
    pub trained_tokens: usize,
    pub seconds: f64,
}

/// Optimiser steps of one pass over `demonstrations`.
pub fn steps_per_epoch(demonstrations: usize, batch: usize) -> u64 {
    demonstrations.div_ceil(batch.max(1)) as u64
}

/// Trains for `settings.steps` optimiser steps, epoch after epoch, each in a new order.
pub fn train(
    learner: &mut Learner<Decoder>,
    demonstrations: &[Tokens],
    settings: &SupervisedSettings,
    execution: &Execution,
    mut report: impl FnMut(&SupervisedMetrics) -> Result<(), LearnError>,
) -> Result<(), LearnError> {
    if demonstrations.iter().all(|tokens| tokens.policy.is_empty()) {
        return Err(LearnError::NothingToLearn);
    }
    let mut step = 0;
    for epoch in 0.. {
        let order = shuffled(demonstrations.len(), &[settings.seed, epoch]);
        for rows in &minibatches(&order, settings.batch) {
            if step == settings.steps {
                return Ok(());
            }
            step += 1;
            let batch = Batch::new(demonstrations, rows, settings, execution);
            let mut metrics = batch.step(learner)?;
            (metrics.step, metrics.epoch) = (step, epoch);
            report(&metrics)?;
        }
    }
    Ok(())
}

/// One optimiser step's work.
struct Batch<'a> {
    demonstrations: &'a [Tokens],
    /// The batch, as indices into the demonstrations.
    rows: &'a [usize],
    plan: Plan,
    execution: &'a Execution,
}

impl<'a> Batch<'a> {
    fn new(
        demonstrations: &'a [Tokens],
        rows: &'a [usize],
        settings: &SupervisedSettings,
        execution: &'a Execution,
    ) -> Self {
        let selection = |row: usize| demonstrations[row].selection();
        let plan = Plan::new(rows, selection, LossMean::Token, &settings.micro_batching);
        Self {
            demonstrations,
            rows,
            plan,
            execution,
        }
    }

    fn step(&self, learner: &mut Learner<Decoder>) -> Result<SupervisedMetrics, LearnError> {
        let started = std::time::Instant::now();
        let total = self.gradient(learner)?;
        let norm = total.norm(Network::Policy, || self.names(self.rows))?;
        let step = match total.gradient {
            Some(gradient) => learner.optimizer.step(gradient, norm),
            None => Step {
                learning_rate: 0.0,
                gradient_norm: 0.0,
            },
        };
        let tokens = self.rows.iter().map(|&row| self.demonstrations[row].len());
        Ok(SupervisedMetrics {
            step: 0,
            epoch: 0,
            loss: total.loss,
            grad_norm: step.gradient_norm,
            lr: step.learning_rate,
            demonstrations: self.rows.len(),
            tokens: tokens.sum(),
            trained_tokens: self.plan.tokens,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn gradient(&self, learner: &Learner<Decoder>) -> Result<GradientAccumulator, LearnError> {
        let count = self.plan.micro_batches.len();
        let replica = |_| Replica::of(&learner.model, &learner.optimizer.flat.ranges);
        let workers = self.execution.threads.clamp(1, count.max(1));
        let replicas = (0..workers).map(replica).collect::<Result<_, _>>()?;
        let mut total = GradientAccumulator::default();
        let work = |replica: &mut Replica<Decoder>, index: usize| {
            let MicroBatch { rows, weights } = &self.plan.micro_batches[index];
            let rows: Vec<&Tokens> = rows.iter().map(|&row| &self.demonstrations[row]).collect();
            supervised_contribution(replica, &rows, weights, self.execution)
                .map_err(on_rows(PHASE, self.names_of(index)))
        };
        let outcome = in_order(replicas, count, work, |index, contribution| {
            total.add(contribution, Network::Policy, || self.names_of(index))
        });
        outcome
            .map_err(|failure| worker_error(failure, |_| PHASE, |index| self.names_of(index)))?;
        Ok(total)
    }

    fn names_of(&self, micro_batch: usize) -> Vec<String> {
        self.names(&self.plan.micro_batches[micro_batch].rows)
    }

    fn names(&self, rows: &[usize]) -> Vec<String> {
        rows.iter()
            .map(|&row| self.demonstrations[row].name.clone())
            .collect()
    }
}
