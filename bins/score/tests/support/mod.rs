//! The golden dialogues and networks in a temporary folder, and the program run on them.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use checkpoints::{Dtype, ModelConfig, OutgoingTensor, VALUE_HEAD, Weights, write_safetensors};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The fixture folder, or `None` with a printed reason where it is not at hand.
pub fn fixtures() -> Option<PathBuf> {
    let root = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = root.join("fixtures");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no fixtures at {}", folder.display());
    None
}

pub fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn floats(list: &Value) -> Vec<f64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

pub struct Bench {
    pub folder: TempDir,
    pub fixtures: PathBuf,
    /// The golden dialogues, without scores.
    pub rows: Vec<Value>,
}

impl Bench {
    pub fn new() -> Option<Self> {
        let fixtures = fixtures()?;
        let sha256 = Weights::open(&fixtures.join("tiny-qwen2"))
            .unwrap()
            .sha256();
        let batch = std::fs::read_to_string(fixtures.join("ppo_step/batch.jsonl")).unwrap();
        let rows = lines(&batch)
            .iter()
            .map(|batch| row(batch, &sha256))
            .collect();
        let bench = Self {
            folder: tempfile::tempdir().unwrap(),
            fixtures,
            rows,
        };
        let source = bench.policy();
        let head = bench.fixtures.join("ppo_step/value_head.safetensors");
        with_head(
            &source.join("model.safetensors"),
            Some(&head),
            &source,
            &bench.path("critic"),
        );
        Some(bench)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn policy(&self) -> PathBuf {
        self.fixtures.join("tiny-qwen2")
    }

    pub fn write(&self, rows: &[Value]) -> PathBuf {
        let path = self.path("rows.jsonl");
        std::fs::write(
            &path,
            rows.iter()
                .map(|row| format!("{row}\n"))
                .collect::<String>(),
        )
        .unwrap();
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

fn row(batch: &Value, sha256: &str) -> Value {
    let prompt = batch["prompt_len"].as_u64().unwrap() as usize;
    let feedback = batch["feedback_mask"]
        .as_array()
        .unwrap()
        .iter()
        .map(|flag| flag == 0);
    let mask: Vec<bool> = std::iter::repeat_n(false, prompt).chain(feedback).collect();
    json!({
        "dialogue_id": format!("golden/{}", batch["id"]),
        "model_sha256": sha256,
        "token_ids": batch["token_ids"],
        "prompt_length": prompt,
        "loss_mask": mask,
        "note": {"kept": [1, 2.50]},
    })
}

/// A model directory with the weights of `weights` and, if given, another value head.
pub fn with_head(weights: &Path, head: Option<&Path>, source: &Path, directory: &Path) {
    std::fs::create_dir(directory).unwrap();
    let config = ModelConfig::load(source).unwrap();
    let weights = Weights::open_file(weights).unwrap();
    let head = head.map(|head| Weights::open_file(head).unwrap());
    let mut tensors: Vec<OutgoingTensor> = weights
        .names()
        .map(|name| {
            let view = weights.tensor(name).unwrap();
            OutgoingTensor::from_bytes(name, Dtype::F32, view.shape, view.bytes)
        })
        .collect();
    if let Some(head) = &head {
        let bytes = head.tensor(VALUE_HEAD).unwrap().bytes;
        tensors.push(OutgoingTensor::from_bytes(
            VALUE_HEAD,
            Dtype::F32,
            vec![1, config.hidden_size],
            bytes,
        ));
    }
    write_safetensors(&directory.join("model.safetensors"), tensors, &[]).unwrap();
    std::fs::copy(source.join("config.json"), directory.join("config.json")).unwrap();
}
