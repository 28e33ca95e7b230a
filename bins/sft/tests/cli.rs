//! Fine-tuning through the real program: it learns, repeats itself, and refuses what it cannot use.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// The fixture model, or `None` with a printed reason where it is not at hand.
fn model() -> Option<PathBuf> {
    let root = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = root.join("fixtures/tiny-qwen2");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no fixtures at {}", folder.display());
    None
}

struct Bench {
    folder: TempDir,
    model: PathBuf,
}

/// Sums of two digits, one of them right at the second attempt.
fn demonstrations() -> Vec<Value> {
    let sums = [(1, 2), (3, 4), (2, 2), (5, 3)];
    let mut rows: Vec<Value> = sums
        .iter()
        .map(|(a, b)| {
            json!({
                "question": format!("{a}+{b}?"),
                "answer": (a + b).to_string(),
                "attempts_allowed": 2,
                "demonstration": [format!("\\boxed{{{}}}", a + b)],
            })
        })
        .collect();
    rows[1]["demonstration"] = json!(["\\boxed{8}", "\\boxed{7}"]);
    rows
}

impl Bench {
    fn new() -> Option<Self> {
        Some(Self {
            model: model()?,
            folder: tempfile::tempdir().unwrap(),
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, rows: &[Value]) {
        let text: String = rows.iter().map(|row| format!("{row}\n")).collect();
        std::fs::write(self.path("demonstrations.jsonl"), text).unwrap();
    }

    fn command(&self, model: &Path, output: &str, extra: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sft"));
        command.arg("--quiet").arg("--model").arg(model);
        command
            .arg("--input")
            .arg(self.path("demonstrations.jsonl"));
        command
            .arg("--output-dir")
            .arg(self.path(output))
            .args(extra);
        command
    }

    fn run(&self, output: &str, extra: &[&str]) -> Vec<Value> {
        let metrics = self.path("metrics.jsonl");
        let mut command = self.command(&self.model, output, extra);
        let outcome = command.arg("--metrics").arg(&metrics).output().unwrap();
        assert!(outcome.status.success(), "{}", stderr(&outcome));
        assert!(outcome.stdout.is_empty());
        let text = std::fs::read_to_string(metrics).unwrap();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn weights(&self, output: &str) -> Vec<u8> {
        std::fs::read(self.path(output).join("model.safetensors")).unwrap()
    }

    fn refused(&self, rows: &[Value]) -> String {
        self.write(rows);
        self.fails(&self.model, &[])
    }

    fn fails(&self, model: &Path, extra: &[&str]) -> String {
        let outcome = self.command(model, "refused", extra).output().unwrap();
        let message = stderr(&outcome);
        assert_eq!(outcome.status.code(), Some(1), "{message}");
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(!name.contains("refused"), "{name} was left behind");
        }
        message
    }
}

fn stderr(outcome: &Output) -> String {
    String::from_utf8_lossy(&outcome.stderr).into_owned()
}

#[test]
fn a_few_demonstrations_are_learned_by_heart() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let records = bench.run(
        "learned",
        &["--steps", "60", "--lr", "5e-3", "--batch", "4"],
    );
    assert_eq!(records.len(), 60);
    let loss = |index: usize| records[index]["loss"].as_f64().unwrap();
    assert!(loss(0) > 3.0, "{}", loss(0));
    assert!(loss(59) < 0.3, "{}", loss(59));
    assert_eq!(records[0]["lr"], 0.0);
    assert_eq!(records[59]["step"], 60);
    for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        assert!(bench.path("learned").join(name).is_file(), "{name}");
    }
}

/// Each attempt is trained on with the token that ends it; prompts and feedback are not.
#[test]
fn only_attempts_count() {
    let Some(bench) = Bench::new() else { return };
    let tokenizer = tokens::Tokenizer::load(&bench.model).unwrap();
    let attempts = ["\\boxed{8}<|im_end|>", "\\boxed{7}<|im_end|>"];
    let expected: usize = attempts
        .iter()
        .map(|text| tokenizer.encode(text).unwrap().len())
        .sum();
    bench.write(&demonstrations()[1..2]);
    let records = bench.run("two", &["--steps", "1"]);
    assert_eq!(records[0]["trained_tokens"], expected);
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_threads() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let extra = [
        "--epochs",
        "2",
        "--batch",
        "2",
        "--micro-batch",
        "1",
        "--lr",
        "1e-2",
    ];
    for (output, seed, threads) in [("one", "3", "1"), ("two", "3", "2"), ("other", "4", "2")] {
        let records = bench.run(
            output,
            &[&extra[..], &["--seed", seed, "--threads", threads]].concat(),
        );
        assert_eq!(records.len(), 4);
    }
    assert!(bench.weights("one") == bench.weights("two"));
    assert!(bench.weights("one") != bench.weights("other"));
}

