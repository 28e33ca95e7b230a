//! The divergence from the reference as a part of the reward, and the weight that is carried from call to call.
#![allow(clippy::unwrap_used)]

mod support;

use serde_json::{Value, json};
use support::{failure, floats, lines, rows, run};

/// Two attempts of two policy tokens each; the policy lies 0.5, -1, 0.25 and 0 nats above the reference.
fn dialogue(question: &str, reward: f64) -> Value {
    json!({
        "question_id": question,
        "token_ids": [5, 6, 7, 8, 9],
        "loss_mask": [false, true, true, false, true],
        "values": [0.0, 0.0, 0.0, 0.0, 0.0],
        "policy_logprobs": [0.0, -1.0, -2.0, 0.0, -0.75],
        "reference_logprobs": [0.0, -1.5, -1.0, 0.0, -1.0],
        "correct": reward > 0.0,
        "reward": reward,
    })
}

fn plain(more: &[&'static str]) -> Vec<&'static str> {
    [&["--no-whiten", "--quiet"], more].concat()
}

#[test]
fn every_policy_token_pays_for_its_divergence() {
    let input = lines(&[dialogue("q", 1.0)]);
    let flags = ["--estimator", "reinforce", "--kl-in-reward", "0.5"];
    let row = &rows(&run(&plain(&flags), &input))[0];
    // Rewards are -0.25, 0.5 and 1 - 0.125; what follows is added up.
    assert_eq!(floats(row, "advantages"), [0.0, 1.125, 1.375, 0.0, 0.875]);
    assert_eq!(row["reward"], 1.0, "the reward in the record stays");
    let k2 = [
        "--estimator",
        "reinforce",
        "--kl-in-reward",
        "0.5",
        "--kl-reward-estimator",
        "k2",
    ];
    let row = &rows(&run(&plain(&k2), &input))[0];
    assert_eq!(floats(row, "advantages")[4], 1.0 - 0.5 * 0.03125);
    assert_eq!(floats(row, "advantages")[2], 1.0 - 0.5 * (0.03125 + 0.5));
}

#[test]
fn gae_with_lambda_one_is_the_return_less_the_value() {
    let input = lines(&[dialogue("q", 1.0)]);
    let gae = rows(&run(
        &plain(&["--lambda", "1", "--kl-in-reward", "0.1"]),
        &input,
    ));
    let plain_returns = rows(&run(
        &plain(&["--estimator", "reinforce", "--kl-in-reward", "0.1"]),
        &input,
    ));
    assert_eq!(
        floats(&gae[0], "returns"),
        floats(&plain_returns[0], "returns")
    );
}

/// A sample with twice the divergence has the smaller return; both pay for all of it.
#[test]
fn groups_compare_what_is_left_of_the_return() {
    let mut far = dialogue("q", 1.0);
    far["reference_logprobs"] = json!([0.0, -2.0, -2.0, 0.0, -1.0]);
    let input = lines(&[dialogue("q", 1.0), far]);
    let flags = ["--estimator", "rloo", "--kl-in-reward", "1", "--quiet"];
    let rows = rows(&run(&flags, &input));
    // -(0.5 - 1 + 0.25) against -(1 + 0 + 0.25)
    let of = |row: &Value| floats(row, "advantages")[4];
    assert_eq!((of(&rows[0]), of(&rows[1])), (1.5, -1.5));
}

#[test]
fn no_divergence_costs_nothing() {
    let mut row = dialogue("q", 1.0);
    for field in ["policy_logprobs", "reference_logprobs"] {
        row.as_object_mut().unwrap().remove(field);
    }
    let input = lines(&[row.clone()]);
    assert!(run(&plain(&[]), &input).status.success());
    let (status, message) = failure(&["--kl-in-reward", "0.1"], &input);
    assert_eq!(status, 1);
    assert!(
        message.contains("line 1: field \"policy_logprobs\""),
        "{message}"
    );
    row["policy_logprobs"] = json!([0.0, -1.0, -2.0, 0.0, -0.75]);
    row["reference_logprobs"] = json!([0.0, -1.0, -2.0, 0.0]);
    let (_, message) = failure(&["--kl-in-reward", "0.1"], &lines(&[row]));
    assert!(
        message.contains("field \"reference_logprobs\""),
        "{message}"
    );
}

#[test]
fn the_weight_is_carried_from_call_to_call() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let carried = |name: &str| -> Value {
        serde_json::from_str(&std::fs::read_to_string(path(name)).unwrap()).unwrap()
    };
    let input = lines(&[dialogue("a", 1.0), dialogue("b", -1.0)]);
    // k3 of 0.5, -1 and 0.25: well above the target, so the error counts as 0.2; two dialogues of 20
    let flags = [
        "--kl-in-reward",
        "0.5",
        "--kl-target",
        "0.01",
        "--kl-horizon",
        "20",
        "--kl-reward-estimator",
        "k3",
        "--quiet",
    ];
    let call = |more: &[&str]| assert!(run(&[&flags, more].concat(), &input).status.success());
    call(&["--kl-to", &path("1.json")]);
    let first = carried("1.json");
    assert_eq!(first["used"], 0.5);
    assert!(
        (first["kl_in_reward"].as_f64().unwrap() - 0.5 * 1.02).abs() < 1e-12,
        "{first}"
    );
    call(&["--kl-from", &path("1.json"), "--kl-to", &path("2.json")]);
    let second = carried("2.json");
    assert_eq!(second["used"], first["kl_in_reward"]);
    assert!((second["kl_in_reward"].as_f64().unwrap() - 0.5 * 1.02 * 1.02).abs() < 1e-12);
}

#[test]
fn a_weight_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kl.json");
    let input = lines(&[dialogue("a", 1.0)]);
    let refused = |text: &str, part: &str| {
        std::fs::write(&path, text).unwrap();
        let flags = ["--kl-in-reward", "0.5", "--kl-from", path.to_str().unwrap()];
        let (status, message) = failure(&flags, &input);
        assert_eq!(status, 1);
        assert!(
            message.contains("kl.json") && message.contains(part),
            "{message}"
        );
    };
    refused("{}", "not what --kl-to writes");
    refused(
        "{\"kl_in_reward\":-1,\"used\":1,\"kl\":0,\"dialogues\":1}",
        "found -1",
    );
    let (_, message) = failure(&["--kl-target", "0.1"], &input);
    assert!(message.contains("expected it above 0"), "{message}");
}
