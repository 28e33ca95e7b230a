//! What users of the program rely on: threads, resuming, warm-up, options, signals.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;
use std::time::Duration;

use fixtures::{contents, numbers};
use support::{Bench, stderr};

#[test]
fn threads_do_not_change_a_byte() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let extra = [
        "--micro-batch",
        "1",
        "--minibatch",
        "4",
        "--epochs",
        "2",
        "--threads",
    ];
    for threads in ["1", "2", "5"] {
        bench.run(
            &format!("threads-{threads}"),
            &[&extra[..], &[threads]].concat(),
        );
    }
    let one = contents(&bench.path("threads-1"));
    assert!(one.len() >= 7, "{one:?}");
    assert!(one == contents(&bench.path("threads-2")));
    assert!(one == contents(&bench.path("threads-5")));
}

#[test]
fn shuffles_follow_the_seed() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let weights = |output: &str, seed: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ppo-step"));
        command.args([
            "--quiet",
            "--minibatch",
            "2",
            "--actor-lr",
            "1e-3",
            "--seed",
            seed,
        ]);
        command
            .arg("--input")
            .arg(bench.path("rows.jsonl"))
            .arg("--policy")
            .arg(bench.policy());
        command.arg("--output-dir").arg(bench.path(output));
        let outcome = command.output().unwrap();
        assert!(outcome.status.success(), "{}", stderr(&outcome));
        assert!(!bench.path(output).join("critic").exists());
        std::fs::read(bench.path(output).join("policy/model.safetensors")).unwrap()
    };
    let first = weights("first", "1");
    assert!(first == weights("again", "1"));
    assert!(first != weights("other", "2"));
}

#[test]
fn a_second_step_goes_on_from_the_first() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    bench.run("000001", &["--total-steps", "10"]);
    let (policy, critic) = (bench.path("000001/policy"), bench.path("000001/critic"));
    let networks = [
        "--policy",
        policy.to_str().unwrap(),
        "--critic",
        critic.to_str().unwrap(),
    ];
    let checkpoint = bench.path("000001");
    let moments = bench.path("000001/optimizer");
    for (output, optimizer) in [("000002", &checkpoint), ("000002-again", &moments)] {
        let optimizer = [
            "--optimizer",
            optimizer.to_str().unwrap(),
            "--total-steps",
            "10",
            "--allow-other-policy",
        ];
        let records = bench.run(output, &[&networks[..], &optimizer].concat());
        assert_eq!(records[0]["rl_step"], 1);
        assert_eq!(records[0]["optimizer_step"], 1);
        // Warm-up is ceil(0.03 * 10) = 1 step with rate 0; this is the step after it.
        assert_eq!(records[0]["policy_lr"], 1e-4);
    }
    assert!(contents(&bench.path("000002")) == contents(&bench.path("000002-again")));
    let state: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.path("000002/state.json")).unwrap()).unwrap();
    assert_eq!(state["rl_steps"], 2);
    assert_eq!(state["policy"]["optimizer_steps"], 2);
    let before: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.path("000001/state.json")).unwrap()).unwrap();
    assert_eq!(
        state["parents"]["policy_sha256"],
        before["policy"]["sha256"]
    );
}

/// Two passes with a checkpoint between them and two epochs of one pass are the same work.
#[test]
fn saved_and_loaded_equals_straight() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    for dtype in ["float32", "bfloat16"] {
        let path = |name: &str| bench.path(&format!("{dtype}-{name}"));
        let run = |name: &str, extra: &[&str]| {
            let common = ["--dtype", dtype, "--minibatch", "4", "--allow-other-policy"];
            bench.run(&format!("{dtype}-{name}"), &[&common[..], extra].concat());
        };
        run("straight", &["--epochs", "2"]);
        run("first", &[]);
        let (first, policy, critic) = (path("first"), path("first/policy"), path("first/critic"));
        let [first, policy, critic] = [&first, &policy, &critic].map(|path| path.to_str().unwrap());
        run(
            "second",
            &["--optimizer", first, "--policy", policy, "--critic", critic],
        );
        for part in ["policy", "critic", "optimizer"] {
            let straight = contents(&path("straight").join(part));
            assert!(
                straight == contents(&path("second").join(part)),
                "{dtype} {part}"
            );
        }
    }
}

