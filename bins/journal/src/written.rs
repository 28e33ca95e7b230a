//! What stages have written by their manifests, to be held against what lies there.
//!
//! Knows nothing about what a stage does with what it reads.

use std::path::Path;

use anyhow::{Result, bail};

use crate::folder::{RunFolder, step_of_checkpoint};
use crate::hashing::{hash, of_files};
use crate::manifest::{Manifest, StageRecord};

/// Refuses `name`, a file or directory inside the run whose hash is `found`, where a manifest lists it with another hash.
pub fn as_written(run: &RunFolder, name: &str, found: &str) -> Result<()> {
    let folder = manifest_of(run, name);
    for (stage, record) in Manifest::load(&folder)?.stages {
        let Some(expected) = recorded(&record, name) else {
            continue;
        };
        if expected != found {
            let output = output_around(&record, name);
            let part = changed_file(run, &record, name)?;
            let root = run.root().display();
            bail!(
                "{root}/{part} is not what stage {stage} has written, by {}: it was changed or damaged since; \
                 remove {root}/{output}, and the same command makes it again",
                Manifest::path(&folder).display()
            );
        }
    }
    Ok(())
}

/// Files of the output directory `name` that are listed and not there.
pub fn missing_files(run: &RunFolder, record: &StageRecord, name: &str) -> Vec<String> {
    let inside = files_below(record, name).map(|(file, _)| file);
    inside
        .filter(|file| !run.root().join(file).is_file())
        .map(str::to_owned)
        .collect()
}

/// The folder whose manifest speaks of a path: that of the step for a checkpoint, its own otherwise.
fn manifest_of(run: &RunFolder, name: &str) -> std::path::PathBuf {
    match step_of_checkpoint(name) {
        Some(step) => run.step(step),
        None => run
            .root()
            .join(Path::new(name).parent().unwrap_or(Path::new(""))),
    }
}

/// The hash that `name` had: an output, a file of one, or a directory in one.
fn recorded(record: &StageRecord, name: &str) -> Option<String> {
    let whole = record.outputs.get(name).or_else(|| record.files.get(name));
    whole.cloned().or_else(|| {
        let mut inside = files_below(record, name).peekable();
        inside.peek()?;
        of_files(inside.map(|(file, hash)| (&file[name.len() + 1..], hash)))
    })
}

fn files_below<'a>(
    record: &'a StageRecord,
    name: &'a str,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let below = move |file: &str| {
        file.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    record
        .files
        .iter()
        .map(|(file, hash)| (file.as_str(), hash.as_str()))
        .filter(move |(file, _)| below(file))
}

/// The output that `name` is, or is a part of.
fn output_around<'a>(record: &'a StageRecord, name: &'a str) -> &'a str {
    let around = |output: &&String| Path::new(name).starts_with(output.as_str());
    record.outputs.keys().find(around).map_or(name, |it| it)
}

/// The first file of `name` that differs, or `name` itself where none does: then one was added.
fn changed_file(run: &RunFolder, record: &StageRecord, name: &str) -> Result<String> {
    for (file, expected) in files_below(record, name) {
        let path = run.root().join(file);
        if !path.is_file() || hash(&path)? != expected {
            return Ok(file.to_owned());
        }
    }
    Ok(name.to_owned())
}
