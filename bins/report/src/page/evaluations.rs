//! Evaluations of a run as tables with intervals. Reads what `evaluate --format json` left in the run; knows nothing
//! about how it was computed.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::grid::{Cell, Grid};
use crate::runs::{Line, Run};

/// The evaluations of a run that are worth a line.
#[derive(Debug)]
pub struct Evaluations {
    /// Start, best and last on the development questions.
    pub development: Vec<Evaluation>,
    /// Before and after on the test questions.
    pub test: Vec<Evaluation>,
}

#[derive(Debug)]
pub struct Evaluation {
    pub name: String,
    pub summary: Summary,
}

/// The part of a summary that is shown.
#[derive(Debug, Deserialize)]
pub struct Summary {
    pub results: Vec<Accuracy>,
    pub means: Vec<Accuracy>,
    #[serde(default)]
    pub shares: Vec<ShareResult>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Accuracy {
    /// Absent from means.
    pub source: Option<String>,
    pub attempts_allowed: u32,
    pub accuracy: f64,
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Deserialize)]
pub struct ShareResult {
    source: Option<String>,
    attempts_allowed: u32,
    name: String,
    count: u64,
    of: u64,
    share: f64,
    low: f64,
    high: f64,
}

impl Evaluations {
    pub fn load(run: &Run) -> Result<Evaluations> {
        let first = run.evaluations.first().map(|line| (line, "start"));
        let best = run.best_evaluation().map(|line| (line, "best"));
        let last = run.evaluations.last().map(|line| (line, "last"));
        let mut chosen: Vec<(&Line, String)> = Vec::new();
        for (line, what) in [first, best, last].into_iter().flatten() {
            match chosen.iter_mut().find(|(other, _)| other.step == line.step) {
                Some((_, name)) => *name = format!("{name} and {what}"),
                None => chosen.push((line, what.to_owned())),
            }
        }
        let mut development = Vec::new();
        for (line, what) in chosen {
            let folder = run.folder.join(format!("eval/{:06}", line.step));
            let name = format!("{what} (step {})", line.step);
            development.extend(Evaluation::load(&folder, name)?);
        }
        let mut test = Vec::new();
        for when in ["before", "after"] {
            let folder = run.folder.join("test").join(when);
            test.extend(Evaluation::load(&folder, format!("test, {when}"))?);
        }
        Ok(Evaluations { development, test })
    }

    fn all(&self) -> impl Iterator<Item = &Evaluation> {
        self.development.iter().chain(&self.test)
    }

    /// Those on the test questions, or on others where these say more about attempts.
    pub fn shown(&self) -> &[Evaluation] {
        if most_attempts(&self.test) < most_attempts(&self.development) {
            &self.development
        } else {
            &self.test
        }
    }
}

fn most_attempts(evaluations: &[Evaluation]) -> u32 {
    let means = evaluations.iter().flat_map(|one| &one.summary.means);
    means.map(|mean| mean.attempts_allowed).max().unwrap_or(0)
}

impl Evaluation {
    /// The same evaluation with the same result.
    fn says(&self, other: &Evaluation) -> bool {
        let (ours, theirs) = (&self.summary, &other.summary);
        self.name == other.name && ours.results == theirs.results && ours.means == theirs.means
    }

    fn load(folder: &Path, name: String) -> Result<Option<Evaluation>> {
        let path = folder.join("summary.json");
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let summary = serde_json::from_str(&text).with_context(|| {
            format!(
                "{}: not what `evaluate --format json` prints",
                path.display()
            )
        })?;
        Ok(Some(Evaluation { name, summary }))
    }
}

/// Means over benchmarks, benchmarks, and what becomes of later attempts.
pub fn grids(runs: &[Run], evaluations: &[Evaluations]) -> Vec<Grid> {
    let caption = "Accuracy by attempts allowed, mean over question families, with 95 % intervals";
    let of_all = named(runs, evaluations, |evaluations| evaluations.all().collect());
    let of_shown = named(runs, evaluations, |evaluations| {
        evaluations.shown().iter().collect()
    });
    let grids = [
        accuracies(caption, &of_all, false),
        accuracies("By question family", &of_all, true),
        shares(&of_shown),
    ];
    grids
        .into_iter()
        .filter(|grid| !grid.rows.is_empty())
        .collect()
}

