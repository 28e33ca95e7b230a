//! What a run's folder says about the run. Knows nothing about dialogues.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};

use crate::outcomes::{Evaluation, Training};

/// A run's folder.
pub struct Run {
    root: PathBuf,
}

type Line = Map<String, Value>;

impl Run {
    pub fn new(root: &Path) -> Self {
        Self { root: root.into() }
    }

    /// The graded dialogues of one way of playing the test questions.
    pub fn play(&self, name: &str) -> PathBuf {
        self.root
            .join("comparison")
            .join(name)
            .join("graded.parquet")
    }

    /// The setting `seed` of table `run`.
    pub fn seed(&self) -> Result<u64> {
        let path = self.root.join("settings.toml");
        let settings: toml::Table = fs_err::read_to_string(&path)?
            .parse()
            .with_context(|| path.display().to_string())?;
        let seed = settings.get("run").and_then(|run| run.get("seed"));
        let seed = seed.and_then(toml::Value::as_integer);
        let seed = seed.and_then(|seed| u64::try_from(seed).ok());
        seed.with_context(|| format!("{}: run.seed: expected a whole number", path.display()))
    }

    /// Policy tokens over all steps. A run without steps, such as the base policy's, has none.
    pub fn policy_tokens(&self) -> Result<u64> {
        let of_step = |(line, place): (Line, String)| {
            let dialogues = number(&line, "dialogues", &place)?;
            Ok((number(&line, "response_tokens", &place)? * dialogues).round() as u64)
        };
        self.steps()?.into_iter().map(of_step).sum()
    }

    /// The course of the training, step by step from 1; nothing where no step was recorded.
    pub fn training(&self) -> Result<Training> {
        let mut training = Training::default();
        for (at, (line, place)) in self.steps()?.iter().enumerate() {
            let step = number(line, "step", place)?;
            ensure!(
                step == (at + 1) as f64,
                "{place}: expected step {}, found {step}",
                at + 1
            );
            training.reward.push(number(line, "reward", place)?);
            training.accuracy.push(number(line, "accuracy", place)?);
            let dialogues = number(line, "dialogues", place)?;
            training.dialogues += dialogues as u64;
            let tokens = (number(line, "response_tokens", place)? * dialogues).round() as u64;
            training.policy_tokens.push(tokens);
            training.seconds += line.get("seconds").and_then(Value::as_f64).unwrap_or(0.0);
        }
        training.seconds = (10.0 * training.seconds).round() / 10.0;
        Ok(training)
    }

    /// The recorded evaluations on the development questions, ascending.
    pub fn evaluations(&self) -> Result<Vec<Evaluation>> {
        let evaluation = |(line, place): (Line, String)| {
            let accuracies = line.iter().filter_map(|(key, value)| {
                let allowed = key.strip_prefix("accuracy_at_")?.parse().ok()?;
                Some((allowed, value.as_f64()?))
            });
            Ok(Evaluation {
                step: number(&line, "step", &place)? as u64,
                mean: number(&line, "accuracy", &place)?,
                accuracy: accuracies.collect(),
            })
        };
        let lines = self.lines("eval/metrics.jsonl")?;
        lines.into_iter().map(evaluation).collect()
    }

    fn steps(&self) -> Result<Vec<(Line, String)>> {
        self.lines("metrics.jsonl")
    }

    /// The lines of a metrics file with their places; none where there is no file.
    fn lines(&self, name: &str) -> Result<Vec<(Line, String)>> {
        let path = self.root.join(name);
        ensure!(
            self.root.is_dir(),
            "{}: expected the folder of a run",
            self.root.display()
        );
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let line = |(at, text): (usize, &str)| {
            let place = format!("{} line {}", path.display(), at + 1);
            let line = serde_json::from_str(text).with_context(|| place.clone())?;
            Ok((line, place))
        };
        text.lines().enumerate().map(line).collect()
    }
}

fn number(line: &Line, field: &str, place: &str) -> Result<f64> {
    let found = line.get(field).and_then(Value::as_f64);
    found.with_context(|| format!("{place}: field \"{field}\": expected a number"))
}
