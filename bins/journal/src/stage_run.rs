//! `journal run`: runs a stage unless the manifest shows that it has been run already.
//!
//! Three states are possible when the power goes: nothing new, an output that no manifest lists
//! (the stage runs again and replaces it by the same bytes), or both. Knows nothing about what a
//! stage does.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use indexmap::IndexMap;
use stage::ExitWith;
use tables::AtomicFile;

use crate::clock::rfc3339;
use crate::command_line::{portable, program_name, shell_line};
use crate::execute::{execute, exit_code};
use crate::folder::RunFolder;
use crate::hashing::{hash, hash_with_files};
use crate::manifest::{Manifest, StageRecord, Timing};
use crate::settings::Settings;
use crate::trash::{discard, remove_unfinished};
use crate::written::as_written;

/// One stage to be run once.
pub struct StageRun {
    pub run: RunFolder,
    /// Where the manifest lies: a step's or an evaluation's folder.
    pub folder: PathBuf,
    /// The stage's name in the manifest.
    pub stage: String,
    pub inputs: Vec<PathBuf>,
    /// Files and directories that the stage itself makes.
    pub outputs: Vec<PathBuf>,
    /// A file that its standard output becomes.
    pub stdout: Option<PathBuf>,
    pub command: Vec<OsString>,
}

impl StageRun {
    /// Calls `announce` and runs the stage, or returns at once when it is done already.
    pub fn once(&self, announce: impl FnOnce()) -> Result<()> {
        let lock = self.run.lock()?;
        let mut manifest = Manifest::load(&self.folder)?;
        let planned = self.plan()?;
        if self.done(&manifest, &planned)? {
            tracing::debug!(stage = self.stage, "done before; skipped");
            return Ok(());
        }
        self.make_way()?;
        announce();
        let (record, timing) = self.execute(planned, &lock)?;
        let failure = (record.exit_code != 0).then(|| self.failure(record.exit_code));
        manifest.stages.insert(self.stage.clone(), record);
        manifest.timings.insert(self.stage.clone(), timing);
        manifest.save(&self.folder)?;
        failure.map_or(Ok(()), |failure| Err(failure.into()))
    }

    /// What the manifest will say, output hashes left empty.
    fn plan(&self) -> Result<StageRecord> {
        let outputs = self
            .all_outputs()
            .map(|path| Ok((self.inside(path)?, String::new())));
        Ok(StageRecord {
            command: portable(&self.command, self.run.root()),
            settings: self.settings()?,
            inputs: self.hash_inputs()?,
            outputs: outputs.collect::<Result<_>>()?,
            files: IndexMap::new(),
            exit_code: 0,
        })
    }

    /// Whether the stage has been run so, and what it wrote lies there unchanged.
    fn done(&self, manifest: &Manifest, planned: &StageRecord) -> Result<bool> {
        let recorded = manifest.stages.get(&self.stage);
        let Some(record) = recorded.filter(|record| record.stands_for(planned)) else {
            return Ok(false);
        };
        for path in self.all_outputs() {
            if !path.exists() {
                return Ok(false);
            }
            if record.outputs.get(&self.inside(path)?) != Some(&hash(path)?) {
                tracing::warn!("{} was changed or damaged: made again", path.display());
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn all_outputs(&self) -> impl Iterator<Item = &PathBuf> {
        self.outputs.iter().chain(&self.stdout)
    }

    fn inside(&self, path: &Path) -> Result<String> {
        self.run.relative(path)?.with_context(|| {
            format!(
                "{}: outputs must lie inside {}",
                path.display(),
                self.run.root().display()
            )
        })
    }

    /// The settings table that the program reads, so that a changed setting runs it again.
    fn settings(&self) -> Result<Option<serde_json::Value>> {
        let Some(program) = self.command.first() else {
            bail!("no command to run")
        };
        let settings = Settings::load(&self.run.settings())?;
        let table = settings.get(&program_name(program));
        Ok(table.map(serde_json::to_value).transpose()?)
    }

    fn hash_inputs(&self) -> Result<IndexMap<String, String>> {
        let mut hashes = IndexMap::new();
        for path in &self.inputs {
            let what = || format!("failed to read an input of stage {}", self.stage);
            let found = hash(path).with_context(what)?;
            let name = match self.run.relative(path)? {
                Some(name) => {
                    as_written(&self.run, &name, &found)?;
                    name
                }
                None => path.display().to_string(),
            };
            hashes.insert(name, found);
        }
        Ok(hashes)
    }

    /// Makes the folders, and clears them of what a killed stage left unfinished and of output
    /// directories that no manifest vouches for (a directory cannot be renamed over).
    fn make_way(&self) -> Result<()> {
        fs_err::create_dir_all(&self.folder)?;
        for path in self.all_outputs() {
            let parent = path.parent().unwrap_or(Path::new("."));
            fs_err::create_dir_all(parent)?;
            remove_unfinished(parent)?;
            if path.is_dir() {
                discard(&self.run, path)?;
            }
        }
        Ok(())
    }

    fn execute(&self, planned: StageRecord, lock: &std::fs::File) -> Result<(StageRecord, Timing)> {
        let mut capture = self.stdout.as_ref().map(AtomicFile::create).transpose()?;
        let (started, clock) = (SystemTime::now(), Instant::now());
        let sink = capture.as_mut().map(|file| file as &mut dyn Write);
        let exit_code = exit_code(execute(&self.command, lock, sink)?);
        if exit_code > 128 {
            // Stopped from outside: nothing to record, the next call starts it again.
            return Err(self.failure(exit_code).into());
        }
        let mut record = StageRecord {
            exit_code,
            outputs: IndexMap::new(),
            ..planned
        };
        if exit_code == 0 {
            capture.map(AtomicFile::publish).transpose()?;
            self.hash_outputs(&mut record)?;
        }
        let ended = SystemTime::now();
        let seconds = (clock.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
        Ok((
            record,
            Timing {
                started: rfc3339(started),
                ended: rfc3339(ended),
                seconds,
            },
        ))
    }

    fn hash_outputs(&self, record: &mut StageRecord) -> Result<()> {
        for path in self.all_outputs() {
            ensure!(
                path.exists(),
                "stage {} of {} ended well but did not write {}",
                self.stage,
                self.place(),
                path.display()
            );
            let name = self.inside(path)?;
            let (whole, files) = hash_with_files(path)?;
            let files = files.into_iter();
            record
                .files
                .extend(files.map(|(file, hash)| (format!("{name}/{file}"), hash)));
            record.outputs.insert(name, whole);
        }
        Ok(())
    }

    /// What to tell, and the stage's own exit status to end with.
    fn failure(&self, code: i32) -> ExitWith {
        let (stage, place) = (&self.stage, self.place());
        let message = match code {
            code if code > 128 => format!(
                "stage {stage} of {place} was stopped by signal {}",
                code - 128
            ),
            code => format!(
                "stage {stage} of {place} failed with exit status {code}; to run it alone:\n  {}",
                shell_line(&self.command)
            ),
        };
        ExitWith {
            status: u8::try_from(code).unwrap_or(1),
            message,
        }
    }

    /// `step 17` or `eval/000020`, as the user knows it.
    fn place(&self) -> String {
        let inside = self.run.relative(&self.folder).ok().flatten();
        let inside = inside.unwrap_or_else(|| self.folder.display().to_string());
        match inside
            .strip_prefix("steps/")
            .and_then(|step| step.parse::<u64>().ok())
        {
            Some(step) => format!("step {step}"),
            None => inside,
        }
    }
}
