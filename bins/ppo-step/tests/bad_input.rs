//! Input that cannot be learned from: exit status 1, a message that says what and where, nothing
//! written.
#![allow(clippy::unwrap_used)]

mod support;

use checkpoints::{Dtype, ModelConfig, OutgoingTensor, Weights, write_safetensors};
use serde_json::{Value, json};
use support::{Bench, stderr};

/// The message after `change` was made to the third record.
fn refused(change: impl Fn(&mut Value), extra: &[&str]) -> Option<String> {
    let bench = Bench::new()?;
    let mut rows = bench.rows.clone();
    change(&mut rows[2]);
    bench.write_rows(&rows);
    Some(bench.fail(extra))
}

fn assert_says(message: Option<String>, parts: &[&str]) {
    let Some(message) = message else { return };
    for part in parts {
        assert!(message.contains(part), "no {part:?} in: {message}");
    }
}

#[test]
fn a_missing_field_is_named_with_its_line() {
    for field in [
        "token_ids",
        "loss_mask",
        "policy_logprobs",
        "advantages",
        "values",
        "returns",
        "reference_logprobs",
    ] {
        let message = refused(
            |row| {
                row.as_object_mut().unwrap().remove(field);
            },
            &[],
        );
        assert_says(
            message,
            &["rows.jsonl line 3", &format!("\"{field}\""), "missing"],
        );
    }
}

#[test]
fn fields_are_asked_for_only_where_they_are_used() {
    let Some(bench) = Bench::new() else { return };
    let mut rows = bench.rows.clone();
    for row in &mut rows {
        for field in ["reference_logprobs", "logprobs"] {
            row.as_object_mut().unwrap().remove(field);
        }
    }
    bench.write_rows(&rows);
    bench.run("without", &["--kl-coef", "0"]);
    let message = bench.fail(&["--kl-coef", "0", "--tis-cap", "2"]);
    assert!(
        message.contains("line 1") && message.contains("\"logprobs\""),
        "{message}"
    );
}

#[test]
fn a_mistyped_field_says_what_was_expected() {
    let message = refused(|row| row["advantages"] = json!("high"), &[]);
    assert_says(message, &["line 3", "\"advantages\"", "list<float32>"]);
}

#[test]
fn a_list_of_another_length_is_refused() {
    let message = refused(
        |row| {
            row["returns"].as_array_mut().unwrap().pop();
        },
        &[],
    );
    assert_says(message, &["line 3", "\"returns\"", "token_ids"]);
}

#[test]
fn numbers_beyond_float32_are_refused() {
    for field in ["advantages", "returns", "policy_logprobs"] {
        let message = refused(
            |row| *row[field].as_array_mut().unwrap().last_mut().unwrap() = json!(1e39),
            &[],
        );
        assert_says(message, &["line 3", field]);
    }
    assert_says(
        refused(|row| row["reward"] = json!(1e39), &[]),
        &["line 3", "\"reward\""],
    );
}

#[test]
fn a_torn_line_is_named() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let text = std::fs::read_to_string(bench.path("rows.jsonl")).unwrap();
    bench.write_text(&text[..text.len() - 40]);
    assert!(bench.fail(&[]).contains("line 8"));
    bench.write_text(&text.replacen("\"reward\":", "\"reward\":NaN,\"x\":", 1));
    assert!(bench.fail(&[]).contains("line 1"));
    bench.write_text("");
    assert!(bench.fail(&[]).contains("no dialogues"));
}

#[test]
fn dialogues_of_another_policy_are_refused() {
    let message = refused(|row| row["model_sha256"] = json!("0123abcd"), &[]);
    assert_says(
        message,
        &[
            "line 3",
            "\"model_sha256\"",
            "0123abcd",
            "--allow-other-policy",
        ],
    );
    let Some(bench) = Bench::new() else { return };
    let mut rows = bench.rows.clone();
    rows[2]["model_sha256"] = json!("0123abcd");
    bench.write_rows(&rows);
    bench.run("allowed", &["--allow-other-policy"]);
}

#[test]
fn ids_that_the_model_does_not_know_are_refused() {
    let message = refused(|row| row["token_ids"][5] = json!(512), &[]);
    assert_says(
        message,
        &["line 3", "id 512 at position 5", "vocabulary of 512"],
    );
}

#[test]
fn a_dialogue_longer_than_the_context_is_refused() {
    let lengthen = |row: &mut Value| {
        for (field, filler) in [("token_ids", json!(1)), ("loss_mask", json!(false))] {
            row[field].as_array_mut().unwrap().resize(600, filler);
        }
    };
    assert_says(refused(lengthen, &[]), &["line 3", "600 tokens", "512"]);
}

#[test]
fn a_dialogue_without_policy_tokens_is_no_lesson() {
    let Some(bench) = Bench::new() else { return };
    let silence = |row: &mut Value| row["loss_mask"].as_array_mut().unwrap().fill(json!(false));
    let mut rows = bench.rows.clone();
    silence(&mut rows[2]);
    bench.write_rows(&rows);
    assert_eq!(bench.run("seven", &[])[0]["dialogues"], 7);
    rows.iter_mut().for_each(silence);
    bench.write_rows(&rows);
    assert!(bench.fail(&[]).contains("no dialogue has a policy token"));
}

