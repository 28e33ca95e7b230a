//! The networks with their optimisers, as they stand at the beginning of the pass.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use compute::Compute;
use learning::error::Network;
use learning::objective::adamw::AdamWSettings;
use learning::objective::schedule::Schedule;
use learning::train::flat::Flat;
use learning::train::optimizer::{Optimizer, OptimizerSettings};
use learning::train::source::Source;
use learning::train::state::{NetworkState, TrainingState, read_moments};
use learning::train::update::{Learner, Learners};
use tracing::warn;

use crate::args::{Args, OptimisationArgs};

/// The opened models and their hashes.
pub struct Sources {
    pub policy: Hashed,
    pub critic: Option<Hashed>,
}

pub struct Hashed {
    pub source: Source,
    pub sha256: String,
}

impl Hashed {
    fn open(directory: &Path) -> Result<Self> {
        let source = Source::open(directory)?;
        let sha256 = source.weights.sha256();
        Ok(Self { source, sha256 })
    }
}

impl Sources {
    pub fn open(args: &Args) -> Result<Self> {
        let critic = args.critic.as_deref().map(Hashed::open).transpose();
        Ok(Self {
            policy: Hashed::open(&args.policy).context("failed to open --policy")?,
            critic: critic.context("failed to open --critic")?,
        })
    }
}

impl Sources {
    /// The same networks in the checkpoint that a pass has written.
    pub fn after(&self, checkpoint: &Path) -> Result<Self> {
        let critic = self.critic.as_ref();
        let critic = critic.map(|_| Hashed::open(&checkpoint.join("critic")));
        Ok(Self {
            policy: Hashed::open(&checkpoint.join("policy"))?,
            critic: critic.transpose()?,
        })
    }
}

/// Where an earlier pass left off.
pub struct PreviousCheckpoint {
    /// The folder with the moments.
    folder: PathBuf,
    state_path: PathBuf,
    pub state: TrainingState,
}

impl PreviousCheckpoint {
    /// Reads the state of a checkpoint, given as its own directory or its `optimizer`.
    pub fn open(directory: &Path) -> Result<Self> {
        let inside = directory.join("optimizer");
        let (root, folder) = if inside.is_dir() {
            (directory.to_owned(), inside)
        } else {
            (directory.join(".."), directory.to_owned())
        };
        ensure!(
            folder.is_dir(),
            "--optimizer {}: no such directory",
            directory.display()
        );
        let state_path = root.join("state.json");
        let state = TrainingState::read(&state_path)?;
        ensure!(
            state.format == learning::train::state::FORMAT,
            "{}: format {} is not known, expected {}",
            state_path.display(),
            state.format,
            learning::train::state::FORMAT
        );
        Ok(Self {
            folder,
            state_path,
            state,
        })
    }

    /// Optimiser steps so far, of the network that has made most.
    pub fn most_steps(&self) -> u64 {
        let critic = self
            .state
            .critic
            .as_ref()
            .map_or(0, |critic| critic.optimizer_steps);
        self.state.policy.optimizer_steps.max(critic)
    }

    fn restore(
        &self,
        optimizer: &mut Optimizer,
        network: Network,
        state: &NetworkState,
        sha256: &str,
    ) -> Result<()> {
        state.expect(sha256, network, &self.state_path)?;
        let path = self.folder.join(format!("{network}.safetensors"));
        if !state.expect_moments(&path)? {
            warn!(
                "{}: no hash of {}, which is taken as it is",
                self.state_path.display(),
                path.display()
            );
        }
        Ok(read_moments(optimizer, &path, state.optimizer_steps)?)
    }
}

/// Loads both networks; the policy also where it is not trained in this pass, for it is written.
pub fn load(
    args: &Args,
    sources: &Sources,
    compute: &Compute,
    previous: Option<&PreviousCheckpoint>,
) -> Result<Learners> {
    let (device, kind) = (compute.execution.device, compute.kind);
    let policy = sources
        .policy
        .source
        .decoder(device, kind, true)
        .context("failed to load --policy")?;
    let flat = Flat::new(policy.parameters());
    let mut optimizer = optimizer(flat, &args.optimisation, args.optimisation.actor_lr);
    if let Some(previous) = previous {
        previous.restore(
            &mut optimizer,
            Network::Policy,
            &previous.state.policy,
            &sources.policy.sha256,
        )?;
    }
    Ok(Learners {
        policy: Some(Learner {
            model: policy,
            optimizer,
        }),
        critic: sources
            .critic
            .as_ref()
            .map(|critic| load_critic(args, critic, compute, previous))
            .transpose()?,
    })
}

fn load_critic(
    args: &Args,
    critic: &Hashed,
    compute: &Compute,
    previous: Option<&PreviousCheckpoint>,
) -> Result<Learner<transformer::Critic>> {
    let (device, kind) = (compute.execution.device, compute.kind);
    let model = critic
        .source
        .critic(device, kind, true)
        .context("failed to load --critic")?;
    let flat = Flat::new(model.parameters());
    let mut optimizer = optimizer(flat, &args.optimisation, args.optimisation.critic_lr);
    // A run may take its first critic after steps without one: it then starts with fresh moments.
    if let Some((previous, state)) = previous.and_then(|p| Some((p, p.state.critic.as_ref()?))) {
        previous.restore(&mut optimizer, Network::Critic, state, &critic.sha256)?;
    }
    Ok(Learner { model, optimizer })
}

fn optimizer(flat: Flat, args: &OptimisationArgs, peak: f64) -> Optimizer {
    let schedule = match args.total_steps {
        Some(total) => Schedule::cosine(peak, args.min_lr_ratio, args.warmup_ratio, total),
        None => Schedule::constant(peak),
    };
    let settings = OptimizerSettings {
        schedule,
        adamw: AdamWSettings {
            beta1: args.betas.0,
            beta2: args.betas.1,
            epsilon: args.eps,
            weight_decay: args.weight_decay,
        },
        max_grad_norm: positive(args.max_grad_norm),
    };
    Optimizer::new(flat, settings)
}

/// 0 stands for leaving something out.
pub fn positive(number: f64) -> Option<f64> {
    (number > 0.0).then_some(number)
}
