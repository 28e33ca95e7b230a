//! The golden dialogues and networks in a temporary folder, and the program run on them.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

pub struct Bench {
    pub folder: TempDir,
    pub fixtures: PathBuf,
    /// The golden dialogues, without scores.
    pub rows: Vec<Value>,
}

impl Bench {
    pub fn new() -> Option<Self> {
        let fixtures = fixtures::folder()?;
        let folder = tempfile::tempdir().unwrap();
        fixtures::critic(&fixtures, &folder.path().join("critic"));
        let rows = fixtures::rows(&fixtures);
        Some(Self {
            folder,
            rows: rows.iter().map(fixtures::unscored).collect(),
            fixtures,
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn policy(&self) -> PathBuf {
        self.fixtures.join("tiny-qwen2")
    }

    pub fn write(&self, rows: &[Value]) -> PathBuf {
        let path = self.path("rows.jsonl");
        std::fs::write(&path, fixtures::to_lines(rows)).unwrap();
        path
    }

    pub fn command(&self, policy: &Path, critic: &Path, extra: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
        command
            .arg("--quiet")
            .arg("--policy")
            .arg(policy)
            .arg("--critic")
            .arg(critic);
        command.arg("--reference").arg(self.policy()).args(extra);
        command
    }

    pub fn score(&self, rows: &[Value], extra: &[&str]) -> Output {
        let input = self.write(rows);
        let mut command = self.command(&self.policy(), &self.path("critic"), extra);
        command.arg("--input").arg(input).output().unwrap()
    }

    pub fn scored(&self, rows: &[Value], extra: &[&str]) -> String {
        let outcome = self.score(rows, extra);
        assert!(
            outcome.status.success(),
            "{}",
            String::from_utf8_lossy(&outcome.stderr)
        );
        String::from_utf8(outcome.stdout).unwrap()
    }

    pub fn refused(&self, rows: &[Value], extra: &[&str]) -> String {
        let outcome = self.score(rows, extra);
        let message = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert_eq!(outcome.status.code(), Some(1), "{message}");
        assert!(outcome.stdout.is_empty());
        message
    }
}
