//! `pipelines/evaluate.sh`: several benchmarks in one go, and the scores with and without excluded questions.

use pipeline_tests::{bin_dir, root, shared};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Output};

fn evaluate(settings: &[&str], output: &Path) -> Output {
    let model = root().join("data/tiny/base");
    let template = root().join("data/tiny/template.toml");
    Command::new("bash")
        .arg(root().join("pipelines/evaluate.sh"))
        .arg(format!("model={}", model.display()))
        .arg(format!("template={}", template.display()))
        .arg(format!("output={}", output.display()))
        .args(settings)
        .env("REATTEMPT_STAGES", bin_dir())
        .output()
        .expect("bash runs")
}

/// The summary of an evaluation that succeeds, and what it printed.
fn evaluated(settings: &[&str], output: &Path) -> (Value, String) {
    let done = evaluate(settings, output);
    let message = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{message}");
    let summary = fs_err::read_to_string(output.join("summary.json")).expect("a summary");
    let table = String::from_utf8_lossy(&done.stdout).into_owned();
    (serde_json::from_str(&summary).expect("JSON"), table)
}

#[test]
fn both_scores_come_from_one_play() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let file = |name: &str, sums: &[u32]| {
        let rows = sums.iter().map(|sum| {
            let row =
                json!({"problem": format!("Compute {sum}+1."), "answer": (sum + 1).to_string()});
            format!("{row}\n")
        });
        let path = folder.path().join(name);
        fs_err::write(&path, rows.collect::<String>()).expect("questions");
        path.display().to_string()
    };
    let data = format!(
        "data={},{}",
        file("a.jsonl", &[1, 2, 3]),
        file("b.jsonl", &[4, 5])
    );
    let overlap = folder.path().join("overlap.jsonl");
    fs_err::write(&overlap, "{\"source\":\"a\",\"row\":2}\n").expect("a list");
    let exclude = format!("exclude={}", overlap.display());
    let settings = [&*data, "attempts=1-2", "tokens=60", &*exclude];
    let (summary, table) = evaluated(&settings, &folder.path().join("out"));
    let counts = |rows: &Value| {
        let rows = rows.as_array().expect("results").iter();
        let counts = rows.map(|row| (row["source"].clone(), row["questions"].clone()));
        counts.collect::<Vec<_>>()
    };
    let expected = |of_a: u64| {
        let counts = [("a", of_a), ("a", of_a), ("b", 2), ("b", 2)];
        counts.map(|(source, count)| (json!(source), json!(count)))
    };
    assert_eq!(counts(&summary["results"]), expected(3));
    assert_eq!(counts(&summary["without"]["results"]), expected(2));
    assert!(
        table.contains("Without excluded questions (a: 1 of 3)"),
        "{table}"
    );
}

#[test]
fn files_that_are_not_there_and_unknown_settings_are_told_at_once() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for (setting, part) in [
        ("data=nowhere.jsonl", "nowhere.jsonl: no such file"),
        ("exclude=nothing.jsonl", "nothing.jsonl: no such file"),
        ("tries=3", "found tries=3"),
    ] {
        let failed = evaluate(&[setting], &folder.path().join("out"));
        let message = String::from_utf8_lossy(&failed.stderr);
        assert_eq!(failed.status.code(), Some(2), "{message}");
        assert!(message.contains(part), "{message}");
        assert!(!folder.path().join("out").exists());
    }
}

#[test]
fn the_five_benchmarks_run_through_with_seven_attempts() {
    const FIVE: [&str; 5] = [
        "aime24",
        "amc23",
        "math500",
        "minerva_math",
        "olympiadbench",
    ];
    let (Some(benchmarks), Some(overlap)) = (
        shared("datasets/benchmarks"),
        shared("datasets/overlap.jsonl"),
    ) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a scratch folder");
    let files = FIVE.map(|name| {
        benchmarks
            .join(format!("{name}.jsonl"))
            .display()
            .to_string()
    });
    let (data, exclude) = (
        format!("data={}", files.join(",")),
        format!("exclude={}", overlap.display()),
    );
    let settings = [&*data, &*exclude, "tokens=8"];
    let (summary, _) = evaluated(&settings, &folder.path().join("out"));
    assert_eq!(summary["sources"], json!(FIVE));
    let means = summary["means"].as_array().expect("means");
    assert_eq!(means.len(), 7, "one for each number of attempts");
    assert!(means.iter().all(|mean| mean["sources"] == 5));
    let questions = |rows: &Value| {
        let rows = rows.as_array().expect("results").iter();
        let one = rows.filter(|row| row["attempts_allowed"] == 7);
        one.map(|row| row["questions"].as_u64().expect("a count"))
            .collect::<Vec<_>>()
    };
    assert_eq!(questions(&summary["results"]), [30, 40, 500, 272, 675]);
    assert_eq!(
        questions(&summary["without"]["results"]),
        [30, 40, 497, 272, 666]
    );
}
