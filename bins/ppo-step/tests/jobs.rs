//! Passes one after another in one program, against one program a pass.
#![allow(clippy::unwrap_used)]

mod support;

use fixtures::{contents, lines};
use serde_json::{Value, json};
use support::{Bench, stderr};

fn job(bench: &Bench, output: &str) -> Value {
    json!({"input": bench.path("rows.jsonl"), "output_dir": bench.path(output),
        "metrics": bench.path(&format!("{output}.jsonl"))})
}

/// Rows that the networks of an earlier pass are taken for as well.
const FLAGS: [&str; 5] = [
    "--allow-other-policy",
    "--total-steps",
    "8",
    "--minibatch",
    "4",
];

fn with_jobs(bench: &Bench, jobs: &str, extra: &[&str]) -> std::process::Output {
    std::fs::write(bench.path("jobs.jsonl"), jobs).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ppo-step"));
    command
        .env_remove("WORLD_SIZE")
        .env_remove("RANK")
        .arg("--quiet")
        .arg("--policy")
        .arg(bench.policy())
        .arg("--critic")
        .arg(bench.path("critic"))
        .args(["--actor-lr", "1e-4", "--critic-lr", "1e-4", "--no-shuffle"])
        .args(FLAGS)
        .args(extra)
        .arg("--jobs")
        .arg(bench.path("jobs.jsonl"));
    command.output().unwrap()
}

fn without_seconds(text: &str) -> Vec<Value> {
    let mut records = lines(text);
    for record in &mut records {
        record.as_object_mut().unwrap().remove("seconds");
    }
    records
}

/// Weights, moments, states and metrics of three passes: in float32, and in bfloat16 with master weights.
#[test]
fn passes_in_one_program_have_the_bytes_of_one_program_a_pass() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    for dtype in ["float32", "bfloat16"] {
        let name = |pass: usize| format!("{dtype}-{pass}");
        let mut metrics = Vec::new();
        for pass in 1..=3 {
            let (policy, critic) = (
                bench.path(&format!("{}/policy", name(pass - 1))),
                bench.path(&format!("{}/critic", name(pass - 1))),
            );
            let before = bench.path(&name(pass - 1));
            let mut flags = FLAGS.to_vec();
            flags.extend(["--dtype", dtype]);
            if pass > 1 {
                flags.extend(["--policy", policy.to_str().unwrap()]);
                flags.extend(["--critic", critic.to_str().unwrap()]);
                flags.extend(["--optimizer", before.to_str().unwrap()]);
            }
            let outcome = bench.command(&name(pass), &flags).output().unwrap();
            assert!(outcome.status.success(), "{}", stderr(&outcome));
            metrics.push(without_seconds(
                std::str::from_utf8(&outcome.stdout).unwrap(),
            ));
        }
        let jobs: String = (1..=3)
            .map(|pass| format!("{}\n", job(&bench, &format!("{dtype}-job-{pass}"))))
            .collect();
        let outcome = with_jobs(&bench, &jobs, &["--dtype", dtype]);
        assert!(outcome.status.success(), "{}", stderr(&outcome));
        let told = lines(std::str::from_utf8(&outcome.stdout).unwrap());
        assert_eq!(told.len(), 3);
        assert_eq!(
            (&told[2]["job"], &told[2]["dialogues"]),
            (&json!(3), &json!(8))
        );
        for pass in 1..=3 {
            let in_one = format!("{dtype}-job-{pass}");
            assert!(
                contents(&bench.path(&in_one)) == contents(&bench.path(&name(pass))),
                "{in_one}"
            );
            let written = std::fs::read_to_string(bench.path(&format!("{in_one}.jsonl"))).unwrap();
            assert_eq!(without_seconds(&written), metrics[pass - 1], "{in_one}");
        }
    }
}

#[test]
fn a_job_that_fails_names_its_line_and_leaves_the_earlier_ones() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let lost = json!({"input": bench.path("nothing.jsonl"), "output_dir": bench.path("two"), "metrics": bench.path("two.jsonl")});
    let outcome = with_jobs(&bench, &format!("{}\n\n{lost}\n", job(&bench, "one")), &[]);
    assert_eq!(outcome.status.code(), Some(1));
    let said = stderr(&outcome);
    assert!(
        said.contains("jobs.jsonl line 3") && said.contains("nothing.jsonl"),
        "{said}"
    );
    assert!(bench.path("one/state.json").exists());
    bench.assert_nothing_left("two");
    let unknown = r#"{"input":"a","output_dir":"b","metrics":"c","policy":"d"}"#;
    let said = stderr(&with_jobs(&bench, unknown, &[]));
    assert!(
        said.contains("jobs.jsonl line 1") && said.contains("unknown field `policy`"),
        "{said}"
    );
    let said = stderr(&with_jobs(&bench, "", &["--output-dir", "x"]));
    assert!(said.contains("expected either it or --jobs"), "{said}");
}
