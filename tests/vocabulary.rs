//! Models with more ids than their tokenizer has tokens: what no text has is never drawn, has no probability anywhere
//! and is never trained.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::process::Stdio;

use pipeline_tests::{root, shared, stage};
use serde_json::{Value, json};

/// A stage on files, which must succeed.
fn run(name: &str, arguments: &[&str], input: Option<&Path>, output: &Path) {
    let mut command = stage(name);
    command.args(arguments).arg("--quiet").stdin(Stdio::null());
    command.arg("--output").arg(output);
    if let Some(input) = input {
        command.arg("--input").arg(input);
    }
    let done = command.output().unwrap();
    let message = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{name}: {message}");
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A folder with questions of the embedded set.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = root().join("data/tiny/train.jsonl");
        let sample = [
            "--data",
            text(&data),
            "--count",
            "16",
            "--samples-per-question",
            "4",
            "--seed",
            "3",
        ];
        run(
            "sample-questions",
            &sample,
            None,
            &folder.path().join("questions.jsonl"),
        );
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The embedded policy with `rows` ids, 302 of which have a text.
    fn padded(&self, rows: usize) -> PathBuf {
        let model = self.path("model");
        std::fs::create_dir(&model).unwrap();
        fixtures::padded(&root().join("data/tiny/base"), &model, rows);
        model
    }

    fn play(&self, model: &Path, engine: &str) -> PathBuf {
        let (output, template) = (self.path(engine), root().join("data/tiny/template.toml"));
        let arguments = [
            "--model",
            text(model),
            "--template",
            text(&template),
            "--engine",
            engine,
            "--max-new-tokens",
            "160",
            "--output-format",
            "jsonl",
            "--attempt-end",
            "boxed",
            "--play-on",
        ];
        run(
            "rollout",
            &arguments,
            Some(&self.path("questions.jsonl")),
            &output,
        );
        output
    }

    fn score(&self, model: &Path, rows: &Path) -> Vec<Value> {
        let (output, model) = (self.path("scored.jsonl"), text(model));
        let arguments = ["--policy", model, "--reference", model];
        run("score", &arguments, Some(rows), &output);
        fixtures::read_lines(&output)
    }
}

/// Plays and scores: no sampled token but `known` ones, at least `enough` of them, and both passes say the same of each.
fn check(bench: &Bench, model: &Path, known: impl Fn(i64) -> bool, enough: usize) {
    for engine in ["native", "torch"] {
        let rows = bench.play(model, engine);
        let (mut sampled, mut widest) = (0, 0.0f64);
        for row in bench.score(model, &rows) {
            let lists = ["logprobs", "policy_logprobs", "reference_logprobs"];
            let [played, scored, reference] = lists.map(|field| fixtures::floats(&row[field]));
            for (at, id) in row["token_ids"].as_array().unwrap().iter().enumerate() {
                if row["loss_mask"][at] == true {
                    let id = id.as_i64().unwrap();
                    assert!(known(id), "{engine} drew {id}");
                    sampled += 1;
                    widest = widest.max((played[at] - scored[at]).abs());
                    assert_eq!(scored[at], reference[at]);
                }
            }
        }
        assert!(sampled >= enough, "{engine}: {sampled} tokens");
        assert!(
            widest < 1e-4,
            "{engine}: log-probabilities differ by {widest}"
        );
    }
}

#[test]
fn padding_is_never_drawn_and_has_no_probability() {
    let bench = Bench::new();
    let model = bench.padded(384);
    check(&bench, &model, |id| id < 302, 2000);
    // Without a tokenizer nobody knows which ids are padding: there the same policy is less sure of every token.
    let rows = bench.path("native");
    let masked = bench.score(&model, &rows);
    std::fs::remove_file(model.join("tokenizer.json")).unwrap();
    let mut lost = 0;
    for (masked, whole) in masked.iter().zip(bench.score(&model, &rows)) {
        let lists = [masked, &whole].map(|row| fixtures::floats(&row["policy_logprobs"]));
        lost += lists[0]
            .iter()
            .zip(&lists[1])
            .filter(|(masked, whole)| *masked - *whole > 1e-3)
            .count();
    }
    assert!(
        lost > 200,
        "{lost} tokens whose probability padding would have taken a part of"
    );
}

