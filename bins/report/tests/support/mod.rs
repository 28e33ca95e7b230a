//! Runs as the journal leaves them, small and made by hand, and the program under test.

// Helpers of tests may unwrap as tests do; not every test needs every helper.
#![allow(clippy::unwrap_used, dead_code)]

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

/// What a question may say without harm.
pub const EVIL: &str = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\"> & <!--";

pub struct Runs(pub TempDir);

impl Runs {
    /// `five` has all that a run may have; `one` has other settings and neither tokenizer nor test.
    pub fn new() -> Runs {
        let runs = Runs(tempfile::tempdir().unwrap());
        runs.run("five", "1-5");
        runs.run("one", "1-1");
        for when in ["before", "after"] {
            runs.evaluation(&format!("five/test/{when}"));
        }
        let rows: Vec<Value> = (0..5).map(|at| dialogue(at, false)).collect();
        runs.parquet("five/comparison/attempts/graded.parquet", &rows);
        let rows: Vec<Value> = (0..30).map(|at| dialogue(at, true)).collect();
        runs.parquet("five/steps/000002/advantages.parquet", &rows);
        let policy = runs.path("five/checkpoints/000002/policy");
        fs_err::create_dir_all(&policy).unwrap();
        fs_err::copy(base().join("tokenizer.json"), policy.join("tokenizer.json")).unwrap();
        runs
    }

    fn run(&self, name: &str, attempts: &str) {
        let settings = format!(
            "[run]\nmodel = \"nowhere/at-all\"\nsteps = 2\n\n[sample-questions]\nattempts = \"{attempts}\"\n"
        );
        self.write(&format!("{name}/settings.toml"), &settings);
        let step = |step: u64| {
            json!({"step": step, "reward": 0.1 * step as f64, "accuracy": 0.5, "second_attempt_right": 0.25,
                "seconds": 75.0, "seconds_rollout": 50.0, "seconds_ppo_step": 25.0})
        };
        self.write(
            &format!("{name}/metrics.jsonl"),
            &format!("{}\n{}\n", step(1), step(2)),
        );
        let evaluation = |step: u64| {
            let accuracy = 0.4 + 0.1 * step as f64;
            json!({"step": step, "accuracy": accuracy, "accuracy_at_1": accuracy, "accuracy_at_2": accuracy})
        };
        let lines = format!("{}\n{}\n", evaluation(0), evaluation(2));
        self.write(&format!("{name}/eval/metrics.jsonl"), &lines);
        for step in [0, 2] {
            self.evaluation(&format!("{name}/eval/{step:06}"));
        }
        let manifest = json!({"version": 1, "stages": {
            "rollout": {"command": ["rollout"], "outputs": {}, "exit_code": 0,
                "inputs": {"data/train.jsonl": format!("blake3:{}", "d".repeat(64)),
                    "checkpoints/000001/policy": format!("blake3:{}", "a".repeat(64))}},
            "ppo-step": {"command": ["ppo-step"], "inputs": {}, "outputs": {}, "exit_code": 0,
                "files": {"checkpoints/000002/policy/model.safetensors": format!("blake3:{}", "b".repeat(64))}},
        }, "timings": {"ppo-step": {"started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:04:15Z", "seconds": 10.0}}});
        self.write(
            &format!("{name}/steps/000002/manifest.json"),
            &manifest.to_string(),
        );
    }

    fn evaluation(&self, folder: &str) {
        let cell = |source: Option<&str>, attempts: u64| json!({"model": "m", "source": source, "attempts_allowed": attempts, "accuracy": 0.5, "low": 0.25, "high": 0.75});
        let summary = json!({
            "results": [cell(Some("order"), 1), cell(Some("order"), 2), cell(Some("sums"), 1), cell(Some("sums"), 2)],
            "means": [cell(None, 1), cell(None, 2)],
            "shares": [{"model": "m", "source": null, "attempts_allowed": 2, "name": "second_attempt_right",
                "count": 3, "of": 12, "share": 0.25, "low": 0.125, "high": 0.5}],
        });
        self.write(&format!("{folder}/summary.json"), &summary.to_string());
        let rows: Vec<Value> = (0..60).map(|at| dialogue(at, false)).collect();
        self.parquet(&format!("{folder}/graded.parquet"), &rows);
    }

    pub fn parquet(&self, name: &str, rows: &[Value]) {
        self.write(
            "rows.jsonl",
            &rows
                .iter()
                .map(|row| format!("{row}\n"))
                .collect::<String>(),
        );
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        let mut writer = tables::create(&path, None).unwrap();
        for row in tables::open(&self.path("rows.jsonl"), None).unwrap() {
            writer.write(row.unwrap()).unwrap();
        }
        writer.finish().unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    pub fn report(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_report"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    /// The page of these runs.
    pub fn page(&self, arguments: &[&str]) -> String {
        let all = [arguments, &["--html", "page.html"]].concat();
        self.report(&all).assert().success().stdout("");
        self.read("page.html")
    }

    pub fn fails(&self, arguments: &[&str], parts: &[&str]) {
        let failed = self.report(arguments).assert().code(1);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

pub fn base() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tiny/base")
}

/// Even questions are solved at the second attempt, odd ones never; every question asks what no page must obey.
fn dialogue(at: usize, learned: bool) -> Value {
    let second = if at.is_multiple_of(2) {
        ("5", "correct")
    } else {
        ("6", "wrong")
    };
    let attempt = |start: usize, (answer, verdict): (&str, &str)| {
        json!({"start": start, "end": start + 3, "text": format!("\\boxed{{{answer}}}"), "answer": answer,
            "verdict": verdict, "stop": "eos", "reward": null})
    };
    let mut row = json!({
        "question_id": format!("q/{at}"), "dialogue_id": format!("q/{at}/n2/s0"),
        "source": if at.is_multiple_of(3) { "order" } else { "sums" }, "question": format!("{at}: {EVIL}"), "answer": "5",
        "attempts_allowed": 2, "sample_index": 0, "token_ids": [10, 40, 41, 42, 11, 12, 43, 44, 45],
        "logprobs": [0.0, -0.125, -1.5, -0.5, 0.0, 0.0, -0.25, -3.0, -0.0625],
        "attempts": [attempt(1, ("6", "wrong")), attempt(6, second)],
        "stop_reason": if at.is_multiple_of(2) { "solved" } else { "exhausted" },
        "reward": if at.is_multiple_of(2) { 1.0 } else { -0.5 }, "grader": "somebody",
    });
    if learned {
        row["advantages"] = json!([0.0, 1.5, -1.5, 0.5, 0.0, 0.0, 0.25, 0.5, -0.5]);
        row["values"] = json!([0.0, 0.5, 0.25, 0.125, 0.0, 0.0, -0.25, 0.5, 0.75]);
    }
    row
}
