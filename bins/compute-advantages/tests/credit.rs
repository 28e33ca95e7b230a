//! Where rewards fall, what a step is, and which attempts are learned from.

// Helpers of tests fail a test by panicking.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{failure, floats, lines, rows, run, stderr};

/// Two tokens of prompt, two attempts of two tokens with one token of feedback between them, the
/// second right.
fn dialogue(rewards: [Value; 2], reward: f64) -> Value {
    let [first, second] = rewards;
    json!({
        "question_id": "q",
        "token_ids": [5, 6, 7, 8, 9, 10, 11],
        "loss_mask": [false, false, true, true, false, true, true],
        "values": [9.0, 9.0, 0.5, 0.25, 9.0, 0.125, 0.0],
        "attempts": [attempt(2, 4, "wrong", first), attempt(5, 7, "correct", second)],
        "correct": true,
        "reward": reward,
    })
}

fn attempt(start: u32, end: u32, verdict: &str, reward: Value) -> Value {
    json!({
        "start": start, "end": end, "text": "", "answer": "1", "verdict": verdict, "stop": "eos",
        "reward": reward,
    })
}

/// Paid once, at the end.
fn paid_once(reward: f64) -> Value {
    dialogue([Value::Null, Value::Null], reward)
}

/// The rows that come of it, whatever else is said.
fn computed(arguments: &[&str], input: &[Value]) -> Vec<Value> {
    rows(&run(&[arguments, &["--quiet"]].concat(), &lines(input)))
}

fn mask(row: &Value, field: &str) -> Vec<bool> {
    let bits = row[field].as_array().unwrap().iter();
    bits.map(|bit| bit.as_bool().unwrap()).collect()
}

const GAE: [&str; 5] = ["--gamma", "0.5", "--lambda", "0.5", "--no-whiten"];

#[test]
fn each_attempt_is_paid_at_its_last_policy_token() {
    let input = [dialogue([json!(-0.5), json!(1.0)], 0.5)];
    let row = &computed(&GAE, &input)[0];
    // From the end: delta + A'/4, with gamma 1/2 in delta.
    let last = 1.0;
    let third = 0.0 - 0.125 + 0.25 * last;
    let second = -0.5 + 0.5 * 0.125 - 0.25 + 0.25 * third;
    let first = 0.5 * 0.25 - 0.5 + 0.25 * second;
    assert_eq!(
        floats(row, "advantages"),
        [0.0, 0.0, first, second, 0.0, third, last]
    );
}

#[test]
fn reinforce_takes_rewards_to_go() {
    let input = [dialogue([json!(-0.5), json!(1.0)], 0.5)];
    let arguments = ["--estimator", "reinforce", "--no-whiten", "--gamma", "0.5"];
    let row = &computed(&arguments, &input)[0];
    // 1, then 1/2, then -1/2 + 1/4, then half of it.
    assert_eq!(
        floats(row, "advantages"),
        [0.0, 0.0, -0.125, -0.25, 0.0, 0.5, 1.0]
    );
    assert_eq!(floats(row, "returns"), floats(row, "advantages"));
}

#[test]
fn group_baselines_see_the_whole_return() {
    let split = |first: f64, second: f64| dialogue([json!(first), json!(second)], first + second);
    for estimator in ["rloo", "grpo"] {
        let arguments = ["--estimator", estimator];
        let once = computed(&arguments, &[paid_once(0.5), paid_once(-1.0)]);
        let parts = computed(&arguments, &[split(-0.5, 1.0), split(-0.25, -0.75)]);
        for (once, parts) in once.iter().zip(&parts) {
            assert_eq!(once["advantages"], parts["advantages"]);
        }
        assert_ne!(once[0]["returns"], parts[0]["returns"]);
    }
}

#[test]
fn an_attempt_without_a_reward_leaves_it_to_the_dialogue() {
    let partly = dialogue([json!(-0.5), Value::Null], 1.0);
    let once = &computed(&GAE, &[paid_once(1.0)])[0];
    assert_eq!(
        computed(&GAE, &[partly])[0]["advantages"],
        once["advantages"]
    );
}

