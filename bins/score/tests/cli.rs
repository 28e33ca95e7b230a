//! The program on the golden dialogues: numbers, order, formats, pipes.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Stdio};

use fixtures::{Recorded, floats, lines, with_head};
use serde_json::{Value, json};
use support::Bench;

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
            &expected["after"][index]["log_probs"],
            2e-4,
        );
        compare(scored, "values", &expected["after"][index]["values"], 1e-4);
    }
}

/// Sequences recorded for each family of decoders; ids from 512 on are none of their tokenizer's tokens.
#[test]
fn every_family_is_scored_as_recorded() {
    const KNOWN: usize = 512;
    let Some(bench) = Bench::new() else { return };
    for model in ["tiny-qwen2", "tiny-qwen3", "tiny-llama"] {
        let policy = bench.fixtures.join(model);
        let recorded = Recorded::load(&policy);
        let rows: Vec<Value> = (1..5).map(|i| recorded.row(i)).collect();
        let mut command = Command::new(env!("CARGO_BIN_EXE_score"));
        command.args(["--quiet", "--allow-other-policy"]);
        for network in ["--policy", "--reference", "--critic"] {
            command.arg(network).arg(&policy);
        }
        let outcome = command
            .arg("--input")
            .arg(bench.write(&rows))
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&outcome.stderr);
        assert!(outcome.status.success(), "{errors}");
        let scored = lines(std::str::from_utf8(&outcome.stdout).unwrap());
        assert_eq!(scored.len(), 4);
        for (i, scored) in (1..5).zip(scored) {
            let expected = json!(recorded.log_probs(i, KNOWN));
            compare(&scored, "policy_logprobs", &expected, 1e-4);
            compare(&scored, "reference_logprobs", &expected, 1e-4);
            // A critic that begins from a policy has no opinion.
            compare(
                &scored,
                "values",
                &json!(vec![0.0; expected.as_array().unwrap().len()]),
                0.0,
            );
        }
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
