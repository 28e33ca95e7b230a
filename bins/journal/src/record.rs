//! `journal record`: a finished step's numbers as one line of `metrics.jsonl`.
//!
//! The line is what makes a step finished: it is written last. Knows nothing about evaluations.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::Value;

use crate::folder::RunFolder;
use crate::manifest::Manifest;
use crate::metrics::{Line, Metrics};
use crate::numbers::{of_dialogues, of_tokens, rounded};
use crate::training::of_optimizer_steps;

/// The files that a step's numbers come from.
pub struct StepFiles {
    pub graded: PathBuf,
    /// Scored rows, with or without advantages; `None`: this run has none.
    pub scored: Option<PathBuf>,
    /// Metrics records of the optimiser steps; `None`: this run has none.
    pub training: Option<PathBuf>,
}

/// Writes, or writes again, the step's line.
pub fn record(run: &RunFolder, step: u64, files: &StepFiles) -> Result<()> {
    let mut line = Line::new();
    line.insert("step".into(), step.into());
    merge(&mut line, of_dialogues(&files.graded)?);
    if let Some(scored) = &files.scored {
        merge(&mut line, of_tokens(scored)?);
    }
    if let Some(training) = &files.training {
        merge(&mut line, of_optimizer_steps(training)?);
    }
    merge(&mut line, seconds(&run.step(step))?);
    let _lock = run.lock()?;
    let mut metrics = Metrics::load(&run.metrics())?;
    metrics.put(line)?;
    metrics.save()
}

/// Fields of `more` that `line` does not have yet.
fn merge(line: &mut Line, more: Line) {
    for (name, value) in more {
        line.entry(name).or_insert(value);
    }
}

/// Wall seconds of the folder's stages: `seconds`, then `seconds_rollout` and so on.
pub fn seconds(folder: &Path) -> Result<Line> {
    let timings = Manifest::load(folder)?.timings;
    let total: f64 = timings.values().map(|timing| timing.seconds).sum();
    let mut line = Line::new();
    line.insert("seconds".into(), rounded(total));
    for (stage, timing) in timings {
        let name = format!("seconds_{}", stage.replace('-', "_"));
        line.insert(name, Value::from(timing.seconds));
    }
    Ok(line)
}
