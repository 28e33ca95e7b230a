//! The record of a step: for each stage what was run, on which inputs, and what came out.
//!
//! Everything but `timings` is the same for two runs with the same settings, so that manifests can
//! be compared with `diff`; only an output that itself holds times, as the metrics of `ppo-step` do,
//! has another hash. Knows nothing about running stages.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use tables::AtomicFile;

const VERSION: u32 = 1;

/// One step's stages in the order in which they first ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    pub stages: IndexMap<String, StageRecord>,
    pub timings: IndexMap<String, Timing>,
}

/// What decides a stage's output, and its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageRecord {
    /// Program name and arguments; `$RUN` stands for the run folder.
    pub command: Vec<String>,
    /// The settings table named after the program, seeds among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<serde_json::Value>,
    /// Path (relative to the run where inside it) to hash.
    pub inputs: IndexMap<String, String>,
    /// The same for outputs; empty when the stage failed.
    pub outputs: IndexMap<String, String>,
    /// The same for the files of outputs that are directories.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub files: IndexMap<String, String>,
    pub exit_code: i32,
}

impl StageRecord {
    /// The stage is done and would do the same again.
    pub fn stands_for(&self, planned: &StageRecord) -> bool {
        let same_outputs = self.outputs.keys().eq(planned.outputs.keys());
        self.exit_code == 0
            && same_outputs
            && self.command == planned.command
            && self.settings == planned.settings
            && self.inputs == planned.inputs
    }
}

/// Wall-clock facts, kept apart since no two runs share them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// UTC, RFC 3339.
    pub started: String,
    pub ended: String,
    pub seconds: f64,
}

impl Manifest {
    pub fn path(folder: &Path) -> PathBuf {
        folder.join("manifest.json")
    }

    /// The folder's manifest; an empty one where there is none yet.
    pub fn load(folder: &Path) -> Result<Manifest> {
        let path = Manifest::path(folder);
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Manifest::new());
            }
            Err(error) => return Err(error.into()),
        };
        let advice = "delete it to run the step again";
        let manifest: Manifest = serde_json::from_str(&text)
            .with_context(|| format!("{}: not a manifest ({advice})", path.display()))?;
        ensure!(
            manifest.version == VERSION,
            "{}: manifest of version {}, expected {VERSION} ({advice})",
            path.display(),
            manifest.version
        );
        Ok(manifest)
    }

    pub fn save(&self, folder: &Path) -> Result<()> {
        let path = Manifest::path(folder);
        let mut file = AtomicFile::create(&path)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        file.write_all(b"\n")
            .with_context(|| format!("failed to write {}", path.display()))?;
        file.publish()?;
        Ok(())
    }

    fn new() -> Manifest {
        Manifest {
            version: VERSION,
            stages: IndexMap::new(),
            timings: IndexMap::new(),
        }
    }
}
