//! The next checkpoint: policy/, critic/, optimizer/ and state.json, complete or not at all.

use std::path::Path;

use anyhow::{Context, Result};
use checkpoints::{CheckpointWriter, OutgoingTensor, StagedDirectory, Weights, write_model};
use learning::train::optimizer::Optimizer;
use learning::train::state::{
    FORMAT, NetworkState, Parents, TrainingState, file_sha256, settings_sha256, write_moments,
};
use learning::train::update::Learners;
use transformer::dtype_of;

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
    learners: &Learners,
    sources: &Sources,
    run: RunState,
) -> Result<()> {
    let directory = staged.temporary_path().to_owned();
    fs_err::create_dir(directory.join("optimizer"))?;
    let policy = learners.policy.as_ref().context("the policy is gone")?;
    let dtype =
        dtype_of(policy.model.kind()).context("the weights have a type that cannot be stored")?;
    let source = &sources.policy.source.directory;
    let policy = network(
        &directory,
        "policy",
        source,
        policy.model.outgoing(dtype),
        &policy.optimizer,
    )?;
    let critic = match (&learners.critic, &sources.critic) {
        (Some(critic), Some(hashed)) => {
            let (tensors, source) = (critic.model.outgoing(dtype), &hashed.source.directory);
            Some(network(
                &directory,
                "critic",
                source,
                tensors,
                &critic.optimizer,
            )?)
        }
        _ => None,
    };
    let state = TrainingState {
        format: FORMAT,
        rl_steps: run.rl_steps,
        seed: run.seed,
        policy,
        critic,
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

/// Writes one network and its moments; gives what the state says about them.
fn network(
    directory: &Path,
    name: &str,
    source: &Path,
    tensors: Vec<OutgoingTensor<'_>>,
    optimizer: &Optimizer,
) -> Result<NetworkState> {
    let folder = directory.join(name);
    fs_err::create_dir(&folder)?;
    write_model(&folder, source, tensors, CheckpointWriter::SHARD_BYTES)?;
    let moments = directory
        .join("optimizer")
        .join(format!("{name}.safetensors"));
    write_moments(optimizer, &moments)?;
    Ok(NetworkState {
        optimizer_steps: optimizer.steps(),
        sha256: Weights::open(&folder)?.sha256(),
        optimizer_sha256: Some(file_sha256(&moments)?),
    })
}
