//! The presets for real models run through on a CPU, with the embedded policy in the place of a large one and a few
//! questions in the place of a benchmark: every setting of theirs is one that its stage knows.

use pipeline_tests::{bin_dir, root, shared, stage};
use std::path::Path;
use std::process::{Command, Output};

fn train(preset: &str, arm: &[&str], questions: [&Path; 3], folder: &Path) -> Output {
    let [train, dev, test] = questions.map(Path::display);
    let model = root().join("data/tiny/base");
    Command::new("bash")
        .arg(root().join("pipelines/train.sh"))
        .args(arm)
        .args([
            format!("preset={preset}"),
            format!("model={}", model.display()),
            format!("train={train}"),
        ])
        .args([format!("dev={dev}"), format!("test={test}")])
        .args([
            "run=preset",
            "device=cpu",
            "dtype=float32",
            "steps=1",
            "eval_every=1",
            "test_attempts=1-2",
        ])
        .args([
            "sample-questions.count=6",
            "rollout.max-new-tokens=60",
            "ppo-step.minibatch=8",
            "evaluation.max-new-tokens=20",
        ])
        .env("REATTEMPT_STAGES", bin_dir())
        .env("REATTEMPT_RUNS", folder)
        .output()
        .expect("bash runs")
}

fn assert_trained(output: &Output, folder: &Path) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        folder
            .join("preset/checkpoints/000001/policy/model.safetensors")
            .exists()
    );
    assert!(
        String::from_utf8_lossy(&output.stdout).contains("before"),
        "the table is printed"
    );
}

/// The first lines of a split of the embedded questions, as a file of their own.
fn few(split: &str, folder: &Path) -> std::path::PathBuf {
    let page = std::fs::read_to_string(root().join(format!("data/tiny/{split}.jsonl")))
        .expect("embedded questions");
    let path = folder.join(format!("{split}.jsonl"));
    let lines: Vec<&str> = page.lines().take(6).collect();
    std::fs::write(&path, lines.join("\n") + "\n").expect("a small split");
    path
}

/// The warm start of `pipelines/smollm2.sh`: its settings, its words and the demonstrations that it makes.
#[test]
fn the_warm_start_of_smollm2_runs_through() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let run = |command: &mut Command| {
        let output = command.current_dir(root()).output().expect("a stage runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    let (data, warm) = (folder.path().join("plain"), folder.path().join("warm"));
    let few = [
        "--train",
        "6",
        "--dev",
        "6",
        "--test",
        "6",
        "--demonstrations",
        "12",
    ];
    run(stage("synthesize-questions")
        .args(["plain", "--output-dir"])
        .arg(&data)
        .args(few));
    run(stage("sft")
        .args([
            "--config",
            "pipelines/smollm2.toml",
            "--model",
            "data/tiny/base",
            "--input",
        ])
        .arg(data.join("demonstrations.jsonl"))
        .arg("--output-dir")
        .arg(&warm));
    assert!(warm.join("model.safetensors").exists());
}

#[test]
fn the_presets_run_through() {
    for preset in ["paper", "modern", "smollm2"] {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let [train_file, dev, test] =
            ["train", "dev", "test"].map(|split| few(split, folder.path()));
        let output = train(
            preset,
            &["multi-attempt"],
            [&train_file, &dev, &test],
            folder.path(),
        );
        assert_trained(&output, folder.path());
    }
}

#[test]
fn the_baseline_grants_one_attempt() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let [train_file, dev, test] = ["train", "dev", "test"].map(|split| few(split, folder.path()));
    let arm = ["baseline", "sample-questions.attempts=1-1"];
    let output = train("paper", &arm, [&train_file, &dev, &test], folder.path());
    assert_trained(&output, folder.path());
    let metrics =
        std::fs::read_to_string(folder.path().join("preset/metrics.jsonl")).expect("metrics");
    assert!(metrics.contains("\"attempts_allowed\":1.0"), "{metrics}");
}

#[test]
fn the_papers_preset_trains_on_its_own_questions() {
    let (Some(math), Some(test)) = (
        shared("datasets/train/math_level3to5_data_processed_with_qwen_prompt.json"),
        shared("datasets/benchmarks/aime24.jsonl"),
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let output = train(
        "paper",
        &["multi-attempt"],
        [&math, &test, &test],
        folder.path(),
    );
    assert_trained(&output, folder.path());
}

#[test]
fn a_setting_that_nobody_knows_is_named() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let output = Command::new("bash")
        .arg(root().join("pipelines/train.sh"))
        .args(["multi-attempt", "ppo-step.clip-hgih=0.3"])
        .env("REATTEMPT_STAGES", bin_dir())
        .env("REATTEMPT_RUNS", folder.path())
        .output()
        .expect("bash runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && message.contains("clip-hgih"),
        "{message}"
    );
}
