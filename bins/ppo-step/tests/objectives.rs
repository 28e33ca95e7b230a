//! Which surrogate is maximised, whose ratio is clipped, and how the sampler is corrected for.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{Bench, stderr};

fn number(record: &Value, field: &str) -> f64 {
    record[field]
        .as_f64()
        .unwrap_or_else(|| panic!("no {field} in {record}"))
}

/// Rows whose sampler gave every policy token a log-probability lower by `gap(row)`.
fn sampled_otherwise(bench: &Bench, gap: impl Fn(usize) -> f64) -> Vec<Value> {
    let mut rows = bench.rows.clone();
    for (at, row) in rows.iter_mut().enumerate() {
        let old = row["policy_logprobs"].as_array().unwrap().iter();
        let moved: Vec<Value> = old
            .map(|old| json!(old.as_f64().unwrap() - gap(at)))
            .collect();
        row["logprobs"] = json!(moved);
    }
    rows
}

/// Before the policy has moved all ratios are 1, and all objectives have one gradient.
#[test]
fn at_the_first_step_all_objectives_agree() {
    let Some(bench) = Bench::new() else { return };
    // scored by the very policy that is trained
    bench.write_rows(&bench.rows);
    let plain = &bench.run("plain", &["--kl-coef", "0"])[0];
    let others: [(&str, &[&str]); 2] = [
        (
            "cispo",
            &[
                "--kl-coef",
                "0",
                "--surrogate",
                "cispo",
                "--clip-low",
                "1",
                "--clip-high",
                "9",
            ],
        ),
        ("gspo", &["--kl-coef", "0", "--ratio", "sequence"]),
    ];
    for (name, flags) in others {
        let other = &bench.run(name, flags)[0];
        let (one, two) = (number(plain, "ratio"), number(other, "ratio"));
        assert!((one - two).abs() < 0.05, "{name}: {one} against {two}");
        assert!(number(other, "policy_grad_norm") > 0.0);
        assert_eq!(
            number(plain, "value_loss"),
            number(other, "value_loss"),
            "{name}"
        );
        assert_eq!(
            number(plain, "kl_to_old"),
            number(other, "kl_to_old"),
            "{name}"
        );
    }
}

/// Weights are e for every token of the first row and 1 elsewhere.
#[test]
fn what_lies_outside_of_the_bounds_is_left_out_and_counted() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&sampled_otherwise(
        &bench,
        |row| if row == 0 { 1.0 } else { 0.0 },
    ));
    let tokens = |row: &Value| {
        let mask = row["loss_mask"].as_array().unwrap();
        mask.iter().filter(|on| **on == true).count() as f64
    };
    let of_first = tokens(&bench.rows[0]);
    let all: f64 = bench.rows.iter().map(tokens).sum();
    let token = &bench.run("token", &["--tis-bounds", "0.5,2"])[0];
    assert!((number(token, "importance_left_out") - of_first / all).abs() < 1e-9);
    assert!((number(token, "importance") - (all - of_first) / all).abs() < 1e-5);
    // A hundredth of a nat a token is of_first hundredths a dialogue.
    bench.write_rows(&sampled_otherwise(&bench, |row| {
        if row == 0 { 0.01 } else { 0.0 }
    }));
    let most = (0.01 * of_first - 0.005).exp();
    let bounds = format!("0,{most}");
    let sequence = &bench.run(
        "sequence",
        &["--tis-level", "sequence", "--tis-bounds", &bounds],
    )[0];
    assert!((number(sequence, "importance_left_out") - of_first / all).abs() < 1e-9);
    let cap = format!("{most}");
    let capped = &bench.run("capped", &["--tis-level", "sequence", "--tis-cap", &cap])[0];
    let expected = (all - of_first + most * of_first) / all;
    assert!((number(capped, "importance") - expected).abs() < 1e-4);
}

#[test]
fn flags_that_say_nothing_together_are_refused() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let cases: [(&[&str], &str); 4] = [
        (
            &["--surrogate", "cispo", "--dual-clip", "3"],
            "--dual-clip bounds the surrogate of PPO",
        ),
        (
            &["--tis-level", "sequence"],
            "expected --tis-cap or --tis-bounds with it",
        ),
        (
            &["--tis-bounds", "5,0.5"],
            "expected a lower and a higher number such as 0.5,5",
        ),
        (
            &["--tis-bounds", "2"],
            "expected a lower and a higher number such as 0.5,5",
        ),
    ];
    for (flags, message) in cases {
        let output = bench.command("refused", flags).output().unwrap();
        assert!(!output.status.success(), "{flags:?}");
        let said = stderr(&output);
        assert!(said.contains(message), "{flags:?}: {said}");
    }
}
