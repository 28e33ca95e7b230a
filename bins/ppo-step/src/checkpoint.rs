//! The next checkpoint: policy/, critic/, optimizer/ and state.json, complete or not at all.

use std::path::Path;

use anyhow::{Context, Result};
use checkpoints::{CheckpointWriter, OutgoingTensor, StagedDirectory, Weights, write_model};
use learning::train::state::{
    FORMAT, NetworkState, Parents, TrainingState, file_sha256, settings_sha256, write_moments,
};
use learning::train::update::{Learner, Learners};
use transformer::{Critic, Decoder, dtype_of};

use crate::learners::Sources;

/// What the state says besides the networks.
pub struct RunState {
    pub rl_steps: u64,
    pub seed: u64,
    pub settings: serde_json::Value,
}

/// Fills the staged directory and publishes it.
pub fn publish(
    staged: StagedDirectory,
    learners: &mut Learners,
    sources: &Sources,
    run: RunState,
) -> Result<()> {
    let directory = staged.temporary_path();
    fs_err::create_dir(directory.join("optimizer"))?;
    let learner = learners.policy.as_mut().context("the policy is gone")?;
    let dtype =
        dtype_of(learner.model.kind()).context("the weights have a type that cannot be stored")?;
    let policy = Outgoing {
        directory,
        name: "policy",
        source: &sources.policy.source.directory,
        learner,
    };
    let critic = learners.critic.as_mut().zip(sources.critic.as_ref());
    let critic = critic.map(|(learner, hashed)| Outgoing {
        directory,
        name: "critic",
        source: &hashed.source.directory,
        learner,
    });
    let (policy, critic) = rayon::join(
        || policy.write(|model| Decoder::outgoing(model, dtype)),
        || critic.map(|critic| critic.write(|model| Critic::outgoing(model, dtype))),
    );
    let state = TrainingState {
        format: FORMAT,
        rl_steps: run.rl_steps,
        seed: run.seed,
        policy: policy?,
        critic: critic.transpose()?,
        parents: Parents {
            policy_sha256: sources.policy.sha256.clone(),
            critic_sha256: sources.critic.as_ref().map(|critic| critic.sha256.clone()),
        },
        settings_sha256: settings_sha256(&run.settings),
        settings: run.settings,
    };
    state.write(&directory.join("state.json"))?;
    staged.publish().context("failed to publish the checkpoint")
}

/// One network on its way to the checkpoint. The learner is held alone, so that another thread can write it.
struct Outgoing<'a, M> {
    directory: &'a Path,
    name: &'a str,
    /// Where its configuration and tokenizer come from.
    source: &'a Path,
    learner: &'a mut Learner<M>,
}

impl<M> Outgoing<'_, M> {
    /// Writes the network and its moments; gives what the state says about them.
    fn write(self, tensors: impl Fn(&M) -> Vec<OutgoingTensor<'_>>) -> Result<NetworkState> {
        let Learner { model, optimizer } = self.learner;
        let folder = self.directory.join(self.name);
        fs_err::create_dir(&folder)?;
        write_model(
            &folder,
            self.source,
            tensors(model),
            CheckpointWriter::SHARD_BYTES,
        )?;
        let moments = self.directory.join("optimizer");
        let moments = moments.join(format!("{}.safetensors", self.name));
        write_moments(optimizer, &moments)?;
        Ok(NetworkState {
            optimizer_steps: optimizer.steps(),
            sha256: Weights::open(&folder)?.sha256(),
            optimizer_sha256: Some(file_sha256(&moments)?),
        })
    }
}