#[test]
fn moments_of_other_weights_are_refused() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    bench.run("done", &[]);
    let optimizer = bench.path("done");
    let message = bench.fail(&["--optimizer", optimizer.to_str().unwrap()]);
    assert!(
        message.contains("state.json") && message.contains("policy"),
        "{message}"
    );
}

/// Goes on from the checkpoint `first`, whatever became of it.
fn go_on(bench: &Bench, output: &str) -> std::process::Output {
    let [first, policy, critic] =
        ["first", "first/policy", "first/critic"].map(|name| bench.path(name));
    let [first, policy, critic] = [&first, &policy, &critic].map(|path| path.to_str().unwrap());
    let networks = [
        "--policy",
        policy,
        "--critic",
        critic,
        "--allow-other-policy",
    ];
    let command = bench.command(output, &[&["--optimizer", first][..], &networks].concat());
    // With what is said besides errors.
    let arguments = command.get_args().filter(|argument| *argument != "--quiet");
    Command::new(command.get_program())
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn one_flipped_bit_of_the_moments_is_noticed() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    bench.run("first", &[]);
    for network in ["policy", "critic"] {
        let file = bench.path(&format!("first/optimizer/{network}.safetensors"));
        let whole = std::fs::read(&file).unwrap();
        // In the header's metadata, in the middle and in the last number.
        for at in [40, whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(&file, &bytes).unwrap();
            let outcome = go_on(&bench, "refused");
            let message = stderr(&outcome);
            assert_eq!(outcome.status.code(), Some(1), "{message}");
            let named = message.contains(&format!("optimizer/{network}.safetensors: changed"));
            assert!(named && message.contains("state.json"), "{message}");
            bench.assert_nothing_left("refused");
        }
        std::fs::write(&file, &whole).unwrap();
    }
    assert!(go_on(&bench, "second").status.success());
}

#[test]
fn moments_without_a_hash_are_taken_with_a_warning() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    bench.run("first", &[]);
    go_on(&bench, "with");
    let file = bench.path("first/state.json");
    let mut state: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for network in ["policy", "critic"] {
        let hash = state[network]
            .as_object_mut()
            .unwrap()
            .remove("optimizer_sha256");
        assert_eq!(hash.unwrap().as_str().unwrap().len(), 64);
    }
    std::fs::write(&file, state.to_string()).unwrap();
    let outcome = go_on(&bench, "without");
    let said = stderr(&outcome);
    assert!(outcome.status.success(), "{said}");
    assert!(
        said.contains("WARN") && said.contains("no hash of") && said.contains("critic.safetensors"),
        "{said}"
    );
    assert!(contents(&bench.path("with")) == contents(&bench.path("without")));
}

#[test]
fn critic_warm_up_leaves_the_policy_alone() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let records = bench.run("warm", &["--critic-warmup-steps", "1"]);
    assert!(records[0].get("policy_loss").is_none());
    assert!(records[0]["value_loss"].is_number());
    let before = numbers(&bench.policy().join("model.safetensors"));
    assert!(before == numbers(&bench.path("warm/policy/model.safetensors")));
    let critic = bench.path("warm/critic");
    let optimizer = bench.path("warm");
    let extra = [
        "--critic-warmup-steps",
        "1",
        "--optimizer",
        optimizer.to_str().unwrap(),
        "--critic",
        critic.to_str().unwrap(),
    ];
    let records = bench.run("next", &extra);
    assert!(records[0]["policy_loss"].is_number());
    assert!(before != numbers(&bench.path("next/policy/model.safetensors")));
}

#[test]
fn a_policy_begins_a_critic() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let policy = bench.policy();
    let records = bench.run("begun", &["--critic", policy.to_str().unwrap()]);
    assert_eq!(records[0]["value_mean"], 0.0);
    let names: Vec<String> = numbers(&bench.path("begun/critic/model.safetensors"))
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(names.iter().any(|name| name == "value_head.weight"));
    assert!(!names.iter().any(|name| name == "lm_head.weight"));
}

