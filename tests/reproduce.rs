//! The comparison of both ways of training, on a few questions: all arms, all ways of playing, and once more without
//! any work.

use pipeline_tests::{bin_dir, root};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().expect("a scratch folder"));
        for split in ["train", "dev", "test"] {
            let page = fs::read_to_string(root().join(format!("data/tiny/{split}.jsonl")))
                .expect("embedded questions");
            let few: Vec<&str> = page.lines().take(9).collect();
            fs::write(
                folder.path(&format!("{split}.jsonl")),
                few.join("\n") + "\n",
            )
            .expect("a small split");
        }
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn reproduce(&self, settings: &[&str]) -> Output {
        let split =
            |name: &str| format!("{name}={}", self.path(&format!("{name}.jsonl")).display());
        Command::new("bash")
            .arg(root().join("pipelines/reproduce.sh"))
            .args(["seeds=1,2", "steps=1", "jobs=2", "eval_every=1"])
            .args([
                "sample-questions.count=8",
                "ppo-step.minibatch=4",
                "rollout.max-new-tokens=60",
            ])
            .args([split("train"), split("dev"), split("test")])
            .arg(format!("output={}", self.path("page").display()))
            .args(settings)
            .env("REATTEMPT_STAGES", bin_dir())
            .env("REATTEMPT_RUNS", self.path("runs"))
            .current_dir(root())
            .output()
            .expect("bash runs")
    }
}

fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = text(&output.stdout) + &text(&output.stderr);
    all[all.len().saturating_sub(2000)..].to_owned()
}

fn modified(path: &Path) -> std::time::SystemTime {
    let metadata = fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    metadata.modified().expect("a time")
}

#[test]
fn every_arm_and_control_is_on_the_page_and_the_same_command_does_nothing_more() {
    let folder = Folder::new();
    let first = folder.reproduce(&[]);
    assert!(first.status.success(), "{}", said(&first));
    let page = fs::read_to_string(folder.path("page/README.md")).expect("a page");
    for part in [
        "| `multi-attempt` | 2 | 2 | 16 |",
        "| `single-turn` | 2 | 2 | 16 |",
        "## `multi-attempt` beside `single-turn-tokens`",
        "| pass@k |",
        "without the verdict",
        "a right answer given up",
    ] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    let outcomes = fs::read_to_string(folder.path("page/outcomes.jsonl")).expect("outcomes");
    assert_eq!(
        outcomes.lines().count(),
        1 + 1 + 3 * 2,
        "questions, base, runs"
    );

    let played = folder.path("runs/reproduce/multi-attempt-1/comparison/attempts/graded.parquet");
    let before = modified(&played);
    let again = folder.reproduce(&[]);
    assert!(again.status.success(), "{}", said(&again));
    assert_eq!(modified(&played), before);
    let repeated = fs::read_to_string(folder.path("page/outcomes.jsonl")).expect("outcomes");
    assert_eq!(repeated, outcomes);

    let fewer = folder.reproduce(&["arms=multi-attempt,single-turn", "seeds=2"]);
    assert!(fewer.status.success(), "{}", said(&fewer));
    let outcomes = fs::read_to_string(folder.path("page/outcomes.jsonl")).expect("outcomes");
    assert_eq!(outcomes.lines().count(), 1 + 1 + 2, "questions, base, runs");
}

#[test]
fn an_unknown_arm_is_named() {
    let folder = Folder::new();
    let failed = folder.reproduce(&["arms=multi-turn"]);
    assert!(!failed.status.success());
    assert!(
        said(&failed).contains("found multi-turn"),
        "{}",
        said(&failed)
    );
}
