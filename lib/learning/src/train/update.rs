//! One PPO update: epochs of minibatches, each one optimiser step of policy and critic.
//! Knows nothing about files: experiences in, changed networks and metrics out.

use transformer::{Critic, Decoder, ModelError};

use crate::batch::batches::{MicroBatching, minibatches, shuffled};
use crate::batch::experience::Experience;
use crate::batch::plan::{MicroBatch, Plan};
use crate::error::{LearnError, Network};
use crate::objective::losses::PolicyLossSettings;
use crate::objective::reduction::LossMean;
use crate::train::contribution::{Contribution, critic_contribution, policy_contribution};
use crate::train::execution::Execution;
use crate::train::gradients::{GradientAccumulator, on_rows, worker_error};
use crate::train::optimizer::{Optimizer, Step};
use crate::train::replica::{Model, Replica};
use crate::train::statistics::Statistics;
use crate::train::workers::in_order;

/// Constants of an update that shape its result.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct UpdateSettings {
    pub policy_loss: PolicyLossSettings,
    /// Values count no further than this from the old ones; `None` leaves the clip out.
    pub value_clip: Option<f64>,
    pub loss_mean: LossMean,
    /// Train the critic alone.
    pub freeze_policy: bool,
    /// Most dialogues of an optimiser step.
    pub minibatch: usize,
    pub epochs: usize,
    /// Draw the minibatches at random; otherwise dialogues keep their order.
    pub shuffle: bool,
    pub seed: u64,
    pub micro_batching: MicroBatching,
}

/// A model and its optimiser.
pub struct Learner<M> {
    pub model: M,
    pub optimizer: Optimizer,
}

/// The networks of an update; what is absent is not trained.
pub struct Learners {
    pub policy: Option<Learner<Decoder>>,
    pub critic: Option<Learner<Critic>>,
}

/// One optimiser step of both networks, as it is printed.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StepMetrics {
    pub epoch: usize,
    pub minibatch: usize,
    pub dialogues: usize,
    /// All tokens, prompts and feedback included.
    pub tokens: usize,
    /// Those that the policy learns from.
    pub policy_tokens: usize,
    /// Those that the critic learns from.
    pub value_tokens: usize,
    #[serde(flatten)]
    pub policy: Option<Statistics>,
    #[serde(flatten)]
    pub critic: Option<Statistics>,
    pub seconds: f64,
}

/// Trains on `experiences`; `report` gets the metrics of each optimiser step.
///
/// `rl_step` is part of the key of the minibatches' order, so that steps of one run differ. The
/// first non-finite loss or gradient ends the update with an error that names the dialogues.
pub fn update(
    learners: &mut Learners,
    experiences: &[Experience],
    settings: &UpdateSettings,
    execution: &Execution,
    rl_step: u64,
    mut report: impl FnMut(&StepMetrics) -> Result<(), LearnError>,
) -> Result<(), LearnError> {
    let learnable: Vec<usize> = (0..experiences.len())
        .filter(|&row| teaches(&experiences[row]))
        .collect();
    if learnable.is_empty() {
        return Err(LearnError::NothingToLearn);
    }
    for epoch in 0..settings.epochs {
        let order = order(&learnable, settings, rl_step, epoch as u64);
        for (index, rows) in minibatches(&order, settings.minibatch).iter().enumerate() {
            let step = OptimizerStep::new(experiences, rows, settings, execution);
            let mut metrics = step.take(learners)?;
            (metrics.epoch, metrics.minibatch) = (epoch, index);
            report(&metrics)?;
        }
    }
    Ok(())
}

/// Whether either network has something to learn from.
fn teaches(experience: &Experience) -> bool {
    let networks = [Network::Policy, Network::Critic];
    networks
        .iter()
        .any(|&network| !experience.selection(network).positions.is_empty())
}

fn order(learnable: &[usize], settings: &UpdateSettings, rl_step: u64, epoch: u64) -> Vec<usize> {
    if !settings.shuffle {
        return learnable.to_vec();
    }
    let order = shuffled(learnable.len(), &[settings.seed, rl_step, epoch]);
    order.into_iter().map(|index| learnable[index]).collect()
}

/// One optimiser step of both networks on one minibatch.
struct OptimizerStep<'a> {
    experiences: &'a [Experience],
    /// The minibatch, as indices into the experiences.
    rows: &'a [usize],
    policy: Plan,
    critic: Plan,
    settings: &'a UpdateSettings,
    execution: &'a Execution,
}

/// A worker's copies of the networks.
struct Replicas {
    policy: Option<Replica<Decoder>>,
    critic: Option<Replica<Critic>>,
}

/// One micro-batch of one network.
#[derive(Clone, Copy)]
struct Job {
    network: Network,
    micro_batch: usize,
}

impl<'a> OptimizerStep<'a> {
    fn new(
        experiences: &'a [Experience],
        rows: &'a [usize],
        settings: &'a UpdateSettings,
        execution: &'a Execution,
    ) -> Self {
        let plan = |network: Network| {
            let selection = |row: usize| experiences[row].selection(network);
            Plan::new(
                rows,
                selection,
                settings.loss_mean,
                &settings.micro_batching,
            )
        };
        Self {
            experiences,
            rows,
            policy: plan(Network::Policy),
            critic: plan(Network::Critic),
            settings,
            execution,
        }
    }

