//! The golden PPO step through the real program: losses, metrics, gradients and parameters, to the
//! tolerances that come with the fixture.
#![allow(clippy::unwrap_used)]

mod support;

use fixtures::numbers;
use serde_json::Value;
use support::Bench;

/// The order in which the two-part variants take the sequences.
const ORDER: [usize; 8] = [3, 0, 6, 5, 1, 7, 2, 4];

fn expected(bench: &Bench, variant: &str) -> Value {
    let path = bench.fixtures.join(format!("ppo_step/{variant}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn ordered(bench: &Bench) -> Vec<Value> {
    ORDER
        .iter()
        .map(|&index| bench.rows[index].clone())
        .collect()
}

fn close(actual: &Value, expected: &Value, absolute: f64, relative: f64, label: &str) {
    let (actual, expected) = (actual.as_f64().unwrap(), expected.as_f64().unwrap());
    let bound = absolute + relative * expected.abs();
    assert!(
        (actual - expected).abs() <= bound,
        "{label}: {actual} against {expected}"
    );
}

/// Losses and metrics: 1e-6 + 5e-5 |x|; gradient norms 1e-5 relative; shares 1e-6.
fn check_metrics(record: &Value, log: &Value) {
    for (ours, network, theirs) in [
        ("policy_loss", "actor", "policy_loss"),
        ("kl", "actor", "kl"),
        ("total_loss", "actor", "total_loss"),
        ("value_loss", "critic", "critic_loss"),
        ("value_moved", "critic", "value_abs_eps"),
        ("value_error", "critic", "value_abs_err"),
    ] {
        close(&record[ours], &log[network][theirs], 1e-6, 5e-5, ours);
    }
    close(
        &record["clip_fraction"],
        &log["actor"]["ppo_clamp_token_mean"],
        1e-6,
        0.0,
        "clip fraction",
    );
    check_norms(record, log);
    assert_eq!(record["policy_tokens"], log["actor"]["tokens"]);
}

fn check_norms(record: &Value, log: &Value) {
    close(
        &record["policy_grad_norm"],
        &log["actor"]["grad_norm"],
        0.0,
        1e-5,
        "policy norm",
    );
    close(
        &record["critic_grad_norm"],
        &log["critic"]["grad_norm"],
        0.0,
        1e-5,
        "critic norm",
    );
}

/// Median |d| <= 2e-8, RMS <= 3e-7, share with |d| > 1e-6 at most 0.1 %, no |d| above 4e-4.
fn check_parameters(bench: &Bench, output: &str, variant: &str) {
    for (ours, theirs) in [("policy", "actor"), ("critic", "critic")] {
        let actual = numbers(&bench.path(output).join(ours).join("model.safetensors"));
        let expected = numbers(
            &bench
                .fixtures
                .join(format!("ppo_step/{variant}_{theirs}.safetensors")),
        );
        let mut distances = Vec::new();
        for ((name, actual), (expected_name, expected)) in actual.iter().zip(&expected) {
            assert_eq!(name, expected_name);
            assert_eq!(actual.len(), expected.len());
            let pairs = actual.iter().zip(expected);
            distances.extend(pairs.map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs()));
        }
        assert_eq!(actual.len(), expected.len());
        distances.sort_by(f64::total_cmp);
        let count = distances.len() as f64;
        let rms = (distances.iter().map(|d| d * d).sum::<f64>() / count).sqrt();
        let share = distances.iter().filter(|d| **d > 1e-6).count() as f64 / count;
        let label = format!("{variant} {ours}");
        assert!(distances[distances.len() / 2] <= 2e-8, "{label}: median");
        assert!(rms <= 3e-7, "{label}: RMS {rms:e}");
        assert!(share <= 1e-3, "{label}: share {share:e}");
        assert!(distances.last().unwrap() <= &4e-4, "{label}: largest");
    }
}

#[test]
fn one_step_on_the_whole_batch() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let records = bench.run("single", &["--minibatch", "8"]);
    assert_eq!(records.len(), 1);
    check_metrics(&records[0], &expected(&bench, "single")["log"][0]);
    check_parameters(&bench, "single", "single");
    check_gradients(&bench, "single");
}

