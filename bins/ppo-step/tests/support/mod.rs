//! A folder with the networks and records of the golden PPO step, and the program run on them.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The golden batch and its networks in a temporary folder.
pub struct Bench {
    pub folder: TempDir,
    pub fixtures: PathBuf,
    /// The records of the golden batch, in its order.
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
            fixtures,
            rows,
        })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn policy(&self) -> PathBuf {
        self.fixtures.join("tiny-qwen2")
    }

    pub fn write_rows(&self, rows: &[Value]) -> PathBuf {
        self.write_text(&fixtures::to_lines(rows))
    }

    pub fn write_text(&self, text: &str) -> PathBuf {
        let path = self.path("rows.jsonl");
        std::fs::write(&path, text).unwrap();
        path
    }

    /// `ppo-step` on `rows.jsonl` with the fixture's networks and settings, to `output`.
    pub fn command(&self, output: &str, extra: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ppo-step"));
        command
            .env_remove("WORLD_SIZE")
            .env_remove("RANK")
            .arg("--quiet");
        command.arg("--input").arg(self.path("rows.jsonl"));
        if !extra.contains(&"--policy") {
            command.arg("--policy").arg(self.policy());
        }
        if !extra.contains(&"--critic") {
            command.arg("--critic").arg(self.path("critic"));
        }
        command.arg("--output-dir").arg(self.path(output));
        command
            .args(["--actor-lr", "1e-4", "--critic-lr", "1e-4", "--no-shuffle"])
            .args(extra);
        command
    }

    /// Runs it and gives the metrics records.
    pub fn run(&self, output: &str, extra: &[&str]) -> Vec<Value> {
        let outcome = self.command(output, extra).output().unwrap();
        assert!(outcome.status.success(), "{}", stderr(&outcome));
        fixtures::lines(std::str::from_utf8(&outcome.stdout).unwrap())
    }

    /// Runs it, expects exit status 1 and nothing written, and gives the message.
    pub fn fail(&self, extra: &[&str]) -> String {
        let outcome = self.command("refused", extra).output().unwrap();
        let message = stderr(&outcome);
        assert_eq!(outcome.status.code(), Some(1), "{message}");
        self.assert_nothing_left("refused");
        message
    }

    /// Neither the output nor anything unfinished beside it.
    pub fn assert_nothing_left(&self, output: &str) {
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(
                !name.contains(output) && !name.ends_with(".tmp"),
                "{name} was left behind"
            );
        }
    }
}

pub fn stderr(outcome: &Output) -> String {
    String::from_utf8_lossy(&outcome.stderr).into_owned()
}
