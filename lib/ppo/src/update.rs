//! One PPO update: epochs of minibatches, each one optimiser step of policy and critic.
//! Knows nothing about files: experiences in, changed networks and metrics out.

use tch::Device;
use transformer::{Critic, Decoder, ModelError};

use crate::batches::{MicroBatching, minibatches, shuffled};
use crate::error::{LearnError, Network};
use crate::experience::Experience;
use crate::gradients::{Total, on_rows, worker_error};
use crate::losses::PolicyLossSettings;
use crate::micro_batch::{Contribution, critic_contribution, policy_contribution};
use crate::plan::{MicroBatch, Plan};
use crate::reduction::LossMean;
use crate::replica::{Model, Replica};
use crate::sums::{CriticMetrics, CriticSums, PolicyMetrics, PolicySums, StepMetrics};
use crate::trainee::Trainee;
use crate::workers::in_order;

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

/// Where the work is done. Does not shape the result.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub device: Device,
    /// Worker threads; one is enough for a GPU.
    pub threads: usize,
}

/// A model and its optimiser.
pub struct Learner<M> {
    pub model: M,
    pub trainee: Trainee,
}

/// The networks of an update; what is absent is not trained.
pub struct Learners {
    pub policy: Option<Learner<Decoder>>,
    pub critic: Option<Learner<Critic>>,
}

/// Trains on `experiences`; `report` gets the metrics of each optimiser step.
///
/// `rl_step` is part of the key of the minibatches' order, so that steps of one run differ. The
/// first non-finite loss or gradient ends the update with an error that names the dialogues.
pub fn update(
    learners: &mut Learners,
    experiences: &[Experience],
    settings: &UpdateSettings,
    place: &Place,
    rl_step: u64,
    mut report: impl FnMut(&StepMetrics) -> Result<(), LearnError>,
) -> Result<(), LearnError> {
    let learnable: Vec<usize> = (0..experiences.len())
        .filter(|&row| !experiences[row].tokens.policy.is_empty())
        .collect();
    if learnable.is_empty() {
        return Err(LearnError::NothingToLearn);
    }
    for epoch in 0..settings.epochs {
        let order = order(&learnable, settings, rl_step, epoch as u64);
        for (index, rows) in minibatches(&order, settings.minibatch).iter().enumerate() {
            let step = OptimizerStep::new(experiences, rows, settings, place);
            let mut metrics = step.take(learners)?;
            (metrics.epoch, metrics.minibatch) = (epoch, index);
            report(&metrics)?;
        }
    }
    Ok(())
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
    plan: Plan,
    settings: &'a UpdateSettings,
    place: &'a Place,
}

/// A worker's copies of the networks.
struct Replicas {
    policy: Option<Replica<Decoder>>,
    critic: Option<Replica<Critic>>,
}

/// What one job, a micro-batch of one network, comes to.
enum Part {
    Policy(Contribution<PolicySums>),
    Critic(Contribution<CriticSums>),
}

impl<'a> OptimizerStep<'a> {
    fn new(
        experiences: &'a [Experience],
        rows: &[usize],
        settings: &'a UpdateSettings,
        place: &'a Place,
    ) -> Self {
        let tokens = |row: usize| &experiences[row].tokens;
        let plan = Plan::new(rows, tokens, settings.loss_mean, &settings.micro_batching);
        Self {
            experiences,
            plan,
            settings,
            place,
        }
    }

    fn take(&self, learners: &mut Learners) -> Result<StepMetrics, LearnError> {
        let started = std::time::Instant::now();
        let (policy, critic) = self.gradients(learners)?;
        // Both norms are known to be finite before either network changes.
        let everyone = || self.every_name();
        let policy_norm = policy.norm(Network::Policy, everyone)?;
        let critic_norm = critic.norm(Network::Critic, everyone)?;
        let policy_step = apply(&mut learners.policy, policy.gradient, policy_norm);
        let critic_step = apply(&mut learners.critic, critic.gradient, critic_norm);
        let with_importance = self.settings.policy_loss.importance_cap.is_some();
        Ok(StepMetrics {
            epoch: 0,
            minibatch: 0,
            dialogues: self.plan.dialogues,
            tokens: self.plan.tokens,
            policy_tokens: self.plan.policy_tokens,
            policy: policy_step.map(|step| PolicyMetrics::new(&policy.sums, step, with_importance)),
            critic: critic_step.map(|step| CriticMetrics::new(&critic.sums, step)),
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    fn gradients(
        &self,
        learners: &Learners,
    ) -> Result<(Total<PolicySums>, Total<CriticSums>), LearnError> {
        let jobs = self.jobs(learners);
        let workers = self.place.threads.clamp(1, jobs.len().max(1));
        let replicas = (0..workers)
            .map(|_| replicas(learners))
            .collect::<Result<_, _>>()?;
        let (mut policy, mut critic) = (Total::default(), Total::default());
        let work = |replicas: &mut Replicas, job: usize| self.work(replicas, jobs[job]);
        let outcome = in_order(replicas, jobs.len(), work, |job, part| {
            let (network, micro_batch) = jobs[job];
            let names = || self.names(micro_batch);
            match part {
                Part::Policy(part) => policy.add(part, network, names),
                Part::Critic(part) => critic.add(part, network, names),
            }
        });
        outcome.map_err(|failure| worker_error(failure, |job| self.names(jobs[job].1)))?;
        Ok((policy, critic))
    }

    /// Network and micro-batch of every job.
    fn jobs(&self, learners: &Learners) -> Vec<(Network, usize)> {
        let trains_policy = learners.policy.is_some() && !self.settings.freeze_policy;
        let policy = trains_policy.then_some(Network::Policy);
        let critic = learners.critic.is_some().then_some(Network::Critic);
        let count = self.plan.micro_batches.len();
        let networks = policy.into_iter().chain(critic);
        networks
            .flat_map(|network| (0..count).map(move |index| (network, index)))
            .collect()
    }

    fn work(
        &self,
        replicas: &Replicas,
        (network, index): (Network, usize),
    ) -> Result<Part, LearnError> {
        let MicroBatch { rows, weights } = &self.plan.micro_batches[index];
        let rows: Vec<&Experience> = rows.iter().map(|&row| &self.experiences[row]).collect();
        let (settings, device) = (self.settings, self.place.device);
        let part = match (network, &replicas.policy, &replicas.critic) {
            (Network::Policy, Some(policy), _) => {
                policy_contribution(policy, &rows, weights, &settings.policy_loss, device)
                    .map(Part::Policy)
            }
            (Network::Critic, _, Some(critic)) => {
                critic_contribution(critic, &rows, weights, settings.value_clip, device)
                    .map(Part::Critic)
            }
            // Jobs are made for networks that are there.
            _ => return Err(LearnError::NothingToLearn),
        };
        part.map_err(on_rows(self.names(index)))
    }

    fn names(&self, micro_batch: usize) -> Vec<String> {
        let rows = &self.plan.micro_batches[micro_batch].rows;
        rows.iter()
            .map(|&row| self.experiences[row].tokens.name.clone())
            .collect()
    }

    fn every_name(&self) -> Vec<String> {
        (0..self.plan.micro_batches.len())
            .flat_map(|index| self.names(index))
            .collect()
    }
}

fn replicas(learners: &Learners) -> Result<Replicas, ModelError> {
    fn of<M: Model>(learner: &Learner<M>) -> Result<Replica<M>, ModelError> {
        Replica::of(&learner.model, &learner.trainee.flat.ranges)
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
) -> Option<crate::trainee::Step> {
    Some(learner.as_mut()?.trainee.step(gradient?, norm))
}
