//! Where the time went, stage by stage. Knows nothing about stages.

use indexmap::IndexMap;

use super::grid::{Cell, Grid};
use crate::runs::{Line, Run};

/// Seconds of all steps and evaluations by stage; none where no run recorded them.
pub fn grid(runs: &[Run]) -> Option<Grid> {
    let sums: Vec<IndexMap<String, f64>> = runs.iter().map(by_stage).collect();
    let names = runs.iter().map(|run| run.name.clone());
    let mut grid = Grid::new(
        "Time by stage, over all finished steps and evaluations",
        std::iter::once("stage".to_owned()).chain(names),
    );
    let mut stages: Vec<&String> = Vec::new();
    for stage in sums.iter().flat_map(IndexMap::keys) {
        if !stages.contains(&stage) {
            stages.push(stage);
        }
    }
    for stage in stages {
        let cells = sums.iter().map(|run| match run.get(stage) {
            Some(seconds) => cell(*seconds, run.values().sum()),
            None => Cell::from("–"),
        });
        grid.rows
            .push([Cell::from(stage)].into_iter().chain(cells).collect());
    }
    let totals = sums
        .iter()
        .map(|run| Cell::from(duration(run.values().sum())));
    grid.rows
        .push([Cell::from("all")].into_iter().chain(totals).collect());
    (grid.rows.len() > 1).then_some(grid)
}

fn by_stage(run: &Run) -> IndexMap<String, f64> {
    let mut sums = IndexMap::new();
    let mut add = |lines: &[Line], what: &str| {
        for (name, seconds) in lines.iter().flat_map(Line::numbers) {
            if let Some(stage) = name.strip_prefix("seconds_") {
                let name = format!("{what}{}", stage.replace('_', "-"));
                *sums.entry(name).or_insert(0.0) += seconds;
            }
        }
    };
    add(&run.steps, "");
    add(&run.evaluations, "evaluation: ");
    sums
}

fn cell(seconds: f64, all: f64) -> Cell {
    let share = if all > 0.0 {
        100.0 * seconds / all
    } else {
        0.0
    };
    Cell::beside(duration(seconds), format!("{share:.0} %"))
}

/// As people say it, with two units at most.
fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}