#[test]
fn one_step_in_little_memory() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let little = [
        "--minibatch",
        "8",
        "--recompute",
        "all",
        "--head-tokens",
        "17",
    ];
    let records = bench.run("little", &little);
    check_metrics(&records[0], &expected(&bench, "single")["log"][0]);
    check_parameters(&bench, "little", "single");
    check_gradients(&bench, "little");
}

/// The first moments are `0.1 c g`: what they say about the gradient is within 5e-5 of the largest
/// element of each tensor.
fn check_gradients(bench: &Bench, output: &str) {
    let log = expected(bench, "single")["log"][0].clone();
    let golden = numbers(&bench.fixtures.join("ppo_step/single_grads.safetensors"));
    let mut checked = 0;
    for (ours, theirs) in [("policy", "actor"), ("critic", "critic")] {
        let moments = numbers(
            &bench
                .path(output)
                .join("optimizer")
                .join(format!("{ours}.safetensors")),
        );
        let scale = 0.1 * log[theirs]["clip_coefficient"].as_f64().unwrap();
        for (name, expected) in &golden {
            let Some(name) = name.strip_prefix(&format!("{theirs}.")) else {
                continue;
            };
            let (_, moments) = moments
                .iter()
                .find(|(moment, _)| *moment == format!("exp_avg.{name}"))
                .unwrap();
            let largest = expected
                .iter()
                .fold(0f32, |largest, g| largest.max(g.abs()));
            for (moment, expected) in moments.iter().zip(expected) {
                let distance = f64::from(*moment) / scale - f64::from(*expected);
                assert!(
                    distance.abs() <= 5e-5 * f64::from(largest),
                    "{theirs} {name}: {distance:e}"
                );
            }
            checked += 1;
        }
    }
    assert_eq!(checked, golden.len());
}

#[test]
fn two_steps_on_halves() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&ordered(&bench));
    let records = bench.run("mini2", &["--minibatch", "4"]);
    assert_eq!(records.len(), 2);
    for (record, log) in records
        .iter()
        .zip(expected(&bench, "mini2")["log"].as_array().unwrap())
    {
        check_metrics(record, log);
    }
    check_parameters(&bench, "mini2", "mini2");
}

#[test]
fn micro_batches_that_count_equally() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&ordered(&bench));
    let records = bench.run(
        "accum2",
        &[
            "--minibatch",
            "8",
            "--micro-batch",
            "4",
            "--loss-mean",
            "micro-batch",
        ],
    );
    let golden = expected(&bench, "accum2");
    check_norms(&records[0], &golden["log"][1]);
    for (ours, theirs) in [("policy", "actor"), ("critic", "critic")] {
        let before = match ours {
            "policy" => bench.policy(),
            _ => bench.path("critic"),
        };
        let before = numbers(&before.join("model.safetensors"));
        let after = numbers(&bench.path("accum2").join(ours).join("model.safetensors"));
        for ((name, before), (_, after)) in before.iter().zip(&after) {
            let squares =
                |pairs: &mut dyn Iterator<Item = f64>| pairs.map(|d| d * d).sum::<f64>().sqrt();
            let change = squares(
                &mut before
                    .iter()
                    .zip(after)
                    .map(|(a, b)| f64::from(*a) - f64::from(*b)),
            );
            let expected = &golden["per_tensor"][theirs][name];
            close(
                &change.into(),
                &expected["change_norm"],
                1e-7,
                1e-3,
                &format!("{theirs} {name} change"),
            );
            let norm = squares(&mut after.iter().map(|x| f64::from(*x)));
            close(
                &norm.into(),
                &expected["norm_after"],
                0.0,
                1e-6,
                &format!("{theirs} {name} norm"),
            );
        }
    }
}

#[test]
fn the_token_mean_does_not_see_micro_batches() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let all = bench.run("all", &["--minibatch", "8"]);
    for rows in ["1", "3"] {
        let output = format!("rows-{rows}");
        let records = bench.run(&output, &["--minibatch", "8", "--micro-batch", rows]);
        for field in [
            "policy_loss",
            "kl",
            "value_loss",
            "entropy",
            "explained_variance",
        ] {
            close(&records[0][field], &all[0][field], 1e-6, 1e-5, field);
        }
        for field in ["policy_grad_norm", "critic_grad_norm"] {
            close(&records[0][field], &all[0][field], 0.0, 2e-6, field);
        }
        check_parameters(&bench, &output, "single");
    }
}
