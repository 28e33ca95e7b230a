//! Runs as TensorBoard event files. Knows nothing about how they are encoded.

use std::path::Path;

use anyhow::{Context, Result};
use chrono::DateTime;
use events::EventFile;
use serde::Deserialize;
use tables::Output;

use crate::runs::{Line, Run};

/// One event file for each run, in a folder with the run's name. The same run gives the same file, which replaces the one
/// before it.
pub fn write(runs: &[Run], folder: &Path) -> Result<()> {
    for run in runs {
        let folder = folder.join(file_name(&run.name));
        fs_err::create_dir_all(&folder)?;
        // TensorBoard takes any file whose name holds `tfevents`.
        let path = folder.join("events.out.tfevents.0.reattempt");
        Output::write_whole(&path, &encoded(run)?)?;
    }
    Ok(())
}

/// A name is a label for people, and labels may hold anything.
fn file_name(name: &str) -> String {
    let safe = |letter: char| {
        if letter == '/' || letter.is_control() {
            '_'
        } else {
            letter
        }
    };
    let name: String = name.chars().map(safe).collect();
    match name.as_str() {
        "" | "." | ".." => "run".into(),
        _ => name,
    }
}

fn encoded(run: &Run) -> Result<Vec<u8>> {
    let (mut trained, mut evaluated) = (Vec::new(), Vec::new());
    for line in &run.steps {
        trained.push((ended(run, "steps", line)?, line));
    }
    for line in &run.evaluations {
        evaluated.push((ended(run, "eval", line)?, line));
    }
    let times = trained.iter().chain(&evaluated).map(|(time, _)| *time);
    let first = times.filter(|time| *time > 0.0).reduce(f64::min);
    let mut file = EventFile::new(first.unwrap_or(0.0));
    add(&mut file, "train", &trained);
    add(&mut file, "eval", &evaluated);
    Ok(file.into_bytes())
}

fn add(file: &mut EventFile, part: &str, lines: &[(f64, &Line)]) {
    for (time, line) in lines {
        for (name, value) in line.numbers().filter(|(name, _)| *name != "step") {
            file.scalar(
                *time,
                line.step as i64,
                &format!("{part}/{name}"),
                value as f32,
            );
        }
    }
}

/// The part of a manifest that says when stages ran.
#[derive(Deserialize)]
struct Times {
    timings: serde_json::Map<String, serde_json::Value>,
}

/// When the step's last stage ended, in seconds since 1970; 0 where nobody wrote it down.
fn ended(run: &Run, part: &str, line: &Line) -> Result<f64> {
    let path = run
        .folder
        .join(format!("{part}/{:06}/manifest.json", line.step));
    if !path.is_file() {
        return Ok(0.0);
    }
    let text = fs_err::read_to_string(&path)?;
    let times: Times = serde_json::from_str(&text)
        .with_context(|| format!("{}: not a manifest", path.display()))?;
    let ends = times.timings.values().filter_map(|timing| {
        let ended = timing.get("ended")?.as_str()?;
        Some(DateTime::parse_from_rfc3339(ended).ok()?.timestamp() as f64)
    });
    Ok(ends.fold(0.0, f64::max))
}
