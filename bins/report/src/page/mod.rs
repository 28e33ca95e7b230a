//! Runs as one self-contained page. Knows nothing about how runs are trained; what a run lacks, its page lacks.

mod attempts;
mod embedded;
mod evaluations;
mod grid;
mod lineage;
mod sample;
mod seconds;
mod settings;
mod vocabulary;

use std::path::PathBuf;

use anyhow::Result;
use charts::Figure;
use minijinja::value::Serde;
use minijinja::{Environment, Value, context};

use crate::runs::Run;
use crate::{curves, table};
use evaluations::Evaluations;
use grid::{Cell, Grid};

/// What a page is made with.
#[derive(Debug)]
pub struct Options {
    /// Steps of the running mean of curves.
    pub smooth: Option<u64>,
    /// Dialogues of every evaluation.
    pub dialogues: usize,
    /// Where the tokenizer lies, if not where the run says.
    pub model: Option<PathBuf>,
}

const TEMPLATE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page.
pub fn compose(runs: &[Run], options: &Options) -> Result<String> {
    let evaluations = runs.iter().map(Evaluations::load);
    let evaluations = evaluations.collect::<Result<Vec<_>>>()?;
    let dialogues = sample::groups(runs, options)?;
    let curves = curves::figure(runs, options.smooth);
    let mut environment = Environment::new();
    // The name's ending makes every value escaped.
    environment.add_template("page.html", TEMPLATE)?;
    let page = environment.get_template("page.html")?.render(context! {
        title => title(runs),
        style => STYLE,
        script => SCRIPT,
        standing => Value::from(Serde(standing(runs))),
        curves => drawn(&curves),
        attempts => drawn(&attempts::figure(runs, &evaluations)),
        evaluations => Value::from(Serde(evaluations::grids(runs, &evaluations))),
        settings => Value::from(Serde(settings::grids(runs)?)),
        seconds => Value::from(Serde(seconds::grid(runs))),
        lineage => Value::from(Serde(lineage::grids(runs)?)),
        dialogues => dialogues.iter().map(|group| group.dialogues.len()).sum::<usize>(),
        notes => vocabulary::notes(&dialogues),
        data => embedded::json(&dialogues)?,
    })?;
    Ok(page)
}

/// The runs by name, as long as a line holds them.
fn title(runs: &[Run]) -> String {
    const MOST_NAMES: usize = 4;
    let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
    if names.len() > MOST_NAMES {
        format!("{} runs", names.len())
    } else {
        names.join(", ")
    }
}

fn standing(runs: &[Run]) -> Grid {
    let mut grid = Grid::new("Where the runs stand", table::HEADER.iter().copied());
    for run in runs {
        grid.rows.push(table::row(run).map(Cell::from).into());
    }
    grid
}

/// Nothing to draw is no figure.
fn drawn(figure: &Figure) -> Option<Value> {
    let parts = figure.to_parts();
    let subtitle = figure.subtitle.as_str();
    let panels = Value::from(Serde(parts.panels));
    (!figure.panels.is_empty())
        .then(|| context! { subtitle => subtitle, legend => parts.legend, panels => panels })
}