#[test]
fn an_attempt_without_policy_tokens_passes_its_reward_back() {
    let mut cut = dialogue([json!(-0.5), json!(1.0)], 0.25);
    let attempts = cut["attempts"].as_array_mut().unwrap();
    attempts.push(attempt(7, 7, "truncated", json!(-0.25)));
    let joined = dialogue([json!(-0.5), json!(0.75)], 0.25);
    let expected = &computed(&GAE, &[joined])[0];
    assert_eq!(
        computed(&GAE, &[cut])[0]["advantages"],
        expected["advantages"]
    );
}

#[test]
fn rewards_that_do_not_add_up_are_refused() {
    let bad = dialogue([json!(-0.5), json!(1.0)], 1.0);
    let input = lines(&[paid_once(1.0), bad]);
    for extra in [&[][..], &["--estimator", "reinforce"]] {
        let (status, message) = failure(extra, &input);
        assert_eq!(status, 1);
        let expected = "line 2: field \"attempts\": expected rewards that add up to the dialogue's \
                        \"reward\" 1, found 0.5";
        assert!(message.contains(expected), "{message}");
    }
    // What float32 makes of tenths is no fault.
    let tenths = dialogue([json!(0.1f32), json!(0.2f32)], f64::from(0.1f32 + 0.2f32));
    computed(&GAE, &[tenths]);
}

/// The numbers of `turn.rs`: `A_2 = 1 - 1/8`, `A_1 = -1/2 + 1/16 - 1/2 + A_2/4`.
#[test]
fn an_attempt_is_one_step_of_turn_credit() {
    let input = [dialogue([json!(-0.5), json!(1.0)], 0.5)];
    let row = &computed(&[&GAE[..], &["--credit", "turn"]].concat(), &input)[0];
    let two = 0.875;
    let one = -0.5 + 0.5 * 0.125 - 0.5 + 0.25 * two;
    assert_eq!(
        floats(row, "advantages"),
        [0.0, 0.0, one, one, 0.0, two, two]
    );
    assert_eq!(
        floats(row, "returns"),
        [0.0, 0.0, one + 0.5, one + 0.5, 0.0, 1.0, 1.0]
    );
    assert_eq!(
        mask(row, "value_mask"),
        [false, false, true, false, false, true, false]
    );
    assert!(row.get("learn_mask").is_none());
}

/// gamma 0.99 and lambda 0.9 (Python: `0.99 * 0.125 - 0.5 + 0.99 * 0.9 * 0.875 = 0.403375`).
#[test]
fn turn_credit_has_defaults_of_its_own() {
    let turn = ["--credit", "turn", "--no-whiten"];
    let row = &computed(&turn, &[paid_once(1.0)])[0];
    assert!((floats(row, "advantages")[2] - 0.403375).abs() < 1e-6);
    // Flags win: `0.125 - 0.5 + 0.875`.
    let flags = ["--gamma", "1", "--lambda", "1"];
    let row = &computed(&[&turn[..], &flags].concat(), &[paid_once(1.0)])[0];
    assert_eq!(floats(row, "advantages")[2], 0.5);
    let row = &computed(&["--no-whiten"], &[paid_once(1.0)])[0];
    assert_eq!(floats(row, "returns")[6], 1.0, "token credit keeps gamma 1");
}

#[test]
fn turn_credit_needs_values_and_whole_attempts() {
    let (status, message) = failure(&["--credit", "turn", "--estimator", "rloo"], "");
    assert_eq!(status, 1);
    assert!(message.contains("--estimator gae"), "{message}");
    let mut outside = paid_once(1.0);
    outside["attempts"][1]["end"] = json!(6);
    let mut beyond = paid_once(1.0);
    beyond["attempts"][1]["end"] = json!(8);
    let mut without = paid_once(1.0);
    without.as_object_mut().unwrap().remove("attempts");
    for (row, expected) in [
        (outside, "found one outside at position 6"),
        (
            beyond,
            "expected token ranges in order within the 7 tokens, found 5..8 for attempt 1",
        ),
        (without, "missing"),
    ] {
        let (status, message) = failure(&["--credit", "turn"], &lines(&[row]));
        assert_eq!(status, 1);
        let named = message.contains("line 1: field \"attempts\"");
        assert!(named && message.contains(expected), "{message}");
    }
}

