//! What a run needs to go on, beside the weights: moments, master weights, counters.
//! safetensors and JSON; knows nothing about where a checkpoint lies or how it is published.

use std::borrow::Cow;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::path::Path;

use checkpoints::{Dtype, OutgoingTensor, Weights, write_safetensors};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tch::{Device, Kind, Tensor, no_grad};

use crate::error::{LearnError, Network};
use crate::train::optimizer::Optimizer;

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
    /// Of the file with the moments, byte by byte; checkpoints of earlier versions have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub optimizer_sha256: Option<String>,
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

    /// Refuses a file of moments that is not the one that was written. Without a hash nothing is
    /// checked; says whether there was one.
    pub fn expect_moments(&self, path: &Path) -> Result<bool, LearnError> {
        let Some(expected) = &self.optimizer_sha256 else {
            return Ok(false);
        };
        let found = file_sha256(path)?;
        if *expected == found {
            return Ok(true);
        }
        Err(LearnError::MomentsChanged {
            path: path.to_owned(),
            expected: expected.clone(),
            found,
        })
    }
}

/// Hash over settings as they are written.
pub fn settings_sha256(settings: &serde_json::Value) -> String {
    hexadecimal(&Sha256::digest(settings.to_string().as_bytes()))
}

/// Hash over a file, byte by byte.
pub fn file_sha256(path: &Path) -> Result<String, LearnError> {
    hash_of(path).map_err(|source| LearnError::StateRead {
        path: path.to_owned(),
        source,
    })
}

fn hash_of(path: &Path) -> std::io::Result<String> {
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path)?);
    let mut hasher = Sha256::new();
    loop {
        let bytes = reader.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hexadecimal(&hasher.finalize()));
        }
        hasher.update(bytes);
        let read = bytes.len();
        reader.consume(read);
    }
}

fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes `exp_avg.NAME` and `exp_avg_sq.NAME` for every parameter, and `master.NAME` where the
/// network itself holds rounded weights; float32.
pub fn write_moments(optimizer: &Optimizer, path: &Path) -> Result<(), LearnError> {
    let mut buffers = vec![
        ("exp_avg", &optimizer.adamw.exp_avg),
        ("exp_avg_sq", &optimizer.adamw.exp_avg_sq),
    ];
    if optimizer.flat.is_rounded() {
        buffers.push(("master", &optimizer.flat.master));
    }
    let flat = &optimizer.flat;
    let mut tensors = Vec::new();
    for (prefix, buffer) in buffers {
        for ((name, shape), range) in flat.names.iter().zip(&flat.shapes).zip(&flat.ranges) {
            let shape: Vec<usize> = shape.iter().map(|&dim| dim as usize).collect();
            tensors.push(OutgoingTensor::lazy(
                format!("{prefix}.{name}"),
                Dtype::F32,
                shape,
                move || stretch(buffer, range),
            ));
        }
    }
    let steps = optimizer.steps().to_string();
    Ok(write_safetensors(
        path,
        tensors,
        &[("format", "pt"), ("optimizer_steps", &steps)],
    )?)
}

/// The bytes of some elements of a float32 buffer, which is not copied where it lies in the CPU's memory.
fn stretch<'a>(
    buffer: &'a Tensor,
    range: &Range<i64>,
) -> Result<Cow<'a, [u8]>, Box<dyn Error + Send + Sync>> {
    if buffer.device() != Device::Cpu {
        let slice = buffer.narrow(0, range.start, range.end - range.start);
        return Ok(transformer::bytes(&slice, Kind::Float)?.into_owned().into());
    }
    let bytes = |element: i64| element as usize * Kind::Float.elt_size_in_bytes();
    let part = bytes(range.start)..bytes(range.end);
    Ok(match transformer::bytes(buffer, Kind::Float)? {
        Cow::Borrowed(all) => Cow::Borrowed(&all[part]),
        Cow::Owned(all) => Cow::Owned(all[part].to_vec()),
    })
}

/// Reads what [`write_moments`] wrote into the optimiser of the same network.
pub fn read_moments(optimizer: &mut Optimizer, path: &Path, steps: u64) -> Result<(), LearnError> {
    let file = Weights::open_file(path)?;
    fill(optimizer, &file, path, "exp_avg", &optimizer.adamw.exp_avg)?;
    fill(
        optimizer,
        &file,
        path,
        "exp_avg_sq",
        &optimizer.adamw.exp_avg_sq,
    )?;
    // Rounded weights that were trained in float32 before have no master of their own: they are it.
    let has_master = optimizer
        .flat
        .names
        .iter()
        .any(|name| file.contains(&format!("master.{name}")));
    if has_master {
        fill(optimizer, &file, path, "master", &optimizer.flat.master)?;
        optimizer.flat.publish();
    }
    optimizer.adamw.updates = steps;
    Ok(())
}

fn fill(
    optimizer: &Optimizer,
    file: &Weights,
    path: &Path,
    prefix: &str,
    buffer: &Tensor,
) -> Result<(), LearnError> {
    for (name, range) in optimizer.flat.names.iter().zip(&optimizer.flat.ranges) {
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
    use crate::objective::schedule::Schedule;
    use crate::train::flat::Flat;
    use crate::train::optimizer::OptimizerSettings;

    fn optimizer(kind: Kind) -> Optimizer {
        let matrix = Tensor::arange(6, (Kind::Float, Device::Cpu))
            .view([2, 3])
            .to_kind(kind);
        let vector = Tensor::ones([2], (kind, Device::Cpu));
        let flat = Flat::new(vec![("a.weight".into(), matrix), ("a.bias".into(), vector)]);
        let settings = OptimizerSettings {
            schedule: Schedule::constant(0.1),
            adamw: Default::default(),
            max_grad_norm: None,
        };
        Optimizer::new(flat, settings)
    }

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        Vec::try_from(tensor).unwrap()
    }

    #[test]
    fn moments_and_master_weights_come_back() {
        for kind in [Kind::Float, Kind::BFloat16] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("policy.safetensors");
            let mut before = optimizer(kind);
            let gradient = Tensor::arange(8, (Kind::Float, Device::Cpu));
            before.step(gradient.shallow_clone(), 1.0);
            write_moments(&before, &path).unwrap();
            let mut after = optimizer(kind);
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
        write_moments(&optimizer(Kind::Float), &path).unwrap();
        let flat = Flat::new(vec![(
            "a.weight".into(),
            Tensor::ones([5], (Kind::Float, Device::Cpu)),
        )]);
        let settings = OptimizerSettings {
            schedule: Schedule::constant(0.1),
            adamw: Default::default(),
            max_grad_norm: None,
        };
        let error = read_moments(&mut Optimizer::new(flat, settings), &path, 1)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("exp_avg.a.weight") && error.contains("expected"),
            "{error}"
        );
    }
}