#[test]
fn bfloat16_keeps_master_weights() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let records = bench.run("bf16", &["--dtype", "bfloat16"]);
    let loss = records[0]["policy_loss"].as_f64().unwrap();
    // float32 gives 0.01649; the log-probabilities carry about three digits in bfloat16.
    assert!((loss - 0.0165).abs() < 0.02, "{loss}");
    let weights = checkpoints::Weights::open(&bench.path("bf16/policy")).unwrap();
    let dtype = weights.tensor("lm_head.weight").unwrap().dtype;
    assert_eq!(dtype, checkpoints::Dtype::BF16);
    let moments = numbers(&bench.path("bf16/optimizer/policy.safetensors"));
    assert!(
        moments
            .iter()
            .any(|(name, _)| name == "master.lm_head.weight")
    );
}

#[test]
fn every_option_of_the_presets_is_taken() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let modern = [
        "--clip-high",
        "0.28",
        "--tis-cap",
        "2",
        "--kl-coef",
        "0",
        "--entropy-coef",
        "0.001",
        "--dual-clip",
        "3",
        "--loss-mean",
        "sequence",
        "--value-clip",
        "0",
        "--betas",
        "0.9,0.99",
        "--weight-decay",
        "0.01",
        "--max-grad-norm",
        "0",
    ];
    let metrics = bench.path("metrics.jsonl");
    let extra = [&modern[..], &["--metrics", metrics.to_str().unwrap()]].concat();
    assert!(
        bench.run("modern", &extra).is_empty(),
        "metrics belong into the file"
    );
    let records = fixtures::read_lines(&metrics);
    // The recorded rollout log-probabilities equal the policy's here.
    assert_eq!(records[0]["importance"], 1.0);
    assert_eq!(records[0]["rollout_gap_max"], 0.0);
}

#[test]
fn settings_come_from_a_file() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let config = bench.path("run.toml");
    std::fs::write(
        &config,
        "[ppo-step]\nminibatch = 2\nkl-estimator = \"k1\"\n",
    )
    .unwrap();
    assert_eq!(
        bench
            .run("configured", &["--config", config.to_str().unwrap()])
            .len(),
        4
    );
    std::fs::write(&config, "[ppo-step]\nminibach = 2\n").unwrap();
    let outcome = bench
        .command("refused", &["--config", config.to_str().unwrap()])
        .output()
        .unwrap();
    assert_eq!(outcome.status.code(), Some(2));
    assert!(
        stderr(&outcome).contains("minibach"),
        "{}",
        stderr(&outcome)
    );
}

#[test]
fn an_older_checkpoint_is_replaced_whole() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let output = bench.path("checkpoint");
    std::fs::create_dir(&output).unwrap();
    std::fs::write(output.join("old"), "old").unwrap();
    bench.run("checkpoint", &[]);
    assert!(!output.join("old").exists());
    assert!(output.join("state.json").exists());
}

#[test]
fn a_reader_that_has_gone_does_not_stop_the_training() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let mut command = bench.command("unheard", &["--minibatch", "1"]);
    let mut child = command
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(bench.path("unheard/state.json").is_file());
}

/// Waits until the program has begun its output, then sends the signal.
#[test]
fn an_interrupt_leaves_nothing() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut child = bench
            .command("refused", &["--epochs", "100000"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let begun = || {
            std::fs::read_dir(bench.folder.path())
                .unwrap()
                .any(|entry| {
                    entry
                        .unwrap()
                        .file_name()
                        .to_string_lossy()
                        .ends_with(".tmp")
                })
        };
        while !begun() {
            assert!(
                child.try_wait().unwrap().is_none(),
                "ended before the signal"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        let sent = Command::new("kill")
            .arg(format!("-{signal}"))
            .arg(child.id().to_string())
            .status()
            .unwrap();
        assert!(sent.success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        bench.assert_nothing_left("refused");
    }
}

#[test]
fn a_killed_run_leaves_the_last_checkpoint_and_is_cleaned_up_after() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    bench.run("refused", &[]);
    let before = contents(&bench.path("refused"));
    let mut child = bench
        .command("refused", &["--epochs", "100000"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_millis(500));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(before == contents(&bench.path("refused")));
    bench.run("refused", &[]);
    assert!(before == contents(&bench.path("refused")));
    let hidden = std::fs::read_dir(bench.folder.path())
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .to_string_lossy()
                .ends_with(".tmp")
        });
    assert_eq!(
        hidden.count(),
        0,
        "what the killed run left is removed by the next"
    );
}
