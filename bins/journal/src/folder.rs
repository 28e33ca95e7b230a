//! Where things lie in a run folder, and the lock that lets one process at a time change it.
//!
//! Knows nothing about what the files hold.
//!
//! ```text
//! RUN/settings.toml        resolved settings
//! RUN/metrics.jsonl        one line per finished step
//! RUN/steps/000017/        the step's records and its manifest.json
//! RUN/checkpoints/000017/  what step 17 made; `best` links to the best of them
//! RUN/eval/metrics.jsonl   one line per recorded evaluation
//! RUN/eval/000020/         the evaluation after step 20
//! ```

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// A run's folder, as the user typed it.
#[derive(Debug, Clone)]
pub struct RunFolder {
    root: PathBuf,
}

impl RunFolder {
    /// A folder that is, or is to become, a run.
    pub fn new(root: &Path) -> RunFolder {
        RunFolder {
            root: root.to_path_buf(),
        }
    }

    /// A folder that `journal open` has made.
    pub fn existing(root: &Path) -> Result<RunFolder> {
        let folder = RunFolder::new(root);
        ensure!(
            folder.settings().is_file(),
            "{}: not a run (it has no settings.toml; `journal open` makes one)",
            root.display()
        );
        Ok(folder)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn settings(&self) -> PathBuf {
        self.root.join("settings.toml")
    }

    pub fn metrics(&self) -> PathBuf {
        self.root.join("metrics.jsonl")
    }

    pub fn evaluations(&self) -> PathBuf {
        self.root.join("eval/metrics.jsonl")
    }

    pub fn evaluation(&self, step: u64) -> PathBuf {
        self.root.join("eval").join(numbered(step))
    }

    pub fn steps(&self) -> PathBuf {
        self.root.join("steps")
    }

    pub fn step(&self, step: u64) -> PathBuf {
        self.steps().join(numbered(step))
    }

    pub fn checkpoints(&self) -> PathBuf {
        self.root.join("checkpoints")
    }

    pub fn checkpoint(&self, step: u64) -> PathBuf {
        self.checkpoints().join(numbered(step))
    }

    pub fn best_link(&self) -> PathBuf {
        self.checkpoints().join("best")
    }

    pub fn trash(&self) -> PathBuf {
        self.root.join(".trash")
    }

    /// `path` relative to the run, in `/` spelling; `None` when it lies outside.
    ///
    /// Lexical, so that a path that does not exist yet has an answer.
    pub fn relative(&self, path: &Path) -> Result<Option<String>> {
        let root = absolute(&self.root)?;
        let path = absolute(path)?;
        let Ok(inside) = path.strip_prefix(&root) else {
            return Ok(None);
        };
        let Some(text) = inside.to_str() else {
            bail!("{}: not valid UTF-8", path.display())
        };
        Ok(Some(text.to_owned()))
    }

    /// Waits until no other process changes this run, then keeps others out while the file lives.
    pub fn lock(&self) -> Result<File> {
        let path = self.root.join(".lock");
        // Opened for appending, so that it is created where missing and never truncated.
        let file = std::fs::OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("failed to open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                tracing::warn!(
                    "waiting for another process at work in {}",
                    self.root.display()
                );
            }
            Err(TryLockError::Error(error)) => return Err(lock_error(error, &path)),
        }
        file.lock().map_err(|error| lock_error(error, &path))?;
        Ok(file)
    }

    /// Numbered folders under `parent` in ascending order; other names are left alone.
    pub fn numbers_in(parent: &Path) -> Result<Vec<u64>> {
        let entries = match fs_err::read_dir(parent) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut numbers = Vec::new();
        for entry in entries {
            numbers.extend(entry?.file_name().to_str().and_then(number));
        }
        numbers.sort_unstable();
        Ok(numbers)
    }
}

/// The folder name of a step: six digits, so that names sort as numbers do.
pub fn numbered(step: u64) -> String {
    format!("{step:06}")
}

/// The step whose checkpoint a path relative to the run is, or lies in.
pub fn step_of_checkpoint(name: &str) -> Option<u64> {
    let inside = name.strip_prefix("checkpoints/")?;
    number(inside.split('/').next()?)
}

fn number(name: &str) -> Option<u64> {
    let step = name.parse().ok()?;
    (numbered(step) == name).then_some(step)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path)
        .with_context(|| format!("failed to make {} absolute", path.display()))?;
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    Ok(plain)
}

fn lock_error(error: std::io::Error, path: &Path) -> anyhow::Error {
    anyhow::Error::new(error).context(format!("failed to lock {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_inside_a_run_become_relative_to_it() {
        let run = RunFolder::new(Path::new("runs/a"));
        let relative = |path: &str| run.relative(Path::new(path)).unwrap();
        assert_eq!(
            relative("runs/a/steps/000001/x").as_deref(),
            Some("steps/000001/x")
        );
        assert_eq!(relative("./runs/b/../a/x").as_deref(), Some("x"));
        assert_eq!(relative("runs/ab/x"), None);
    }

    #[test]
    fn only_six_digit_names_are_steps() {
        assert_eq!(number("000017"), Some(17));
        assert_eq!(number("1000000"), Some(1_000_000));
        for name in ["17", "best", "+00017", "000017.tmp"] {
            assert_eq!(number(name), None, "{name}");
        }
    }
}
