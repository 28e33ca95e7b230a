//! What a run has recorded about itself. Knows nothing about how it is shown.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

/// One run's numbers.
#[derive(Debug)]
pub struct Run {
    pub name: String,
    pub folder: PathBuf,
    /// A line per finished step, ascending.
    pub steps: Vec<Line>,
    /// A line per recorded evaluation, ascending.
    pub evaluations: Vec<Line>,
}

/// The numbers of one step.
#[derive(Debug)]
pub struct Line {
    pub step: u64,
    fields: Map<String, Value>,
}

impl Run {
    /// Reads a run folder; one without a finished step is an error.
    pub fn load(folder: &Path, label: Option<String>) -> Result<Run> {
        let metrics = folder.join("metrics.jsonl");
        let steps = lines(&metrics)?;
        let steps = steps.with_context(|| {
            format!(
                "{}: no metrics.jsonl (not a run, or no step is finished)",
                folder.display()
            )
        })?;
        ensure!(!steps.is_empty(), "{}: no finished step", metrics.display());
        let evaluations = lines(&folder.join("eval/metrics.jsonl"))?.unwrap_or_default();
        let name = || {
            folder
                .canonicalize()
                .ok()?
                .file_name()?
                .to_str()
                .map(str::to_owned)
        };
        let name = label
            .or_else(name)
            .unwrap_or_else(|| folder.display().to_string());
        Ok(Run {
            name,
            folder: folder.to_owned(),
            steps,
            evaluations,
        })
    }

    /// The evaluation that the journal calls best: the earliest of equals.
    pub fn best_evaluation(&self) -> Option<&Line> {
        let measured = self.evaluations.iter();
        let measured = measured.filter_map(|line| Some((line, line.number("accuracy")?)));
        let best = measured.reduce(|best, other| if other.1 > best.1 { other } else { best });
        best.map(|(line, _)| line)
    }

    /// Numbers of attempts that evaluations speak of, ascending.
    pub fn evaluated_attempts(&self) -> Vec<u64> {
        let keys = self.evaluations.iter().flat_map(|line| line.fields.keys());
        let attempts = keys.filter_map(|key| key.strip_prefix("accuracy_at_")?.parse().ok());
        let mut attempts: Vec<u64> = attempts.collect();
        attempts.sort_unstable();
        attempts.dedup();
        attempts
    }
}

impl Line {
    /// A number; `None` where it is absent or null.
    pub fn number(&self, field: &str) -> Option<f64> {
        self.fields.get(field).and_then(Value::as_f64)
    }

    /// All that is a number, in the order of the file.
    pub fn numbers(&self) -> impl Iterator<Item = (&str, f64)> {
        let fields = self.fields.iter();
        fields.filter_map(|(name, value)| Some((name.as_str(), value.as_f64()?)))
    }
}

/// The lines of a file, `None` where there is no file; a last line without its end is still being
/// written and left out.
fn lines(path: &Path) -> Result<Option<Vec<Line>>> {
    let text = match fs_err::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let lines = whole.lines().enumerate().map(|(at, text)| {
        let place = || format!("{} line {}", path.display(), at + 1);
        let fields: Map<String, Value> = serde_json::from_str(text).with_context(place)?;
        let step = fields.get("step").and_then(Value::as_u64);
        let step =
            step.with_context(|| format!("{}: field \"step\": expected a whole number", place()))?;
        Ok(Line { step, fields })
    });
    lines.collect::<Result<Vec<_>>>().map(Some)
}