#[test]
fn gaps_are_never_drawn_and_have_no_probability() {
    let bench = Bench::new();
    let model = bench.padded(384);
    std::fs::write(
        model.join("added_tokens.json"),
        json!({"<hint>": 330}).to_string(),
    )
    .unwrap();
    check(&bench, &model, |id| id < 302 || id == 330, 2000);
}

#[test]
fn padding_of_the_field_is_never_drawn_and_has_no_probability() {
    let Some(model) = shared("field/models/padded") else {
        return;
    };
    let bench = Bench::new();
    check(&bench, &model, |id| id < 512, 2000);
}

#[test]
fn padding_is_not_trained() {
    let bench = Bench::new();
    let model = bench.padded(384);
    let rows = bench.score(&model, &bench.play(&model, "native"));
    let credited: Vec<Value> = rows
        .into_iter()
        .enumerate()
        .map(|(index, mut row)| {
            let mask = row["loss_mask"].as_array().unwrap().clone();
            let sign = if index % 2 == 0 { 1.0 } else { -1.0 };
            row["advantages"] = mask
                .iter()
                .map(|mask| if *mask == true { sign } else { 0.0 })
                .collect();
            row["returns"] = row["advantages"].clone();
            row
        })
        .collect();
    let input = bench.path("credited.jsonl");
    std::fs::write(&input, fixtures::to_lines(&credited)).unwrap();
    let (next, metrics) = (bench.path("next"), bench.path("metrics.jsonl"));
    let done = stage("ppo-step")
        .args([
            "--quiet",
            "--policy",
            text(&model),
            "--input",
            text(&input),
            "--output-dir",
            text(&next),
        ])
        .args([
            "--metrics",
            text(&metrics),
            "--actor-lr",
            "1e-3",
            "--entropy-coef",
            "0.01",
        ])
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    for step in fixtures::read_lines(&metrics) {
        let entropy = step["policy"]["entropy"]
            .as_f64()
            .or(step["entropy"].as_f64())
            .unwrap();
        assert!((0.0..=302f64.ln()).contains(&entropy), "{step}");
    }
    let file = "model.safetensors";
    let (before, after) = (
        fixtures::numbers(&model.join(file)),
        fixtures::numbers(&next.join("policy").join(file)),
    );
    let embedding = |tensors: &[(String, Vec<f32>)]| {
        let found = tensors
            .iter()
            .find(|(name, _)| name == "model.embed_tokens.weight");
        found.unwrap().1.clone()
    };
    let (before, after) = (embedding(&before), embedding(&after));
    let known = 302 * 64;
    assert_ne!(before[..known], after[..known], "the others are");
    assert!(before[known..] == after[known..], "padding has moved");
}

#[test]
fn sampled_ids_that_mean_nothing_are_refused_where_they_are_learned_from() {
    let bench = Bench::new();
    let model = bench.padded(384);
    let mut rows = fixtures::read_lines(&bench.play(&model, "native"));
    let position = rows[0]["prompt_length"].as_u64().unwrap() as usize;
    rows[0]["token_ids"][position] = json!(350);
    let input = bench.path("rows.jsonl");
    std::fs::write(&input, fixtures::to_lines(&rows)).unwrap();
    let done = stage("score")
        .args(["--policy", text(&model), "--input", text(&input)])
        .output()
        .unwrap();
    let message = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(1), "{message}");
    let expected = format!(
        "\"token_ids\": id 350 at position {position} is no token of the model's tokenizer"
    );
    assert!(message.contains(&expected), "{message}");
}
