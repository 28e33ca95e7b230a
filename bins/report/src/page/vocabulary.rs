//! Where a run's tokenizer is. Knows nothing about dialogues.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokens::Tokenizer;

use super::lineage;
use super::sample::{Group, folders};
use super::settings;
use crate::runs::Run;

/// Where the tokenizer was found, or what was looked at in vain.
#[derive(Clone, Debug, PartialEq)]
pub enum Vocabulary {
    At(PathBuf),
    Missing(Vec<PathBuf>),
}

/// The tokenizer of a run: where it was said to be, or in its checkpoints, or beside the model that it started from.
pub fn of(run: &Run, said: Option<&Path>) -> Result<(Vocabulary, Option<Tokenizer>)> {
    if let Some(folder) = said {
        let tokenizer = Tokenizer::load(folder).context("--model")?;
        return Ok((Vocabulary::At(folder.to_owned()), Some(tokenizer)));
    }
    let candidates = candidates(run)?;
    match candidates
        .iter()
        .find(|folder| folder.join("tokenizer.json").is_file())
    {
        Some(folder) => Ok((
            Vocabulary::At(folder.clone()),
            Some(Tokenizer::load(folder)?),
        )),
        None => Ok((Vocabulary::Missing(candidates), None)),
    }
}

fn candidates(run: &Run) -> Result<Vec<PathBuf>> {
    let mut candidates = Vec::new();
    for checkpoint in folders(&run.folder.join("checkpoints"))?
        .iter()
        .rev()
        .take(1)
    {
        candidates.push(checkpoint.join("policy"));
    }
    for part in ["test", "eval"] {
        for (_, manifest) in lineage::manifests(&run.folder.join(part))?.iter().take(1) {
            let played = manifest.stages.get("rollout");
            let model = played.and_then(|stage| after(&stage.command, "--model"));
            candidates.extend(model.map(|path| inside(&run.folder, path)));
        }
    }
    let settings = settings::load(&run.folder.join("settings.toml"))?;
    candidates.extend(settings.get("run.model").map(PathBuf::from));
    candidates.dedup();
    Ok(candidates)
}

fn after<'a>(command: &'a [String], flag: &str) -> Option<&'a String> {
    let at = command.iter().position(|word| word == flag)?;
    command.get(at + 1)
}

/// Manifests write `$RUN` for the run's folder.
fn inside(run: &Path, path: &str) -> PathBuf {
    match path.strip_prefix("$RUN/") {
        Some(rest) => run.join(rest),
        None => PathBuf::from(path),
    }
}

/// Why dialogues of a run have no colours and no feedback.
pub fn notes(groups: &[Group]) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for group in groups {
        if let Vocabulary::Missing(places) = &group.vocabulary {
            let places: Vec<String> = places
                .iter()
                .map(|place| place.display().to_string())
                .collect();
            let note = format!(
                "{}: no tokenizer.json was found (looked in: {}), so tokens are not coloured and feedback is not \
                 shown. `report --model DIR` says where it is.",
                group.run,
                if places.is_empty() {
                    "nowhere, the run names no model".into()
                } else {
                    places.join(", ")
                }
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}
