//! What a run needs to go on, beside the weights: moments, master weights, counters.
//! safetensors and JSON; knows nothing about where a checkpoint lies or how it is published.

use std::path::Path;

use checkpoints::{Dtype, OutgoingTensor, Weights, write_safetensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tch::{Kind, Tensor, no_grad};

use crate::error::{LearnError, Network};
use crate::trainee::Trainee;

/// Version of the layout of `state.json`.
pub const FORMAT: u32 = 1;

/// `state.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingState {
    pub format: u32,
    /// Passes over records so far, one per call of `ppo-step`.
    pub rl_steps: u64,
    pub seed: u64,
    pub policy: NetworkState,
    pub critic: Option<NetworkState>,
    /// Hashes of the weights that this pass began with.
    pub parents: Parents,
    pub settings_sha256: String,
    pub settings: serde_json::Value,
}

/// Where one network stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NetworkState {
    /// Optimiser steps so far: the position in the schedule and the exponent of Adam's corrections.
    pub optimizer_steps: u64,
    /// Of the weights that the moments belong to.
    pub sha256: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parents {
    pub policy_sha256: String,
    pub critic_sha256: Option<String>,
}

impl TrainingState {
    pub fn read(path: &Path) -> Result<Self, LearnError> {
        let text = std::fs::read_to_string(path).map_err(|source| LearnError::StateRead {
            path: path.to_owned(),
            source,
        })?;
        serde_json::from_str(&text).map_err(|source| LearnError::StateParse {
            path: path.to_owned(),
            source,
        })
    }

    pub fn write(&self, path: &Path) -> Result<(), LearnError> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|source| LearnError::StateParse {
                path: path.to_owned(),
                source,
            })?;
        text.push('\n');
        Ok(std::fs::write(path, text)?)
    }
}

impl NetworkState {
    /// Refuses moments that belong to other weights.
    pub fn expect(&self, found: &str, network: Network, path: &Path) -> Result<(), LearnError> {
        if self.sha256 == found {
            return Ok(());
        }
        let (path, expected, found) = (path.to_owned(), self.sha256.clone(), found.to_owned());
        Err(LearnError::StateOfOther {
            path,
            network,
            expected,
            found,
        })
    }
}

