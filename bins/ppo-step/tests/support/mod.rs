//! A folder with the networks and records of the golden PPO step, and the program run on them.
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

pub fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The golden batch and its networks in a temporary folder.
pub struct Bench {
    pub folder: TempDir,
    pub fixtures: PathBuf,
    /// The records of the golden batch, in its order.
    pub rows: Vec<Value>,
}

impl Bench {
    pub fn new() -> Option<Self> {
        let fixtures = fixtures()?;
        let folder = tempfile::tempdir().unwrap();
        write_critic(&fixtures, &folder.path().join("critic"));
        let batch = lines(&fixtures.join("ppo_step/batch.jsonl"));
        let expected = lines(&fixtures.join("ppo_step/expected_batch.jsonl"));
        let sha256 = Weights::open(&fixtures.join("tiny-qwen2"))
            .unwrap()
            .sha256();
        let rows = batch
            .iter()
            .zip(&expected)
            .map(|(batch, expected)| row(batch, expected, &sha256));
        let rows = rows.collect();
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
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        self.write_text(&text)
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
        let text = String::from_utf8(outcome.stdout).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
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

/// The golden critic: the policy's trunk with the given value head.
fn write_critic(fixtures: &Path, directory: &Path) {
    std::fs::create_dir(directory).unwrap();
    let source = fixtures.join("tiny-qwen2");
    let config = ModelConfig::load(&source).unwrap();
    let trunk = Weights::open(&source).unwrap();
    let head = Weights::open_file(&fixtures.join("ppo_step/value_head.safetensors")).unwrap();
    let mut tensors: Vec<OutgoingTensor> = config
        .parameters()
        .into_iter()
        .filter(|parameter| parameter.name.starts_with("model."))
        .map(|parameter| {
            let bytes = trunk.tensor(&parameter.name).unwrap().bytes;
            OutgoingTensor::from_bytes(parameter.name, Dtype::F32, parameter.shape, bytes)
        })
        .collect();
    let bytes = head.tensor(VALUE_HEAD).unwrap().bytes;
    tensors.push(OutgoingTensor::from_bytes(
        VALUE_HEAD,
        Dtype::F32,
        vec![1, config.hidden_size],
        bytes,
    ));
    write_safetensors(&directory.join("model.safetensors"), tensors, &[]).unwrap();
    std::fs::copy(source.join("config.json"), directory.join("config.json")).unwrap();
}

/// One record as the stages before would have written it.
fn row(batch: &Value, expected: &Value, sha256: &str) -> Value {
    let prompt = batch["prompt_len"].as_u64().unwrap() as usize;
    let padded = |response: &Value| {
        let response = response.as_array().unwrap().iter().cloned();
        std::iter::repeat_n(json!(0.0), prompt)
            .chain(response)
            .collect::<Vec<_>>()
    };
    let feedback = batch["feedback_mask"].as_array().unwrap();
    let mask: Vec<bool> = std::iter::repeat_n(false, prompt)
        .chain(feedback.iter().map(|flag| flag == 0))
        .collect();
    json!({
        "dialogue_id": format!("golden/{}", batch["id"]),
        "model_sha256": sha256,
        "token_ids": batch["token_ids"],
        "prompt_length": prompt,
        "loss_mask": mask,
        "reward": batch["reward"],
        "logprobs": padded(&batch["old_log_probs"]),
        "policy_logprobs": padded(&batch["old_log_probs"]),
        "reference_logprobs": padded(&batch["ref_log_probs"]),
        "values": padded(&batch["old_values"]),
        "advantages": padded(&expected["whitened_advantages"]),
        "returns": padded(&expected["returns"]),
    })
}

/// All numbers of all tensors of a safetensors file, in the order of names.
pub fn numbers(file: &Path) -> Vec<(String, Vec<f32>)> {
    let weights = Weights::open_file(file).unwrap();
    let names: Vec<String> = weights.names().map(str::to_owned).collect();
    names
        .into_iter()
        .map(|name| {
            let numbers = weights.f32(&name).unwrap();
            (name, numbers)
        })
        .collect()
}

/// Relative paths and contents of all files below a directory, in order.
pub fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => {
                files.extend(contents(&path).into_iter().map(|(inner, bytes)| {
                    (Path::new(path.file_name().unwrap()).join(inner), bytes)
                }))
            }
            false => files.push((
                path.file_name().unwrap().into(),
                std::fs::read(&path).unwrap(),
            )),
        }
    }
    files.sort();
    files
}
