//! Recorded evaluations, and which step was best.
//!
//! Reads what `evaluate --format json` prints; knows nothing about how it was computed.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::folder::{RunFolder, numbered};
use crate::metrics::{Line, Metrics, number, step_of};
use crate::numbers::rounded;
use crate::record::seconds;

/// The part of an evaluation that is recorded: means over benchmarks.
#[derive(Debug, Deserialize)]
struct Summary {
    means: Vec<Mean>,
}

/// One model with one number of attempts allowed.
#[derive(Debug, Deserialize)]
struct Mean {
    model: String,
    attempts_allowed: i32,
    accuracy: f64,
    attempts_used: f64,
    response_tokens: f64,
    truncated: f64,
}

/// Records the evaluation after `step` and moves the `best` link.
pub fn record(run: &RunFolder, step: u64, summary: &Path) -> Result<()> {
    let means = load(summary)?.means;
    let mut line = Line::new();
    line.insert("step".into(), step.into());
    let mean_of = |value: fn(&Mean) -> f64| {
        rounded(means.iter().map(value).sum::<f64>() / means.len() as f64)
    };
    // What `best` goes by: every number of attempts counts the same.
    line.insert("accuracy".into(), mean_of(|mean| mean.accuracy));
    for mean in &means {
        line.insert(
            format!("accuracy_at_{}", mean.attempts_allowed),
            rounded(mean.accuracy),
        );
    }
    line.insert("attempts_used".into(), mean_of(|mean| mean.attempts_used));
    line.insert(
        "response_tokens".into(),
        mean_of(|mean| mean.response_tokens),
    );
    line.insert("truncated".into(), mean_of(|mean| mean.truncated));
    line.extend(seconds(&run.evaluation(step))?);
    let _lock = run.lock()?;
    let mut evaluations = Metrics::load(&run.evaluations())?;
    evaluations.put(line)?;
    // The link first: a kill in between leaves the evaluation due, and the next call puts both right.
    link_best(run, &evaluations)?;
    evaluations.save()
}

/// The recorded step with the highest accuracy; the earliest of equals.
pub fn best(evaluations: &Metrics) -> Option<u64> {
    let mut best: Option<(f64, u64)> = None;
    for line in evaluations.lines() {
        let (Some(accuracy), Some(step)) = (number(line, "accuracy"), step_of(line)) else {
            continue;
        };
        if best.is_none_or(|(highest, _)| accuracy > highest) {
            best = Some((accuracy, step));
        }
    }
    best.map(|(_, step)| step)
}

/// The evaluation's file where none was named.
pub fn default_summary(run: &RunFolder, step: u64) -> PathBuf {
    run.evaluation(step).join("summary.json")
}

fn load(path: &Path) -> Result<Summary> {
    let text = fs_err::read_to_string(path)?;
    let summary: Summary = serde_json::from_str(&text).with_context(|| {
        format!(
            "{}: not what `evaluate --format json` prints",
            path.display()
        )
    })?;
    ensure!(
        !summary.means.is_empty(),
        "{}: no evaluated dialogues",
        path.display()
    );
    let first = &summary.means[0].model;
    if let Some(other) = summary.means.iter().find(|mean| mean.model != *first) {
        bail!(
            "{}: expected one model, found `{first}` and `{}`",
            path.display(),
            other.model
        );
    }
    Ok(summary)
}

/// `checkpoints/best` points to the best step's checkpoint; there is no link while the best step
/// has none (the start of the run, before any training).
fn link_best(run: &RunFolder, evaluations: &Metrics) -> Result<()> {
    let Some(step) = best(evaluations) else {
        return Ok(());
    };
    let link = run.best_link();
    if !run.checkpoint(step).is_dir() {
        return match fs_err::remove_file(&link) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        };
    }
    let fresh = run
        .checkpoints()
        .join(format!(".best-{}.tmp", std::process::id()));
    fs_err::os::unix::fs::symlink(numbered(step), &fresh)?;
    fs_err::rename(&fresh, &link)?;
    fs_err::File::open(run.checkpoints())?.sync_all()?;
    Ok(())
}
