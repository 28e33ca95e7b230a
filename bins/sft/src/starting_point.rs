//! The weights that training starts from: stored ones, or random ones.

use std::path::Path;

use anyhow::{Context, Result};
use checkpoints::{CheckpointWriter, ModelConfig};
use learning::train::initialise::random_weights;
use learning::train::source::Source;

/// Opens the model, or writes random weights into `scratch` and opens those.
pub fn open(model: &Path, from_scratch: bool, seed: u64, scratch: &Path) -> Result<Source> {
    if !from_scratch {
        return Source::open(model).context("failed to open --model");
    }
    let directory = checkpoints::resolve(&model.to_string_lossy())?;
    let config = ModelConfig::load(&directory)?;
    let tensors = random_weights(&config, initializer_range(&directory)?, seed);
    CheckpointWriter::create(scratch, &directory)?.write(tensors)?;
    Ok(Source::open(scratch)?)
}

/// `initializer_range` of config.json; 0.02, the family's value, where it is absent.
fn initializer_range(directory: &Path) -> Result<f64> {
    let path = directory.join("config.json");
    let config: serde_json::Value = serde_json::from_str(&fs_err::read_to_string(&path)?)
        .with_context(|| format!("{}: not JSON", path.display()))?;
    match config.get("initializer_range") {
        None => Ok(0.02),
        Some(value) => value
            .as_f64()
            .filter(|range| *range > 0.0)
            .with_context(|| {
                format!(
                    "{}: key \"initializer_range\": expected a number above 0, found {value}",
                    path.display()
                )
            }),
    }
}
