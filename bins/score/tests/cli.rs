//! The program on the golden dialogues and on input that cannot be scored.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use checkpoints::{Dtype, ModelConfig, OutgoingTensor, VALUE_HEAD, Weights, write_safetensors};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The fixture folder, or `None` with a printed reason where it is not at hand.
fn fixtures() -> Option<PathBuf> {
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

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn floats(list: &Value) -> Vec<f64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect()
}

struct Bench {
    folder: TempDir,
    fixtures: PathBuf,
    /// The golden dialogues, without scores.
    rows: Vec<Value>,
}

impl Bench {
    fn new() -> Option<Self> {
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

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn policy(&self) -> PathBuf {
        self.fixtures.join("tiny-qwen2")
    }

    fn write(&self, rows: &[Value]) -> PathBuf {
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

    fn command(&self, policy: &Path, critic: &Path, extra: &[&str]) -> Command {
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

    fn score(&self, rows: &[Value], extra: &[&str]) -> Output {
        let input = self.write(rows);
        let mut command = self.command(&self.policy(), &self.path("critic"), extra);
        command.arg("--input").arg(input).output().unwrap()
    }

    fn scored(&self, rows: &[Value], extra: &[&str]) -> String {
        let outcome = self.score(rows, extra);
        assert!(
            outcome.status.success(),
            "{}",
            String::from_utf8_lossy(&outcome.stderr)
        );
        String::from_utf8(outcome.stdout).unwrap()
    }

    fn refused(&self, rows: &[Value], extra: &[&str]) -> String {
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
fn with_head(weights: &Path, head: Option<&Path>, source: &Path, directory: &Path) {
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

/// Compares a list at policy tokens with the golden list over response tokens; 0 is expected elsewhere.
fn compare(scored: &Value, field: &str, golden: &Value, tolerance: f64) {
    let prompt = scored["prompt_length"].as_u64().unwrap() as usize;
    let (actual, golden) = (floats(&scored[field]), floats(golden));
    assert_eq!(actual.len(), prompt + golden.len());
    for (position, actual) in actual.into_iter().enumerate() {
        if scored["loss_mask"][position] == true {
            let expected = golden[position - prompt];
            assert!(
                (actual - expected).abs() <= tolerance,
                "{field} at {position}: {actual} against {expected}"
            );
        } else {
            assert_eq!(actual, 0.0, "{field} at {position}");
        }
    }
}

#[test]
fn the_golden_batch_is_scored() {
    let Some(bench) = Bench::new() else { return };
    let scored = lines(&bench.scored(&bench.rows, &[]));
    let golden =
        std::fs::read_to_string(bench.fixtures.join("ppo_step/expected_batch.jsonl")).unwrap();
    for ((scored, golden), row) in scored.iter().zip(lines(&golden)).zip(&bench.rows) {
        assert_eq!(scored["dialogue_id"], row["dialogue_id"]);
        assert_eq!(scored["note"], row["note"]);
        compare(scored, "policy_logprobs", &golden["log_probs"], 5e-5);
        compare(scored, "reference_logprobs", &golden["log_probs"], 5e-5);
        compare(scored, "values", &golden["values"], 2e-5);
    }
    assert_eq!(scored.len(), 8);
}

/// The networks after one golden step: log-probabilities to 2e-4, values to 1e-4.
#[test]
fn the_updated_networks_are_scored() {
    let Some(bench) = Bench::new() else { return };
    let golden = bench.fixtures.join("ppo_step");
    with_head(
        &golden.join("single_actor.safetensors"),
        None,
        &bench.policy(),
        &bench.path("after"),
    );
    with_head(
        &golden.join("single_critic.safetensors"),
        None,
        &bench.policy(),
        &bench.path("critic-after"),
    );
    let input = bench.write(&bench.rows);
    let mut command = bench.command(
        &bench.path("after"),
        &bench.path("critic-after"),
        &["--allow-other-policy"],
    );
    let outcome = command.arg("--input").arg(input).output().unwrap();
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    let text = std::fs::read_to_string(golden.join("single.json")).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    for (index, scored) in lines(std::str::from_utf8(&outcome.stdout).unwrap())
        .iter()
        .enumerate()
    {
        compare(
            scored,
            "policy_logprobs",
            &expected["after"]["log_probs"][index],
            2e-4,
        );
        compare(scored, "values", &expected["after"]["values"][index], 1e-4);
    }
}

#[test]
fn micro_batches_and_threads_keep_order_and_numbers() {
    let Some(bench) = Bench::new() else { return };
    let rows: Vec<Value> = (0..5).flat_map(|_| bench.rows.clone()).collect();
    let portions = ["--micro-batch", "3", "--threads"];
    let one = bench.scored(&rows, &[&portions[..], &["1"]].concat());
    assert!(
        one == bench.scored(&rows, &[&portions[..], &["3"]].concat()),
        "threads change the bytes"
    );
    let alone = lines(&bench.scored(&rows, &["--micro-batch", "1"]));
    for (one, alone) in lines(&one).iter().zip(&alone) {
        assert_eq!(one["dialogue_id"], alone["dialogue_id"]);
        for field in ["policy_logprobs", "values"] {
            for (a, b) in floats(&one[field]).iter().zip(floats(&alone[field])) {
                assert!((a - b).abs() < 1e-5, "{field}: {a} against {b}");
            }
        }
    }
}

#[test]
fn networks_are_optional() {
    let Some(bench) = Bench::new() else { return };
    let input = bench.write(&bench.rows);
    let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
    let outcome = command
        .arg("--policy")
        .arg(bench.policy())
        .arg("--input")
        .arg(input)
        .output()
        .unwrap();
    assert!(
        outcome.status.success(),
        "{}",
        String::from_utf8_lossy(&outcome.stderr)
    );
    for row in lines(std::str::from_utf8(&outcome.stdout).unwrap()) {
        assert!(row.get("policy_logprobs").is_some());
        assert!(row.get("reference_logprobs").is_none() && row.get("values").is_none());
    }
}

#[test]
fn a_dialogue_without_policy_tokens_passes_with_zeros() {
    let Some(bench) = Bench::new() else { return };
    let mut row = bench.rows[0].clone();
    row["loss_mask"].as_array_mut().unwrap().fill(json!(false));
    let scored = lines(&bench.scored(&[row], &[]));
    assert!(
        floats(&scored[0]["policy_logprobs"])
            .iter()
            .all(|number| *number == 0.0)
    );
}

#[test]
fn bfloat16_is_close() {
    let Some(bench) = Bench::new() else { return };
    let narrow = lines(&bench.scored(&bench.rows, &["--dtype", "bfloat16"]));
    let wide = lines(&bench.scored(&bench.rows, &[]));
    let (mut distance, mut count) = (0.0, 0);
    for (narrow, wide) in narrow.iter().zip(&wide) {
        for (a, b) in floats(&narrow["policy_logprobs"])
            .iter()
            .zip(floats(&wide["policy_logprobs"]))
        {
            distance += (a - b).abs();
            count += 1;
        }
    }
    // Logits of this random model are of the order of 10: 8 bits of mantissa leave a few hundredths.
    assert!(
        distance / f64::from(count) < 0.1,
        "mean distance {}",
        distance / f64::from(count)
    );
    assert!(distance > 0.0);
}

#[test]
fn parquet_in_parquet_out() {
    let Some(bench) = Bench::new() else { return };
    let parquet = bench.path("scored.parquet");
    bench.scored(&bench.rows, &["--output", parquet.to_str().unwrap()]);
    let again = bench.path("again.jsonl");
    let mut command = bench.command(&bench.policy(), &bench.path("critic"), &[]);
    command
        .arg("--input")
        .arg(&parquet)
        .arg("--output")
        .arg(&again);
    assert!(command.output().unwrap().status.success());
    let direct = lines(&bench.scored(&bench.rows, &[]));
    let text = std::fs::read_to_string(again).unwrap();
    for (direct, round) in direct.iter().zip(lines(&text)) {
        assert_eq!(direct["policy_logprobs"], round["policy_logprobs"]);
    }
}

#[test]
fn bad_records_are_named() {
    let Some(bench) = Bench::new() else { return };
    let with = |field: &str, value: Value| {
        let mut rows = bench.rows.clone();
        rows[1][field] = value;
        rows
    };
    let without = |field: &str| {
        let mut rows = bench.rows.clone();
        rows[1].as_object_mut().unwrap().remove(field);
        rows
    };
    for (rows, parts) in [
        (without("token_ids"), ["line 2", "\"token_ids\""]),
        (without("loss_mask"), ["line 2", "\"loss_mask\""]),
        (without("model_sha256"), ["line 2", "\"model_sha256\""]),
        (
            with("model_sha256", json!("feed")),
            ["line 2", "--allow-other-policy"],
        ),
        (
            with("loss_mask", json!([true])),
            ["line 2", "\"loss_mask\""],
        ),
        (
            with("token_ids", json!([1, 2, 9999])),
            ["line 2", "\"loss_mask\""],
        ),
        (with("token_ids", json!("text")), ["line 2", "list<int32>"]),
    ] {
        let message = bench.refused(&rows, &[]);
        for part in parts {
            assert!(message.contains(part), "no {part:?} in: {message}");
        }
    }
}

#[test]
fn ids_and_lengths_beyond_the_model_are_refused() {
    let Some(bench) = Bench::new() else { return };
    let mut rows = bench.rows.clone();
    rows[1]["token_ids"][0] = json!(-1);
    let message = bench.refused(&rows, &[]);
    assert!(
        message.contains("line 2") && message.contains("id -1 at position 0"),
        "{message}"
    );
    let mut rows = bench.rows.clone();
    rows[1]["token_ids"] = json!(vec![1; 513]);
    rows[1]["loss_mask"] = json!(vec![false; 513]);
    let message = bench.refused(&rows, &[]);
    assert!(
        message.contains("513 tokens") && message.contains("512"),
        "{message}"
    );
}

#[test]
fn a_torn_line_leaves_no_file() {
    let Some(bench) = Bench::new() else { return };
    let input = bench.write(&bench.rows);
    let text = std::fs::read_to_string(&input).unwrap();
    std::fs::write(&input, &text[..text.len() - 9]).unwrap();
    let output = bench.path("scored.jsonl");
    let mut command = bench.command(&bench.policy(), &bench.path("critic"), &[]);
    let outcome = command
        .arg("--input")
        .arg(&input)
        .arg("--output")
        .arg(&output)
        .output()
        .unwrap();
    assert_eq!(outcome.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&outcome.stderr).contains("line 8"));
    assert!(!output.exists());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let Some(bench) = Bench::new() else { return };
    let rows: Vec<Value> = (0..40).flat_map(|_| bench.rows.clone()).collect();
    let input = bench.write(&rows);
    let mut command = bench.command(&bench.policy(), &bench.path("critic"), &[]);
    let mut child = command
        .arg("--input")
        .arg(input)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn wrong_usage_is_told() {
    let Some(bench) = Bench::new() else { return };
    let policy = bench.policy();
    let policy = policy.to_str().unwrap();
    for (arguments, code, part) in [
        (vec!["--policy", policy, "--dtype", "float8"], 2, "float8"),
        (
            vec!["--policy", policy, "--device", "cpu,cpu"],
            1,
            "cpu,cpu",
        ),
        (vec!["--policy", "/nowhere"], 1, "/nowhere"),
        (vec![], 2, "--policy"),
    ] {
        let outcome = Command::new(env!("CARGO_BIN_EXE_score"))
            .args(&arguments)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let message = String::from_utf8_lossy(&outcome.stderr).into_owned();
        assert_eq!(outcome.status.code(), Some(code), "{message}");
        assert!(message.contains(part), "{message}");
    }
}
