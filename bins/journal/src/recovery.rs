//! What to do where a checkpoint of a finished step has gone.
//!
//! A step's records and the checkpoint before it make its checkpoint again, byte for byte; without them nothing is guessed.
//! Knows nothing about what a checkpoint holds.

use anyhow::{Result, bail};

use crate::folder::RunFolder;
use crate::manifest::{Manifest, StageRecord};
use crate::written::missing_files;

/// `next`, or the earlier step from which on checkpoints have to be made again.
pub fn step_to_start_from(run: &RunFolder, next: u64) -> Result<u64> {
    let needed = next - 1;
    let mut whole = needed;
    while whole > 0 && is_lost(run, whole)? {
        whole -= 1;
    }
    if whole == needed {
        return Ok(next);
    }
    for step in whole + 1..=needed {
        if let Some(record) = missing_record(run, step)? {
            bail!("{}", no_way_back(run, whole, step, needed, &record));
        }
    }
    tracing::warn!(
        "{} is not there or not whole: going back to step {}, whose records make it again",
        run.checkpoint(needed).display(),
        whole + 1
    );
    Ok(whole + 1)
}

/// The best step's checkpoint is the result of a run: another one is not put in its place in silence.
pub fn best_is_there(run: &RunFolder, best: u64) -> Result<()> {
    if !is_lost(run, best)? {
        return Ok(());
    }
    let (checkpoint, evaluations) = (run.checkpoint(best), run.evaluations());
    bail!(
        "{} is missing or not whole, the checkpoint with the best evaluation (step {best}): put it back from a copy, or \
         remove the line of step {best} from {}, and the best of the others counts",
        checkpoint.display(),
        evaluations.display()
    )
}

/// Whether the step has made a checkpoint that is not there any more, or not all of it.
fn is_lost(run: &RunFolder, step: u64) -> Result<bool> {
    let checkpoint = run.checkpoint(step);
    let there = checkpoint.is_dir();
    if let Some((name, record)) = maker(run, step)? {
        return Ok(!there || !missing_files(run, &record, &name).is_empty());
    }
    // No manifest speaks of it: a pipeline may have none at all.
    let others = RunFolder::numbers_in(&run.checkpoints())?;
    Ok(!there && !others.is_empty())
}

/// The stage that made the step's checkpoint, and the checkpoint's name in the manifest.
fn maker(run: &RunFolder, step: u64) -> Result<Option<(String, StageRecord)>> {
    let Some(name) = run.relative(&run.checkpoint(step))? else {
        return Ok(None);
    };
    let mut stages = Manifest::load(&run.step(step))?.stages.into_values();
    let made = stages.find(|record| record.exit_code == 0 && record.outputs.contains_key(&name));
    Ok(made.map(|record| (name, record)))
}

/// What is missing to make the step's checkpoint again from the one before it.
fn missing_record(run: &RunFolder, step: u64) -> Result<Option<String>> {
    let Some((_, record)) = maker(run, step)? else {
        return Ok(Some(Manifest::path(&run.step(step)).display().to_string()));
    };
    // Of checkpoints it needs the one before, which is there or is made first.
    let records = record
        .inputs
        .keys()
        .filter(|name| name.starts_with("steps/"));
    let mut paths = records.map(|name| run.root().join(name));
    let missing = paths.find(|path| !path.exists());
    Ok(missing.map(|path| path.display().to_string()))
}

fn no_way_back(run: &RunFolder, whole: u64, step: u64, needed: u64, record: &str) -> String {
    format!(
        "{} is missing or not whole, and so is {record}, from which step {step} could make its checkpoint again: put either \
         back from a copy; or remove the lines from step {} on from {}, and the run goes on from checkpoint {whole}; or \
         start another run",
        run.checkpoint(needed).display(),
        whole + 1,
        run.metrics().display()
    )
}
