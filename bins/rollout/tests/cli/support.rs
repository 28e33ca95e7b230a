//! Where the fixtures are, and how the stage is run on rows written for a test.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};

/// The folder shared between projects, or `None` (with the reason printed) where it is not at hand.
pub fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    if !shared.join("fixtures").is_dir() {
        println!("skipped: no fixtures in {}", shared.display());
        return None;
    }
    Some(shared)
}

/// The stage under test.
pub fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_rollout"))
}

/// The small random checkpoint: 512 tokens of context, ids 509 to 511 are special.
pub fn model() -> Option<PathBuf> {
    Some(shared()?.join("fixtures/tiny-qwen2"))
}

/// A copy of the small checkpoint that a test may spoil.
pub fn model_copy(to: &Path) -> Option<PathBuf> {
    Some(copy_model(&model()?, to))
}

fn copy_model(model: &Path, to: &Path) -> PathBuf {
    let copy = to.join("model");
    fs_err::create_dir(&copy).unwrap();
    for name in [
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ] {
        fs_err::write(copy.join(name), fs_err::read(model.join(name)).unwrap()).unwrap();
    }
    copy
}

/// A short template: prompts of a dozen tokens leave room for several attempts.
pub const TEMPLATE: &str = "\
prompt = '<|im_start|>{question} ({attempts_allowed})<|im_end|>'
feedback = 'No. {attempts_left} left<|im_start|>'
close = '<|im_end|>'
";

/// Runs of one test, in a folder of its own.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub model: PathBuf,
}

impl Bench {
    pub fn new() -> Option<Self> {
        Self::of("tiny-qwen2")
    }

    /// With another of the small random checkpoints.
    pub fn of(model: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        fs_err::write(folder.path().join("template.toml"), TEMPLATE).unwrap();
        Some(Self {
            folder,
            model: shared()?.join("fixtures").join(model),
        })
    }

    /// Gives the bench a copy of its model with `value` under `key` of the configuration.
    pub fn configure(&mut self, key: &str, value: Value) {
        let copy = copy_model(&self.model, self.folder.path());
        let path = copy.join("config.json");
        let mut keys: Value = serde_json::from_slice(&fs_err::read(&path).unwrap()).unwrap();
        keys[key] = value;
        fs_err::write(path, keys.to_string()).unwrap();
        self.model = copy;
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The stage with the short template and dialogues of at most 60 sampled tokens; later flags are `more`.
    pub fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(["--quiet", "--model"]).arg(&self.model);
        command.current_dir(self.folder.path());
        let usual = [
            ("--max-new-tokens", "60"),
            ("--threads", "1"),
            ("--template", "template.toml"),
        ];
        for (flag, value) in usual {
            if !more.contains(&flag) {
                command.args([flag, value]);
            }
        }
        command.args(more);
        command
    }

    /// What the stage writes for `questions`.
    pub fn play(&self, questions: &[Value], more: &[&str]) -> Vec<Value> {
        let output = self
            .command(more)
            .write_stdin(lines(questions))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        parse(&output.stdout)
    }

    /// The message of a run that fails with status 1, and the rows it had written before.
    pub fn fails(&self, input: impl Into<Vec<u8>>, more: &[&str]) -> (String, Vec<Value>) {
        let output = self.command(more).write_stdin(input).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{errors}");
        (errors, parse(&output.stdout))
    }
}

pub fn question(number: usize, attempts_allowed: usize) -> Value {
    json!({
        "question_id": format!("made/{number}"),
        "source": "made",
        "question": format!("What is {number} + {}?", number * 7),
        "answer": (number * 8).to_string(),
        "attempts_allowed": attempts_allowed,
        "sample_index": 0,
        "seed": 1000 + number,
        "note": {"kept": [number, null]},
    })
}

/// Questions with one to four attempts in turn.
pub fn questions(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| question(number, 1 + number % 4))
        .collect()
}

pub fn lines(rows: &[Value]) -> Vec<u8> {
    rows.iter()
        .flat_map(|row| format!("{row}\n").into_bytes())
        .collect()
}

pub fn parse(bytes: &[u8]) -> Vec<Value> {
    String::from_utf8(bytes.to_vec())
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn integers(value: &Value) -> Vec<i32> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_i64().unwrap() as i32)
        .collect()
}