/// Hash over settings as they are written.
pub fn settings_sha256(settings: &serde_json::Value) -> String {
    let digest = Sha256::digest(settings.to_string().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `exp_avg.NAME` and `exp_avg_sq.NAME` for every parameter, and `master.NAME` where the
/// network itself holds rounded weights; float32.
pub fn write_moments(trainee: &Trainee, path: &Path) -> Result<(), LearnError> {
    let mut buffers = vec![
        ("exp_avg", &trainee.optimizer.exp_avg),
        ("exp_avg_sq", &trainee.optimizer.exp_avg_sq),
    ];
    if trainee.flat.is_rounded() {
        buffers.push(("master", &trainee.flat.master));
    }
    let flat = &trainee.flat;
    let mut tensors = Vec::new();
    for (prefix, buffer) in buffers {
        for ((name, shape), range) in flat.names.iter().zip(&flat.shapes).zip(&flat.ranges) {
            let shape: Vec<usize> = shape.iter().map(|&dim| dim as usize).collect();
            let slice = buffer.narrow(0, range.start, range.end - range.start);
            tensors.push(OutgoingTensor::lazy(
                format!("{prefix}.{name}"),
                Dtype::F32,
                shape,
                move || {
                    let numbers = Vec::<f32>::try_from(&slice)?;
                    Ok(numbers
                        .iter()
                        .flat_map(|number| number.to_le_bytes())
                        .collect::<Vec<u8>>()
                        .into())
                },
            ));
        }
    }
    let steps = trainee.steps().to_string();
    Ok(write_safetensors(
        path,
        tensors,
        &[("format", "pt"), ("optimizer_steps", &steps)],
    )?)
}

/// Reads what [`write_moments`] wrote into a trainee of the same network.
pub fn read_moments(trainee: &mut Trainee, path: &Path, steps: u64) -> Result<(), LearnError> {
    let file = Weights::open_file(path)?;
    fill(trainee, &file, path, "exp_avg", &trainee.optimizer.exp_avg)?;
    fill(
        trainee,
        &file,
        path,
        "exp_avg_sq",
        &trainee.optimizer.exp_avg_sq,
    )?;
    // Rounded weights that were trained in float32 before have no master of their own: they are it.
    let has_master = trainee
        .flat
        .names
        .iter()
        .any(|name| file.contains(&format!("master.{name}")));
    if has_master {
        fill(trainee, &file, path, "master", &trainee.flat.master)?;
        trainee.flat.publish();
    }
    trainee.optimizer.updates = steps;
    Ok(())
}

fn fill(
    trainee: &Trainee,
    file: &Weights,
    path: &Path,
    prefix: &str,
    buffer: &Tensor,
) -> Result<(), LearnError> {
    for (name, range) in trainee.flat.names.iter().zip(&trainee.flat.ranges) {
        let tensor = format!("{prefix}.{name}");
        file.check_finite([tensor.as_str()])?;
        let numbers = file.f32(&tensor)?;
        let expected = (range.end - range.start) as usize;
        if numbers.len() != expected {
            let (path, found) = (path.to_owned(), numbers.len());
            return Err(LearnError::StateShape {
                path,
                tensor,
                expected,
                found,
            });
        }
        let stored = Tensor::from_slice(&numbers).to_kind(Kind::Float);
        no_grad(|| {
            buffer
                .narrow(0, range.start, range.end - range.start)
                .copy_(&stored)
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flat::Flat;
    use crate::schedule::Schedule;
    use crate::trainee::TraineeSettings;
    use tch::Device;

    fn trainee(kind: Kind) -> Trainee {
        let matrix = Tensor::arange(6, (Kind::Float, Device::Cpu))
            .view([2, 3])
            .to_kind(kind);
        let vector = Tensor::ones([2], (kind, Device::Cpu));
        let flat = Flat::new(vec![("a.weight".into(), matrix), ("a.bias".into(), vector)]);
        let settings = TraineeSettings {
            schedule: Schedule::constant(0.1),
            optimizer: Default::default(),
            max_grad_norm: None,
        };
        Trainee::new(flat, settings)
    }

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        Vec::try_from(tensor).unwrap()
    }

    #[test]
    fn moments_and_master_weights_come_back() {
        for kind in [Kind::Float, Kind::BFloat16] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("policy.safetensors");
            let mut before = trainee(kind);
            let gradient = Tensor::arange(8, (Kind::Float, Device::Cpu));
            before.step(gradient.shallow_clone(), 1.0);
            write_moments(&before, &path).unwrap();
            let mut after = trainee(kind);
            let parameters = before.flat.master.copy();
            after.flat.master.copy_(&parameters);
            read_moments(&mut after, &path, 1).unwrap();
            before.step(gradient.shallow_clone(), 1.0);
            after.step(gradient, 1.0);
            assert_eq!(
                numbers(&before.flat.master),
                numbers(&after.flat.master),
                "{kind:?}"
            );
            assert_eq!(after.steps(), 2);
        }
    }

    #[test]
    fn moments_of_another_network_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.safetensors");
        write_moments(&trainee(Kind::Float), &path).unwrap();
        let flat = Flat::new(vec![(
            "a.weight".into(),
            Tensor::ones([5], (Kind::Float, Device::Cpu)),
        )]);
        let settings = TraineeSettings {
            schedule: Schedule::constant(0.1),
            optimizer: Default::default(),
            max_grad_norm: None,
        };
        let error = read_moments(&mut Trainee::new(flat, settings), &path, 1)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("exp_avg.a.weight") && error.contains("expected"),
            "{error}"
        );
    }
}