/// With a negative advantage nothing clips the ratio, which is bounded at exp(20): 4.9e8 times an
/// advantage near the end of float32 is beyond it.
#[test]
fn a_loss_that_is_not_finite_names_its_dialogues() {
    let overflow = |row: &mut Value| {
        let last = row["token_ids"].as_array().unwrap().len() - 1;
        row["loss_mask"][last] = json!(true);
        row["policy_logprobs"][last] = json!(-200.0);
        row["advantages"][last] = json!(-3e38);
    };
    let message = refused(overflow, &["--micro-batch", "1"]);
    assert_says(
        message,
        &["policy's loss", "golden/2", "nothing was written"],
    );
}

#[test]
fn a_mask_beyond_the_policy_tokens_is_refused() {
    let beyond = |mask: &'static str| {
        move |row: &mut Value| {
            row[mask] = row["loss_mask"].clone();
            row[mask][0] = json!(true);
        }
    };
    for mask in ["learn_mask", "value_mask"] {
        let expected = "\"loss_mask\" is, found true at position 0";
        let named = format!("\"{mask}\"");
        assert_says(refused(beyond(mask), &[]), &["line 3", &named, expected]);
        let short = |row: &mut Value| row[mask] = json!([false]);
        assert_says(refused(short, &[]), &["line 3", &named, "token_ids"]);
        let text = |row: &mut Value| row[mask] = json!("all");
        assert_says(refused(text, &[]), &["line 3", &named]);
    }
    let critic_alone = |row: &mut Value| {
        let length = row["loss_mask"].as_array().unwrap().len();
        row["learn_mask"] = json!(vec![false; length]);
        row["value_mask"] = row["loss_mask"].clone();
    };
    let expected = "\"learn_mask\" is, found true";
    assert_says(
        refused(critic_alone, &[]),
        &["line 3", "\"value_mask\"", expected],
    );
}

#[test]
fn a_weight_that_is_not_finite_names_its_tensor() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let broken = bench.path("broken");
    std::fs::create_dir(&broken).unwrap();
    let config = ModelConfig::load(&bench.policy()).unwrap();
    let weights = Weights::open(&bench.policy()).unwrap();
    let tensors = config.parameters().into_iter().map(|parameter| {
        let mut bytes = weights.tensor(&parameter.name).unwrap().bytes.to_vec();
        if parameter.name == "model.norm.weight" {
            bytes[..4].copy_from_slice(&f32::NAN.to_le_bytes());
        }
        OutgoingTensor::from_bytes(parameter.name, Dtype::F32, parameter.shape, bytes)
    });
    write_safetensors(&broken.join("model.safetensors"), tensors.collect(), &[]).unwrap();
    std::fs::copy(
        bench.policy().join("config.json"),
        broken.join("config.json"),
    )
    .unwrap();
    let message = bench.fail(&["--policy", broken.to_str().unwrap(), "--allow-other-policy"]);
    assert!(message.contains("model.norm.weight"), "{message}");
}

#[test]
fn a_full_disk_leaves_nothing() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let command = bench.command("refused", &[]);
    // Files of at most 200 blocks of 1024 bytes; ignoring the signal makes the write fail instead.
    let mut limited = std::process::Command::new("bash");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 200; exec \"$0\" \"$@\""]);
    limited.arg(command.get_program()).args(command.get_args());
    let outcome = limited.output().unwrap();
    assert_eq!(outcome.status.code(), Some(1), "{}", stderr(&outcome));
    assert!(
        stderr(&outcome).contains("File too large"),
        "{}",
        stderr(&outcome)
    );
    bench.assert_nothing_left("refused");
}

#[test]
fn several_ranks_are_refused() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let outcome = bench
        .command("refused", &[])
        .env("WORLD_SIZE", "2")
        .env("RANK", "1")
        .output()
        .unwrap();
    assert_eq!(outcome.status.code(), Some(1));
    assert!(
        stderr(&outcome).contains("only one rank is supported so far"),
        "{}",
        stderr(&outcome)
    );
    let outcome = bench
        .command("alone", &[])
        .env("WORLD_SIZE", "1")
        .env("RANK", "0")
        .output()
        .unwrap();
    assert!(outcome.status.success(), "{}", stderr(&outcome));
}

#[test]
fn a_policy_that_waits_for_no_critic_is_refused() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ppo-step"));
    command
        .arg("--input")
        .arg(bench.path("rows.jsonl"))
        .arg("--policy")
        .arg(bench.policy());
    command
        .arg("--output-dir")
        .arg(bench.path("refused"))
        .args(["--critic-warmup-steps", "1"]);
    let outcome = command.output().unwrap();
    assert_eq!(outcome.status.code(), Some(1));
    assert!(
        stderr(&outcome).contains("--critic"),
        "{}",
        stderr(&outcome)
    );
}
