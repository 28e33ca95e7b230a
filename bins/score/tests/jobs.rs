//! Files scored one after another in one program, against one program a file.
#![allow(clippy::unwrap_used)]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use fixtures::{lines, with_head};
use serde_json::json;
use support::Bench;

/// Networks other than the first ones: those after the golden step.
fn after(bench: &Bench) -> [std::path::PathBuf; 2] {
    let golden = bench.fixtures.join("ppo_step");
    let (policy, critic) = (bench.path("policy-after"), bench.path("critic-after"));
    with_head(
        &golden.join("single_actor.safetensors"),
        None,
        &bench.policy(),
        &policy,
    );
    with_head(
        &golden.join("single_critic.safetensors"),
        None,
        &bench.policy(),
        &critic,
    );
    [policy, critic]
}

#[test]
fn jobs_have_the_bytes_of_one_call_each_and_are_told_as_they_are_done() {
    let Some(bench) = Bench::new() else { return };
    let input = bench.write(&bench.rows);
    let [policy, critic] = after(&bench);
    let alone = |name: &str, policy: &std::path::Path, critic: &std::path::Path| {
        let mut command = bench.command(policy, critic, &["--allow-other-policy"]);
        let output = bench.path(name);
        command
            .arg("--input")
            .arg(&input)
            .arg("--output")
            .arg(&output);
        assert!(command.output().unwrap().status.success());
        std::fs::read(output).unwrap()
    };
    let first = alone("first.parquet", &bench.policy(), &bench.path("critic"));
    let second = alone("second.parquet", &policy, &critic);
    assert!(first != second);

    let mut command = bench.command(
        &bench.policy(),
        &bench.path("critic"),
        &["--allow-other-policy", "--jobs", "-"],
    );
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut jobs, mut told) = (
        child.stdin.take().unwrap(),
        BufReader::new(child.stdout.take().unwrap()),
    );
    let mut ask = |job: serde_json::Value| {
        writeln!(jobs, "{job}").unwrap();
        jobs.flush().unwrap();
        let mut line = String::new();
        // Nothing more is asked for before this is told.
        told.read_line(&mut line).unwrap();
        lines(&line).remove(0)
    };
    let one = ask(json!({"input": input, "output": bench.path("a.parquet")}));
    assert_eq!((&one["job"], &one["dialogues"]), (&json!(1), &json!(8)));
    assert!(std::fs::read(bench.path("a.parquet")).unwrap() == first);
    ask(
        json!({"input": input, "output": bench.path("b.parquet"), "policy": policy, "critic": critic}),
    );
    assert!(std::fs::read(bench.path("b.parquet")).unwrap() == second);
    // The new networks stay until others are named.
    let three = ask(json!({"input": input, "output": bench.path("c.parquet")}));
    assert_eq!(three["job"], 3);
    assert!(std::fs::read(bench.path("c.parquet")).unwrap() == second);
    drop(jobs);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_is_wrong_with_a_job_names_its_line() {
    let Some(bench) = Bench::new() else { return };
    let input = bench.write(&bench.rows);
    let refused = |text: &str, extra: &[&str]| {
        let jobs = bench.path("jobs.jsonl");
        std::fs::write(&jobs, text).unwrap();
        let mut command = bench.command(&bench.policy(), &bench.path("critic"), extra);
        let outcome = command.arg("--jobs").arg(jobs).output().unwrap();
        assert_eq!(outcome.status.code(), Some(1));
        String::from_utf8_lossy(&outcome.stderr).into_owned()
    };
    let said = refused("{\"input\":\"a\"}", &[]);
    assert!(
        said.contains("jobs.jsonl line 1") && said.contains("missing field `output`"),
        "{said}"
    );
    let good = json!({"input": input, "output": bench.path("good.jsonl")});
    let bad = json!({"input": input, "output": bench.path("bad.jsonl"), "policy": "nowhere"});
    let said = refused(&format!("{good}\n{bad}\n"), &[]);
    assert!(
        said.contains("jobs.jsonl line 2") && said.contains("nowhere"),
        "{said}"
    );
    assert!(bench.path("good.jsonl").exists() && !bench.path("bad.jsonl").exists());
    let said = refused("", &["--input", "rows.jsonl"]);
    assert!(
        said.contains("expected neither --input nor --output"),
        "{said}"
    );
}