#[test]
fn the_last_attempt_alone_may_be_learned_from() {
    let input = [paid_once(1.0), paid_once(-1.0)];
    for whitening in ["--whiten", "--no-whiten"] {
        let found = computed(&["--learn-from", "last", whitening], &input);
        for row in &found {
            let last = [false, false, false, false, false, true, true];
            assert_eq!(mask(row, "learn_mask"), last);
            assert_eq!(floats(row, "advantages")[..5], [0.0; 5]);
            assert_eq!(floats(row, "returns")[..5], [0.0; 5]);
            assert!(row.get("value_mask").is_none());
        }
        let learned: Vec<f64> = found
            .iter()
            .flat_map(|row| floats(row, "advantages")[5..].to_vec())
            .collect();
        let mean = learned.iter().sum::<f64>() / 4.0;
        let variance = learned.iter().map(|a| (a - mean).powi(2)).sum::<f64>() / 4.0;
        let white = mean.abs() < 1e-5 && (variance - 1.0).abs() < 1e-5;
        assert_eq!(white, whitening == "--whiten", "{learned:?}");
    }
    let turn = &computed(&["--learn-from", "last", "--credit", "turn"], &input)[0];
    let first = [false, false, false, false, false, true, false];
    assert_eq!(mask(turn, "value_mask"), first);
}

#[test]
fn dialogues_that_nothing_is_learned_from_are_dropped_and_counted() {
    let mut unsolved = paid_once(-1.0);
    unsolved["correct"] = json!(false);
    unsolved["dialogue_id"] = json!("unsolved");
    let input = lines(&[paid_once(1.0), unsolved.clone()]);
    for whitening in ["--whiten", "--no-whiten"] {
        let output = run(&["--learn-from", "solved", whitening], &input);
        let kept = rows(&output);
        assert_eq!(kept.len(), 1);
        assert!(kept[0].get("dialogue_id").is_none());
        assert_eq!(kept[0]["learn_mask"], kept[0]["loss_mask"]);
        let said = stderr(&output);
        assert!(said.contains("dropped_nothing_to_learn=1"), "{said}");
        let (status, message) = failure(
            &["--learn-from", "solved", whitening],
            &lines(&[unsolved.clone()]),
        );
        assert_eq!(status, 1);
        assert!(
            message.contains("none of 1 dialogues is solved"),
            "{message}"
        );
    }
    let mut empty = paid_once(1.0);
    empty["attempts"] = json!([
        attempt(2, 7, "wrong", Value::Null),
        attempt(7, 7, "truncated", Value::Null)
    ]);
    assert_eq!(
        computed(&["--learn-from", "last"], &[paid_once(1.0), empty]).len(),
        1
    );
}

/// The baseline is the mean over all samples, whoever is learned from.
#[test]
fn a_baseline_counts_the_dialogues_that_are_dropped() {
    let mut unsolved = paid_once(-1.0);
    unsolved["correct"] = json!(false);
    let arguments = ["--estimator", "rloo", "--learn-from", "solved"];
    let found = computed(&arguments, &[paid_once(1.0), unsolved]);
    assert_eq!(found.len(), 1);
    assert_eq!(floats(&found[0], "advantages")[6], 2.0);
}

#[test]
fn masks_of_an_earlier_run_do_not_stay() {
    let first = computed(
        &["--credit", "turn", "--learn-from", "last"],
        &[paid_once(1.0)],
    );
    let again = &computed(&[], &first)[0];
    assert!(again.get("learn_mask").is_none() && again.get("value_mask").is_none());
    assert_eq!(
        again["advantages"],
        computed(&[], &[paid_once(1.0)])[0]["advantages"]
    );
}

#[test]
fn masks_travel_in_parquet() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.parquet");
    let file = file.to_str().unwrap();
    let arguments = ["--credit", "turn", "--learn-from", "last", "--quiet"];
    rows(&run(
        &[&arguments[..], &["--output", file]].concat(),
        &lines(&[paid_once(1.0)]),
    ));
    let back = rows(&run(&[&arguments[..], &["--input", file]].concat(), ""));
    assert_eq!(back, computed(&arguments[..4], &[paid_once(1.0)]));
}
