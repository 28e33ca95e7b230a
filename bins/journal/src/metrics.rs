//! Files with one JSON object per step, in ascending order of steps: `metrics.jsonl` and
//! `eval/metrics.jsonl`.
//!
//! Rewritten whole on every change, so that a resumed step replaces its line instead of adding
//! one. Knows nothing about which numbers a line holds.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use tables::AtomicFile;

/// One step's numbers in the order in which they are written.
pub type Line = Map<String, Value>;

/// A metrics file in memory.
pub struct Metrics {
    path: PathBuf,
    lines: Vec<Line>,
}

impl Metrics {
    /// The file's lines; none where there is no file yet.
    ///
    /// A last line that a lost connection or a full disk has cut short is dropped: its step then
    /// counts as not done and is recorded again.
    pub fn load(path: &Path) -> Result<Metrics> {
        let text = match fs_err::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error.into()),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        if whole.len() + 1 < text.len() {
            tracing::warn!("{}: last line is cut short and ignored", path.display());
        }
        let lines = whole
            .lines()
            .enumerate()
            .map(|(at, line)| parse(line, path, at + 1));
        Ok(Metrics {
            path: path.into(),
            lines: lines.collect::<Result<_>>()?,
        })
    }

    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    pub fn last(&self) -> Option<&Line> {
        self.lines.last()
    }

    pub fn has(&self, step: u64) -> bool {
        self.lines.iter().any(|line| step_of(line) == Some(step))
    }

    /// Puts a line at its step's place, replacing the one that was there; [`save`](Self::save) keeps
    /// it.
    pub fn put(&mut self, line: Line) -> Result<()> {
        let step = step_of(&line).context("a metrics line without a step")?;
        self.lines.retain(|old| step_of(old) != Some(step));
        let at = self.lines.partition_point(|old| step_of(old) < Some(step));
        self.lines.insert(at, line);
        Ok(())
    }

    /// Writes the file, whole or not at all.
    pub fn save(&self) -> Result<()> {
        let mut file = AtomicFile::create(&self.path)?;
        for line in &self.lines {
            let text = serde_json::to_string(line)?;
            writeln!(file, "{text}")
                .with_context(|| format!("failed to write {}", self.path.display()))?;
        }
        file.publish()?;
        Ok(())
    }
}

/// The step that a line speaks of.
pub fn step_of(line: &Line) -> Option<u64> {
    line.get("step").and_then(Value::as_u64)
}

/// A number of a line; `None` where it is absent or null.
pub fn number(line: &Line, key: &str) -> Option<f64> {
    line.get(key).and_then(Value::as_f64)
}

fn parse(line: &str, path: &Path, number: usize) -> Result<Line> {
    let place = || format!("{} line {number}", path.display());
    let line: Line = serde_json::from_str(line).with_context(place)?;
    if step_of(&line).is_none() {
        bail!("{}: field \"step\": expected a whole number", place());
    }
    Ok(line)
}