/// Evaluations with names that tell them apart; one that all runs share, as of the model that they started from, stands
/// there once.
pub fn named<'a>(
    runs: &[Run],
    evaluations: &'a [Evaluations],
    of: impl Fn(&'a Evaluations) -> Vec<&'a Evaluation>,
) -> Vec<(String, &'a Evaluation)> {
    let by_run: Vec<Vec<&Evaluation>> = evaluations.iter().map(of).collect();
    let shared = |one: &Evaluation| {
        by_run
            .iter()
            .all(|run| run.iter().any(|other| other.says(one)))
    };
    let mut pairs: Vec<(String, &Evaluation)> = Vec::new();
    for (run, of_run) in runs.iter().zip(&by_run) {
        for one in of_run {
            let name = if shared(one) {
                one.name.clone()
            } else {
                format!("{}: {}", run.name, one.name)
            };
            if !pairs.iter().any(|(known, _)| *known == name) {
                pairs.push((name, one));
            }
        }
    }
    pairs
}

fn accuracies(caption: &str, evaluations: &[(String, &Evaluation)], by_source: bool) -> Grid {
    let rows_of = |evaluation: &&Evaluation| {
        if by_source {
            evaluation.summary.results.clone()
        } else {
            evaluation.summary.means.clone()
        }
    };
    let all: Vec<Accuracy> = evaluations
        .iter()
        .flat_map(|(_, one)| rows_of(one))
        .collect();
    let mut columns: Vec<u32> = all.iter().map(|one| one.attempts_allowed).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut sources: Vec<Option<String>> = Vec::new();
    for one in &all {
        if !sources.contains(&one.source) {
            sources.push(one.source.clone());
        }
    }
    let header = columns.iter().map(|allowed| match allowed {
        1 => "1 attempt".to_owned(),
        _ => format!("{allowed} attempts"),
    });
    let mut grid = Grid::new(caption, std::iter::once("model".to_owned()).chain(header));
    for source in &sources {
        for (name, evaluation) in evaluations {
            let rows = rows_of(evaluation);
            let cell = |allowed: &u32| {
                let mut rows = rows.iter();
                rows.find(|one| one.source == *source && one.attempts_allowed == *allowed)
                    .map_or(Cell::from("–"), |one| {
                        Cell::share(one.accuracy, one.low, one.high)
                    })
            };
            let name = match source {
                Some(source) => Cell::beside(source, name),
                None => Cell::from(name),
            };
            grid.rows
                .push([name].into_iter().chain(columns.iter().map(cell)).collect());
        }
    }
    grid
}

/// Over all families, where most attempts were allowed.
fn shares(evaluations: &[(String, &Evaluation)]) -> Grid {
    let names = evaluations.iter().map(|(name, _)| name.clone());
    let mut grid = Grid::new(
        "What becomes of later attempts, where most are allowed",
        std::iter::once("share of".to_owned()).chain(names),
    );
    for share in measures::SHARES {
        let found: Vec<Option<&ShareResult>> = evaluations
            .iter()
            .map(|(_, evaluation)| evaluation.summary.share(share.name))
            .collect();
        if found.iter().any(Option::is_some) {
            let cells = found
                .into_iter()
                .map(|one| one.map_or(Cell::from("–"), ShareResult::cell));
            grid.rows.push(
                [Cell::from(share.meaning)]
                    .into_iter()
                    .chain(cells)
                    .collect(),
            );
        }
    }
    grid
}

impl Summary {
    fn share(&self, name: &str) -> Option<&ShareResult> {
        let shares = self.shares.iter();
        shares
            .filter(|share| share.name == name && share.source.is_none())
            .max_by_key(|share| share.attempts_allowed)
    }
}

impl ShareResult {
    fn cell(&self) -> Cell {
        Cell {
            title: Some(format!("{} of {}", self.count, self.of)),
            ..Cell::share(self.share, self.low, self.high)
        }
    }
}
