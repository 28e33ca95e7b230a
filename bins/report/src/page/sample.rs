//! Which dialogues a page holds: of every evaluation and of the newest steps a few, the same every time, and of every
//! evaluation the same questions. Knows nothing about how they are shown.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use dialogues::Dialogue;
use records::{FieldError, Row};
use tokens::Tokenizer;

use super::Options;
use super::vocabulary::{self, Vocabulary};
use crate::runs::Run;

/// Dialogues of one file.
#[derive(Debug)]
pub struct Group {
    pub run: String,
    pub name: String,
    pub dialogues: Vec<Dialogue>,
    /// Where the tokenizer was found, or why there is none.
    pub vocabulary: Vocabulary,
}

/// Steps are shown less of: their dialogues are drawn, and each is another question.
const OF_A_STEP: usize = 20;
const NEWEST_STEPS: usize = 4;

/// All that the page holds, in the order in which it is offered: results first.
pub fn groups(runs: &[Run], options: &Options) -> Result<Vec<Group>> {
    let mut groups = Vec::new();
    if options.dialogues == 0 {
        return Ok(groups);
    }
    for run in runs {
        let (vocabulary, tokenizer) = vocabulary::of(run, options.model.as_deref())?;
        for (name, path, most) in files(&run.folder, options.dialogues)? {
            let dialogues = chosen(&path, most, tokenizer.as_ref())
                .with_context(|| format!("failed to read the dialogues of {}", run.name))?;
            groups.push(Group {
                run: run.name.clone(),
                name,
                dialogues,
                vocabulary: vocabulary.clone(),
            });
        }
    }
    Ok(groups)
}

fn files(run: &Path, most: usize) -> Result<Vec<(String, PathBuf, usize)>> {
    let mut files = Vec::new();
    let mut offer = |name: String, folder: &Path, candidates: &[&str], most: usize| {
        let paths = candidates.iter().map(|file| folder.join(file));
        if let Some(path) = paths.into_iter().find(|path| path.is_file()) {
            files.push((name, path, most));
        }
    };
    for when in ["after", "before"] {
        offer(
            format!("test, {when}"),
            &run.join("test").join(when),
            &["graded.parquet"],
            most,
        );
    }
    for folder in folders(&run.join("comparison"))? {
        let name = format!("comparison, {}", name(&folder));
        offer(name, &folder, &["graded.parquet"], most);
    }
    for folder in folders(&run.join("eval"))?.iter().rev() {
        offer(
            format!("evaluation, {}", step(folder)),
            folder,
            &["graded.parquet"],
            most,
        );
    }
    let mut steps = folders(&run.join("steps"))?;
    let kept = ["advantages.parquet", "scored.parquet", "graded.parquet"];
    steps.retain(|folder| kept.iter().any(|file| folder.join(file).is_file()));
    for folder in steps.iter().rev().take(NEWEST_STEPS) {
        offer(
            format!("training, {}", step(folder)),
            folder,
            &kept,
            most.min(OF_A_STEP),
        );
    }
    Ok(files)
}

/// Folders in a folder, in the order of their names; none where there is no such folder.
pub fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn step(folder: &Path) -> String {
    let name = name(folder);
    let short = name.trim_start_matches('0');
    if short.is_empty() {
        "start".into()
    } else {
        format!("step {short}")
    }
}

/// The `most` questions with the lowest keys, each where it was allowed most attempts. Never holds more rows than that.
fn chosen(path: &Path, most: usize, tokenizer: Option<&Tokenizer>) -> Result<Vec<Dialogue>> {
    let mut kept: BTreeMap<(u64, String, i32), Row> = BTreeMap::new();
    for row in tables::open(path, None)? {
        let row = row?;
        let key = key(&row)?;
        let allowed = row.int32("attempts_allowed")?;
        let known = kept.get(&key).map(|other| other.int32("attempts_allowed"));
        if known.transpose()?.is_none_or(|known| allowed > known) {
            kept.insert(key, row);
        }
        if kept.len() > most {
            kept.pop_last();
        }
    }
    let dialogues = kept.values().map(|row| Dialogue::of(row, tokenizer));
    Ok(dialogues.collect::<Result<Vec<_>, FieldError>>()?)
}

fn key(row: &Row) -> Result<(u64, String, i32), FieldError> {
    let question_id = row.text("question_id")?;
    let sample = if row.has("sample_index") {
        row.int32("sample_index")?
    } else {
        0
    };
    let key = keyed::Key {
        seed: 0,
        purpose: "dialogues of a page",
        step: 0,
        question_id,
        index: 0,
    };
    Ok((key.bits(), question_id.to_owned(), sample))
}