#[test]
fn random_weights_need_no_weights_file() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let bare = bench.path("bare");
    std::fs::create_dir(&bare).unwrap();
    for name in [
        "config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "generation_config.json",
    ] {
        std::fs::copy(bench.model.join(name), bare.join(name)).unwrap();
    }
    let message = bench.fails(&bare, &[]);
    assert!(message.contains("safetensors"), "{message}");
    let scratch = |output: &str, seed: &str| {
        let extra = ["--from-scratch", "--seed", seed, "--steps", "2"];
        let outcome = bench.command(&bare, output, &extra).output().unwrap();
        assert!(outcome.status.success(), "{}", stderr(&outcome));
        bench.weights(output)
    };
    let first = scratch("first", "1");
    assert!(first == scratch("again", "1"));
    assert!(first != scratch("second", "2"));
    let names: Vec<_> = std::fs::read_dir(bench.path("first"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(!names.iter().any(|name| name == "start"), "{names:?}");
}

#[test]
fn templates_are_read_from_files() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let template = bench.path("template.toml");
    std::fs::write(
        &template,
        "prompt = \"{question} \"\nfeedback = \" again: \"\n",
    )
    .unwrap();
    let template = template.to_str().unwrap();
    // Without a closing text the end-of-sequence token is added by its id.
    let records = bench.run("plain", &["--template", template, "--steps", "1"]);
    assert!(records[0]["trained_tokens"].as_u64().unwrap() > 5);
    std::fs::write(
        bench.path("template.toml"),
        "prompt = \"x\"\nfeedback = \"y\"\n",
    )
    .unwrap();
    assert!(
        bench
            .fails(&bench.model, &["--template", template])
            .contains("question")
    );
}

#[test]
fn bad_records_are_named() {
    let Some(bench) = Bench::new() else { return };
    let with = |field: &str, value: Value| {
        let mut rows = demonstrations();
        rows[2][field] = value;
        rows
    };
    for (rows, part) in [
        (with("demonstration", json!([])), "at least one attempt"),
        (with("demonstration", json!("text")), "\"demonstration\""),
        (
            with("demonstration", json!(["a", "b", "c"])),
            "\"attempts_allowed\"",
        ),
        (with("attempts_allowed", json!(-1)), "\"attempts_allowed\""),
        (with("question", json!(5)), "\"question\""),
        (with("question", Value::Null), "\"question\""),
        (with("question", json!("7 ".repeat(600))), "context"),
    ] {
        let message = bench.refused(&rows);
        assert!(
            message.contains("line 3") && message.contains(part),
            "no {part:?} in: {message}"
        );
    }
    for field in ["question", "answer", "attempts_allowed", "demonstration"] {
        let mut rows = demonstrations();
        rows[2].as_object_mut().unwrap().remove(field);
        let message = bench.refused(&rows);
        assert!(
            message.contains("line 3") && message.contains(field) && message.contains("missing"),
            "{message}"
        );
    }
    assert!(bench.refused(&[]).contains("no demonstrations"));
}

#[test]
fn a_template_needs_its_special_tokens() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let plain = bench.path("plain");
    std::fs::create_dir(&plain).unwrap();
    for name in ["config.json", "model.safetensors", "tokenizer_config.json"] {
        std::fs::copy(bench.model.join(name), plain.join(name)).unwrap();
    }
    let text = std::fs::read_to_string(bench.model.join("tokenizer.json")).unwrap();
    std::fs::write(
        plain.join("tokenizer.json"),
        text.replace("<|im_start|>", "<|other|>"),
    )
    .unwrap();
    let message = bench.fails(&plain, &[]);
    assert!(message.contains("<|im_start|>"), "{message}");
}

#[test]
fn unknown_settings_are_refused() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let config = bench.path("settings.toml");
    std::fs::write(&config, "[sft]\nlearning-rate = 1.0\n").unwrap();
    let outcome = bench
        .command(
            &bench.model,
            "refused",
            &["--config", config.to_str().unwrap()],
        )
        .output()
        .unwrap();
    assert_eq!(outcome.status.code(), Some(2));
    assert!(
        stderr(&outcome).contains("learning-rate"),
        "{}",
        stderr(&outcome)
    );
}

#[test]
fn a_full_disk_leaves_nothing() {
    let Some(bench) = Bench::new() else { return };
    bench.write(&demonstrations());
    let command = bench.command(&bench.model, "refused", &["--steps", "1"]);
    let mut limited = Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""]);
    let outcome = limited
        .arg(command.get_program())
        .args(command.get_args())
        .output()
        .unwrap();
    assert_eq!(outcome.status.code(), Some(1), "{}", stderr(&outcome));
    assert!(!bench.path("refused").exists());
}
