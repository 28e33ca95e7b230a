//! The presets for real models run through on a CPU, with the embedded policy in the place of a large one and a few
//! questions in the place of a benchmark: every setting of theirs is one that its stage knows.

use pipeline_tests::{bin_dir, root, shared, stage};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

fn train(preset: &str, arm: &[&str], questions: [&Path; 3], folder: &Path) -> Output {
    let [train, dev, test] = questions.map(Path::display);
    let model = root().join("data/tiny/base");
    Command::new("bash")
        .arg(root().join("pipelines/train.sh"))
        .args(&arm[..1])
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
            "evaluation.exclude=",
        ])
        .args([
            "sample-questions.count=6",
            "rollout.max-new-tokens=60",
            "ppo-step.minibatch=8",
            "evaluation.max-new-tokens=20",
        ])
        .args(&arm[1..])
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

/// A preset's settings as `journal open` resolves them, key by key.
fn resolved(preset: &str, folder: &Path) -> BTreeMap<String, toml::Value> {
    let run = folder.join(preset);
    let opened = stage("journal")
        .arg("open")
        .arg(&run)
        .arg("--settings")
        .arg(root().join(format!("pipelines/{preset}.toml")))
        .output()
        .expect("the journal runs");
    let message = String::from_utf8_lossy(&opened.stderr);
    assert!(opened.status.success(), "{preset}: {message}");
    let text = std::fs::read_to_string(run.join("settings.toml")).expect("settings");
    let tables: toml::Table = text.parse().expect("TOML");
    let keys = tables.iter().flat_map(|(name, table)| {
        let keys = table.as_table().into_iter().flatten();
        keys.map(move |(key, value)| (format!("{name}.{key}"), value.clone()))
    });
    keys.collect()
}

#[test]
fn the_presets_of_models_differ_from_the_papers_in_the_model_alone() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut paper = resolved("paper", folder.path());
    assert_eq!(paper["run.model"].as_str(), Some(""));
    for (preset, model) in [
        ("qwen2.5-math-1.5b", "Qwen/Qwen2.5-Math-1.5B"),
        ("qwen2.5-math-7b", "Qwen/Qwen2.5-Math-7B"),
    ] {
        paper.insert("run.model".to_owned(), model.into());
        assert_eq!(resolved(preset, folder.path()), paper, "{preset}");
    }
}

/// The numbers of arXiv 2503.04808 that a slip in a preset would change unseen.
#[test]
fn the_papers_preset_holds_the_papers_settings() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let paper = resolved("paper", folder.path());
    for (key, expected) in [
        ("run.eval_every", 8.into()),
        ("run.test_attempts", "1-7".into()),
        ("sample-questions.count", 1024.into()),
        ("sample-questions.attempts", "1-5".into()),
        ("rollout.max-new-tokens", 3000.into()),
        ("rollout.temperature", 1.0.into()),
        ("grade.reward-correct", 1.0.into()),
        ("grade.reward-wrong", toml::Value::from(-0.5)),
        ("grade.reward-no-answer", toml::Value::from(-1.0)),
        ("compute-advantages.estimator", "gae".into()),
        ("compute-advantages.gamma", 1.0.into()),
        ("compute-advantages.lambda", 0.99.into()),
        ("compute-advantages.whiten", true.into()),
        ("ppo-step.minibatch", 128.into()),
        ("ppo-step.actor-lr", 5e-7.into()),
        ("ppo-step.critic-lr", 1e-5.into()),
        ("ppo-step.min-lr-ratio", 0.1.into()),
        ("ppo-step.warmup-ratio", 0.03.into()),
        ("ppo-step.clip-low", 0.2.into()),
        ("ppo-step.clip-high", 0.2.into()),
        ("ppo-step.value-clip", 0.2.into()),
        ("ppo-step.kl-coef", 0.01.into()),
        ("ppo-step.kl-estimator", "k3".into()),
    ] {
        assert_eq!(paper[key], expected, "{key}");
    }
    let test = paper["run.test"].as_str().expect("files");
    let names: Vec<&str> = test
        .split(',')
        .filter_map(|path| path.rsplit('/').next())
        .collect();
    let five = [
        "aime24",
        "amc23",
        "math500",
        "minerva_math",
        "olympiadbench",
    ];
    assert_eq!(names, five.map(|name| format!("{name}.jsonl")));
}

#[test]
fn the_papers_preset_without_a_model_names_all_that_is_missing() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let output = Command::new("bash")
        .arg(root().join("pipelines/train.sh"))
        .args([
            "multi-attempt",
            "preset=paper",
            "train=no/train.json",
            "test=no/a.jsonl,no/b.jsonl",
        ])
        .args(["dev=no/dev.jsonl", "evaluation.exclude=no/overlap.jsonl"])
        .env("REATTEMPT_STAGES", bin_dir())
        .env("REATTEMPT_RUNS", folder.path())
        .output()
        .expect("bash runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    for part in [
        "model= is missing",
        "model=Qwen/Qwen2.5-Math-1.5B",
        "train=no/train.json: no such file",
        "dev=no/dev.jsonl: no such file",
        "test=no/a.jsonl,no/b.jsonl: no such files",
        "evaluation.exclude=no/overlap.jsonl: no such file",
    ] {
        assert!(message.contains(part), "no {part:?} in {message}");
    }
    assert_eq!(
        std::fs::read_dir(folder.path()).expect("a folder").count(),
        0,
        "nothing is made"
    );
}

#[test]
fn a_preset_that_nobody_knows_is_named_beside_those_that_are() {
    let output = Command::new("bash")
        .arg(root().join("pipelines/train.sh"))
        .args(["multi-attempt", "preset=papper"])
        .env("REATTEMPT_STAGES", bin_dir())
        .output()
        .expect("bash runs");
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    for part in ["preset=papper", "tiny", "qwen2.5-math-7b"] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn a_run_may_be_tested_on_several_files_with_and_without_overlap() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let [train_file, dev, test] = ["train", "dev", "test"].map(|split| few(split, folder.path()));
    let overlap = folder.path().join("overlap.jsonl");
    std::fs::write(&overlap, "{\"source\":\"other\",\"row\":2}\n").expect("a list");
    let text = std::fs::read_to_string(&test).expect("questions");
    let rows = text.lines().map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("a question");
        serde_json::json!({"question": row["question"], "answer": row["answer"]}).to_string() + "\n"
    });
    let other = folder.path().join("other.jsonl");
    std::fs::write(&other, rows.collect::<String>()).expect("a second file");
    let both = format!("{},{}", test.display(), other.display());
    let exclude = format!("evaluation.exclude={}", overlap.display());
    let output = train(
        "paper",
        &["multi-attempt", &exclude],
        [&train_file, &dev, Path::new(&both)],
        folder.path(),
    );
    assert_trained(&output, folder.path());
    let table = String::from_utf8_lossy(&output.stdout);
    for part in ["mean of 2", "Without excluded questions (other: 1 of 6)"] {
        assert!(table.contains(part), "no {part:?} in {table}");
    }
    let path = folder.path().join("preset/test/after/summary.json");
    let summary = std::fs::read_to_string(path).expect("a summary");
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!(summary["sources"], serde_json::json!(["order", "other"]));
    assert_eq!(summary["without"]["results"][2]["questions"], 5);
}
