//! `journal prune`: removes old steps and checkpoints beyond what the settings keep.
//!
//! Kept in any case: whatever belongs to a step that is not finished, the checkpoint that the next
//! step starts from, the best one, and every manifest and metrics file. Knows nothing about what a
//! checkpoint holds.

use std::path::Path;

use anyhow::Result;

use crate::evaluation::best;
use crate::folder::RunFolder;
use crate::metrics::Metrics;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::trash::{discard, empty};

/// Removes what is superseded; safe to be killed at any moment.
pub fn prune(run: &RunFolder) -> Result<()> {
    let _lock = run.lock()?;
    empty(run)?;
    let settings = Settings::load(&run.settings())?;
    let metrics = Metrics::load(&run.metrics())?;
    let evaluations = Metrics::load(&run.evaluations())?;
    // Steps before `next` are finished; the next one starts from the checkpoint before it.
    let next = Schedule::load(run)?.next(&metrics, &evaluations);
    if let Some(keep) = settings
        .count("run.keep_checkpoints")?
        .filter(|keep| *keep > 0)
    {
        prune_checkpoints(run, keep, next, best(&evaluations))?;
    }
    if let Some(keep) = settings.count("run.keep_steps")?.filter(|keep| *keep > 0) {
        prune_steps(run, keep, next)?;
    }
    empty(run)
}

/// Of the checkpoints of finished steps the newest `keep` stay.
fn prune_checkpoints(run: &RunFolder, keep: u64, next: u64, best: Option<u64>) -> Result<()> {
    let mut finished = RunFolder::numbers_in(&run.checkpoints())?;
    finished.retain(|step| *step < next);
    finished.reverse();
    for step in finished.into_iter().skip(as_length(keep)) {
        if Some(step) != best {
            discard(run, &run.checkpoint(step))?;
        }
    }
    Ok(())
}

/// Of the records of finished steps those of the newest `keep` stay.
fn prune_steps(run: &RunFolder, keep: u64, next: u64) -> Result<()> {
    let mut finished = RunFolder::numbers_in(&run.steps())?;
    // A step's records are the only way to make its checkpoint again.
    let safe = |step: &u64| *step < next && checkpoint_at_least(run, *step);
    finished.retain(safe);
    finished.reverse();
    for step in finished.into_iter().skip(as_length(keep)) {
        discard_records(run, &run.step(step))?;
    }
    Ok(())
}

fn as_length(keep: u64) -> usize {
    usize::try_from(keep).unwrap_or(usize::MAX)
}

fn checkpoint_at_least(run: &RunFolder, step: u64) -> bool {
    RunFolder::numbers_in(&run.checkpoints())
        .is_ok_and(|steps| steps.last().is_some_and(|newest| *newest >= step))
}

fn discard_records(run: &RunFolder, step: &Path) -> Result<()> {
    for entry in fs_err::read_dir(step)? {
        let path = entry?.path();
        let small = path
            .extension()
            .is_some_and(|kind| kind == "json" || kind == "jsonl");
        if !small || path.is_dir() {
            discard(run, &path)?;
        }
    }
    Ok(())
}
