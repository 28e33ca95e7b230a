//! Settings of runs side by side. Knows nothing about what they mean.

use std::path::Path;

use anyhow::{Context, Result};
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use toml::{Table, Value};

use super::grid::{Cell, Grid};
use crate::runs::Run;

#[derive(Debug, Serialize)]
pub struct Grids {
    /// Absent where there is nothing to compare.
    pub differing: Option<Grid>,
    pub all: Grid,
}

type Settings = IndexMap<String, String>;

/// What differs, and everything.
pub fn grids(runs: &[Run]) -> Result<Grids> {
    let settings = runs
        .iter()
        .map(|run| load(&run.folder.join("settings.toml")));
    let settings = settings.collect::<Result<Vec<Settings>>>()?;
    let keys: IndexSet<&String> = settings.iter().flat_map(Settings::keys).collect();
    let rows = |keep: &dyn Fn(&str) -> bool, caption: &str| {
        let names = runs.iter().map(|run| run.name.clone());
        let mut grid = Grid::new(caption, std::iter::once("setting".to_owned()).chain(names));
        for key in keys.iter().filter(|key| keep(key)) {
            let cells = settings.iter().map(|run| cell(run.get(*key)));
            grid.rows
                .push([Cell::from(*key)].into_iter().chain(cells).collect());
        }
        grid
    };
    let differs = |key: &str| {
        let first = settings.first().and_then(|run| run.get(key));
        settings.iter().any(|run| run.get(key) != first)
    };
    Ok(Grids {
        differing: (runs.len() > 1).then(|| rows(&differs, "Settings that differ")),
        all: rows(&|_| true, "All settings"),
    })
}

fn cell(value: Option<&String>) -> Cell {
    match value.map(String::as_str) {
        None => Cell::from("–"),
        Some("") => Cell::from("(empty)"),
        Some(value) => Cell::from(value),
    }
}

/// Every setting as `table.key`; none where the run has no settings file.
pub fn load(path: &Path) -> Result<Settings> {
    let text = match fs_err::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Settings::new()),
        Err(error) => return Err(error.into()),
    };
    let table: Table = text
        .parse()
        .with_context(|| format!("{}: not the settings of a run", path.display()))?;
    let mut settings = Settings::new();
    flatten("", &table, &mut settings);
    Ok(settings)
}

fn flatten(prefix: &str, table: &Table, settings: &mut Settings) {
    for (key, value) in table {
        match value {
            Value::Table(inner) => flatten(&format!("{prefix}{key}."), inner, settings),
            Value::String(text) => {
                settings.insert(format!("{prefix}{key}"), text.clone());
            }
            other => {
                settings.insert(format!("{prefix}{key}"), other.to_string());
            }
        }
    }
}
