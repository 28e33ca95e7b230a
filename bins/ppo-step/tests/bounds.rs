//! Log-probabilities far from one another: a finite step, counted, with a warning.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;

use fixtures::{contents, numbers};
use serde_json::{Value, json};
use support::{Bench, stderr};

/// The golden rows with the last policy token of the third set so.
fn changed(bench: &Bench, fields: &[(&str, f64)]) -> Vec<Value> {
    let mut rows = bench.rows.clone();
    let mask = rows[2]["loss_mask"].as_array().unwrap();
    let last = mask.iter().rposition(|on| on == true).unwrap();
    for (field, value) in fields {
        rows[2][*field][last] = json!(value);
    }
    rows
}

fn assert_finite(bench: &Bench, output: &str) {
    for (name, numbers) in numbers(&bench.path(output).join("policy/model.safetensors")) {
        assert!(numbers.iter().all(|number| number.is_finite()), "{name}");
    }
}

/// The clip gives the token gradient 0; how far its ratio lies beyond has no influence on the weights.
#[test]
fn a_ratio_beyond_float32_is_a_ratio_beyond_the_clip() {
    let Some(bench) = Bench::new() else { return };
    for (name, extra, advantage) in [
        ("plain", &[][..], 1.0),
        ("dual", &["--dual-clip", "3"], -1.0),
    ] {
        let run = |output: &str, logprob: f64| {
            let fields = [("policy_logprobs", logprob), ("advantages", advantage)];
            bench.write_rows(&changed(&bench, &fields));
            let output = format!("{name}-{output}");
            (bench.run(&output, extra), bench.path(&output))
        };
        let (near, near_path) = run("near", -19.0);
        for far in [-85.0, -95.0, -1000.0] {
            let (found, path) = run(&format!("{far}"), far);
            assert_eq!(found[0]["bounded_ratio_tokens"], 1.0);
            for field in ["total_loss", "policy_loss", "policy_grad_norm"] {
                assert_eq!(found[0][field], near[0][field], "{name} {far} {field}");
            }
            assert!(contents(&path.join("policy")) == contents(&near_path.join("policy")));
        }
        assert_finite(&bench, &format!("{name}-near"));
    }
}

#[test]
fn a_reference_far_above_the_policy_is_counted_and_warned_of() {
    let Some(bench) = Bench::new() else { return };
    // The policy has its token at -95 as well, so the ratio is 1 where the model says so; what counts
    // here is the reference.
    bench.write_rows(&changed(&bench, &[("reference_logprobs", 95.0)]));
    let records = bench.run("far", &[]);
    assert_eq!(records[0]["bounded_kl_tokens"], 1.0);
    for field in ["total_loss", "kl", "policy_grad_norm"] {
        assert!(
            records[0][field].is_number(),
            "{field} {}",
            records[0][field]
        );
    }
    assert_finite(&bench, "far");
    let command = bench.command("warned", &[]);
    let arguments = command.get_args().filter(|argument| *argument != "--quiet");
    let outcome = Command::new(command.get_program())
        .args(arguments)
        .output()
        .unwrap();
    let said = stderr(&outcome);
    assert!(outcome.status.success(), "{said}");
    assert!(
        said.contains("WARN") && said.contains("more than 20 from reference_logprobs"),
        "{said}"
    );
    assert!(said.contains("tokens=1"), "{said}");
    // The other estimators need no bound.
    assert!(
        bench.run("k1", &["--kl-estimator", "k1"])[0]
            .get("bounded_kl_tokens")
            .is_none()
    );
}

#[test]
fn ordinary_dialogues_are_within_the_bounds() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let records = bench.run("ordinary", &[]);
    assert_eq!(records[0]["bounded_ratio_tokens"], 0.0);
    assert_eq!(records[0]["bounded_kl_tokens"], 0.0);
}

/// A file as it was found: old log-probability -95 at advantage +1.
#[test]
fn the_field_file_is_learned_from() {
    let Some(bench) = Bench::new() else { return };
    let Some(file) = fixtures::shared("field/ratio_overflow.parquet") else {
        return;
    };
    for (output, extra) in [("plain", &[][..]), ("dual", &["--dual-clip", "3"])] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ppo-step"));
        command
            .arg("--input")
            .arg(&file)
            .arg("--policy")
            .arg(bench.policy());
        command.arg("--output-dir").arg(bench.path(output));
        command
            .args(["--allow-other-policy", "--quiet", "--kl-coef", "0"])
            .args(extra);
        let outcome = command.output().unwrap();
        assert!(outcome.status.success(), "{}", stderr(&outcome));
        let records = fixtures::lines(std::str::from_utf8(&outcome.stdout).unwrap());
        assert!(records[0]["bounded_ratio_tokens"].as_f64().unwrap() >= 1.0);
        assert_finite(&bench, output);
    }
}