    fn take(&self, learners: &mut Learners) -> Result<StepMetrics, LearnError> {
        let started = std::time::Instant::now();
        let (policy, critic) = self.gradients(learners)?;
        // Both norms are known to be finite before either network changes.
        let everyone = || self.names(self.rows);
        let policy_norm = policy.norm(Network::Policy, everyone)?;
        let critic_norm = critic.norm(Network::Critic, everyone)?;
        let policy_step = apply(&mut learners.policy, policy.gradient, policy_norm);
        let critic_step = apply(&mut learners.critic, critic.gradient, critic_norm);
        let tokens = self
            .rows
            .iter()
            .map(|&row| self.experiences[row].tokens.len());
        Ok(StepMetrics {
            epoch: 0,
            minibatch: 0,
            dialogues: self.rows.len(),
            tokens: tokens.sum(),
            policy_tokens: self.policy.tokens,
            value_tokens: self.critic.tokens,
            policy: policy_step
                .map(|step| finished(policy.statistics, step, "policy_grad_norm", "policy_lr")),
            critic: critic_step
                .map(|step| finished(critic.statistics, step, "critic_grad_norm", "critic_lr")),
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn gradients(
        &self,
        learners: &Learners,
    ) -> Result<(GradientAccumulator, GradientAccumulator), LearnError> {
        let jobs = self.jobs(learners);
        let workers = self.execution.threads.clamp(1, jobs.len().max(1));
        let replicas = (0..workers)
            .map(|_| replicas(learners))
            .collect::<Result<_, _>>()?;
        let mut policy = GradientAccumulator::default();
        let mut critic = GradientAccumulator::default();
        let work = |replicas: &mut Replicas, job: usize| self.work(replicas, jobs[job]);
        let outcome = in_order(replicas, jobs.len(), work, |job, contribution| {
            let job = jobs[job];
            let accumulator = match job.network {
                Network::Policy => &mut policy,
                Network::Critic => &mut critic,
            };
            accumulator.add(contribution, job.network, || self.names_of(job))
        });
        outcome.map_err(|failure| {
            worker_error(
                failure,
                |job| phase(jobs[job].network),
                |job| self.names_of(jobs[job]),
            )
        })?;
        Ok((policy, critic))
    }

    /// The policy's micro-batches, then the critic's.
    fn jobs(&self, learners: &Learners) -> Vec<Job> {
        let trains_policy = learners.policy.is_some() && !self.settings.freeze_policy;
        let policy = trains_policy.then_some(Network::Policy);
        let critic = learners.critic.is_some().then_some(Network::Critic);
        let jobs_of = |network: Network| {
            let micro_batches = 0..self.plan(network).micro_batches.len();
            micro_batches.map(move |micro_batch| Job {
                network,
                micro_batch,
            })
        };
        policy.into_iter().chain(critic).flat_map(jobs_of).collect()
    }

    fn plan(&self, network: Network) -> &Plan {
        match network {
            Network::Policy => &self.policy,
            Network::Critic => &self.critic,
        }
    }

    fn micro_batch(&self, job: Job) -> &MicroBatch {
        &self.plan(job.network).micro_batches[job.micro_batch]
    }

    fn work(&self, replicas: &Replicas, job: Job) -> Result<Contribution, LearnError> {
        let MicroBatch { rows, weights } = self.micro_batch(job);
        let rows: Vec<&Experience> = rows.iter().map(|&row| &self.experiences[row]).collect();
        let (settings, execution) = (self.settings, self.execution);
        let contribution = match (job.network, &replicas.policy, &replicas.critic) {
            (Network::Policy, Some(policy), _) => {
                policy_contribution(policy, &rows, weights, &settings.policy_loss, execution)
            }
            (Network::Critic, _, Some(critic)) => {
                critic_contribution(critic, &rows, weights, settings.value_clip, execution)
            }
            // Jobs are made for networks that are there.
            _ => return Err(LearnError::NothingToLearn),
        };
        contribution.map_err(on_rows(phase(job.network), self.names_of(job)))
    }

    fn names_of(&self, job: Job) -> Vec<String> {
        self.names(&self.micro_batch(job).rows)
    }

    fn names(&self, rows: &[usize]) -> Vec<String> {
        rows.iter()
            .map(|&row| self.experiences[row].tokens.name.clone())
            .collect()
    }
}

/// The statistics with what the optimiser adds to them.
fn finished(
    mut statistics: Statistics,
    step: Step,
    norm: &'static str,
    rate: &'static str,
) -> Statistics {
    statistics.push(norm, step.gradient_norm);
    statistics.push(rate, step.learning_rate);
    statistics
}

/// What messages call the work on a micro-batch.
fn phase(network: Network) -> &'static str {
    match network {
        Network::Policy => "the policy's forward and backward pass",
        Network::Critic => "the critic's forward and backward pass",
    }
}

fn replicas(learners: &Learners) -> Result<Replicas, ModelError> {
    fn of<M: Model>(learner: &Learner<M>) -> Result<Replica<M>, ModelError> {
        Replica::of(&learner.model, &learner.optimizer.flat.ranges)
    }
    Ok(Replicas {
        policy: learners.policy.as_ref().map(of).transpose()?,
        critic: learners.critic.as_ref().map(of).transpose()?,
    })
}

fn apply<M>(
    learner: &mut Option<Learner<M>>,
    gradient: Option<tch::Tensor>,
    norm: f64,
) -> Option<Step> {
    Some(learner.as_mut()?.optimizer.step(gradient?, norm))
}
