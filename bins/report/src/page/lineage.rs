//! What was made from what, by hash: reads the manifests of a run. Knows nothing about running stages.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::grid::{Cell, Grid};
use crate::runs::Run;

/// One run's lineage.
#[derive(Debug, Serialize)]
pub struct Lineage {
    run: String,
    /// Data and models from outside of the run.
    origins: Grid,
    steps: Grid,
    evaluations: Grid,
}

/// The part of a manifest that says what came from what.
#[derive(Debug, Deserialize)]
pub struct Manifest {
    pub stages: IndexMap<String, Stage>,
}

#[derive(Debug, Deserialize)]
pub struct Stage {
    pub command: Vec<String>,
    inputs: IndexMap<String, String>,
    outputs: IndexMap<String, String>,
    #[serde(default)]
    files: IndexMap<String, String>,
}

/// One per run that has manifests.
pub fn grids(runs: &[Run]) -> Result<Vec<Lineage>> {
    let lineages = runs.iter().map(lineage).collect::<Result<Vec<_>>>()?;
    Ok(lineages.into_iter().flatten().collect())
}

fn lineage(run: &Run) -> Result<Option<Lineage>> {
    let steps = manifests(&run.folder.join("steps"))?;
    let mut evaluations = manifests(&run.folder.join("eval"))?;
    evaluations.extend(manifests(&run.folder.join("test"))?);
    if steps.is_empty() && evaluations.is_empty() {
        return Ok(None);
    }
    let all = || {
        steps
            .iter()
            .chain(&evaluations)
            .map(|(_, manifest)| manifest)
    };
    Ok(Some(Lineage {
        run: run.name.clone(),
        origins: origins(all()),
        steps: step_grid(&steps),
        evaluations: evaluation_grid(&evaluations),
    }))
}

/// Manifests of the folders in a folder, in the order of their names.
pub fn manifests(folder: &Path) -> Result<Vec<(PathBuf, Manifest)>> {
    let mut found = Vec::new();
    for inner in super::sample::folders(folder)? {
        let path = inner.join("manifest.json");
        if path.is_file() {
            let text = fs_err::read_to_string(&path)?;
            let manifest = serde_json::from_str(&text)
                .with_context(|| format!("{}: not a manifest", path.display()))?;
            found.push((inner, manifest));
        }
    }
    Ok(found)
}

fn origins<'a>(manifests: impl Iterator<Item = &'a Manifest>) -> Grid {
    let mut grid = Grid::new("From outside of the run", ["path", "hash"]);
    let mut seen: Vec<(&String, &String)> = Vec::new();
    for manifest in manifests {
        for input in manifest.stages.values().flat_map(|stage| &stage.inputs) {
            if !is_inside(input.0) && !seen.contains(&input) {
                seen.push(input);
                let cells = vec![Cell::from(input.0), Cell::hash(Some(input.1))];
                grid.rows.push(cells);
            }
        }
    }
    grid
}

fn is_inside(path: &str) -> bool {
    let parts = ["steps/", "eval/", "test/", "checkpoints/"];
    parts.iter().any(|part| path.starts_with(part))
}

fn step_grid(steps: &[(PathBuf, Manifest)]) -> Grid {
    let header = [
        "step",
        "policy it started from",
        "dialogues",
        "advantages",
        "policy it made",
    ];
    let mut grid = Grid::new("Steps", header);
    for (folder, manifest) in steps {
        grid.rows.push(vec![
            Cell::from(name(folder).trim_start_matches('0')),
            Cell::hash(manifest.ending("rollout", |stage| &stage.inputs, "/policy")),
            Cell::hash(manifest.ending("grade", |stage| &stage.outputs, "graded.parquet")),
            Cell::hash(manifest.ending(
                "compute-advantages",
                |stage| &stage.outputs,
                "advantages.parquet",
            )),
            Cell::hash(manifest.ending(
                "ppo-step",
                |stage| &stage.files,
                "/policy/model.safetensors",
            )),
        ]);
    }
    grid
}

fn evaluation_grid(evaluations: &[(PathBuf, Manifest)]) -> Grid {
    let mut grid = Grid::new(
        "Evaluations",
        ["evaluation", "policy", "questions", "dialogues"],
    );
    for (folder, manifest) in evaluations {
        let played = manifest.stages.get("rollout");
        let mut inputs = played.into_iter().flat_map(|stage| &stage.inputs);
        let policy = inputs.find(|(path, _)| !path.ends_with(".parquet"));
        grid.rows.push(vec![
            Cell::from(name(folder)),
            Cell::hash(policy.map(|(_, hash)| hash.as_str())),
            Cell::hash(manifest.ending("sample-questions", |stage| &stage.outputs, ".parquet")),
            Cell::hash(manifest.ending("grade", |stage| &stage.outputs, ".parquet")),
        ]);
    }
    grid
}

fn name(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

impl Manifest {
    /// The hash of a stage's file by the end of its name.
    fn ending(
        &self,
        stage: &str,
        files: fn(&Stage) -> &IndexMap<String, String>,
        ending: &str,
    ) -> Option<&str> {
        let mut files = files(self.stages.get(stage)?).iter();
        let (_, hash) = files.find(|(path, _)| path.ends_with(ending))?;
        Some(hash)
    }
}
