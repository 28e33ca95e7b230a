//! `report --tensorboard`: event files that hold the run's numbers, checked by their framing and by TensorBoard itself.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::Command;

use serde_json::{Value, json};
use support::Runs;

const FILE: &str = "events/five/events.out.tfevents.0.reattempt";

fn written(runs: &Runs) -> Vec<u8> {
    let arguments = ["five", "one", "--tensorboard", "events"];
    runs.report(&arguments).assert().success().stdout("");
    fs_err::read(runs.path(FILE)).unwrap()
}

#[test]
fn every_number_is_a_record_with_its_checksums() {
    let runs = Runs::new();
    let bytes = written(&runs);
    let records = events::unframe(&bytes).unwrap();
    // The version, two steps of six numbers and two evaluations of three.
    assert_eq!(records.len(), 1 + 2 * 6 + 2 * 3);
    let text = |record: &[u8]| String::from_utf8_lossy(record).into_owned();
    assert!(text(records[0]).contains("brain.Event:2"));
    assert!(text(records[1]).contains("train/reward"));
    assert!(text(records[13]).contains("eval/accuracy"));
    assert_eq!(bytes, written(&runs), "written anew, the same");
    assert!(runs.path("events/one").is_dir());
}

#[test]
fn labels_are_folders_that_stay_inside() {
    let runs = Runs::new();
    let arguments = [
        "five",
        "one",
        "--labels",
        "../up,..",
        "--tensorboard",
        "events",
    ];
    runs.report(&arguments).assert().success();
    assert!(runs.path("events/.._up").is_dir() && runs.path("events/run").is_dir());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let runs = Runs::new();
    runs.write("taken", "");
    runs.fails(&["five", "--tensorboard", "taken"], &["taken/five"]);
    runs.write("five/steps/000002/manifest.json", "{");
    runs.fails(
        &["five", "--tensorboard", "events"],
        &["steps/000002/manifest.json"],
    );
}

const READ: &str = "
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1]).Reload()
scalars = {tag: [[e.wall_time, e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()['scalars']}
print(json.dumps(scalars))
";

#[test]
fn tensorboard_reads_the_numbers_and_their_times() {
    let Some(python) = python() else { return };
    let runs = Runs::new();
    written(&runs);
    let output = Command::new(python)
        .args(["-c", READ])
        .arg(runs.path("events/five"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let scalars: Value = serde_json::from_slice(&output.stdout).unwrap();
    // 2026-01-02T03:04:15Z, the end of the step's last stage; nobody wrote down when the first step was.
    assert_eq!(
        scalars["train/accuracy"],
        json!([[0.0, 1, 0.5], [1_767_323_055.0, 2, 0.5]])
    );
    let rewards = scalars["train/reward"].as_array().unwrap();
    assert!((rewards[1][2].as_f64().unwrap() - 0.2).abs() < 1e-7);
    let accuracies = scalars["eval/accuracy"].as_array().unwrap();
    let steps: Vec<_> = accuracies
        .iter()
        .map(|one| one[1].as_i64().unwrap())
        .collect();
    assert_eq!(steps, [0, 2]);
    assert!(scalars.get("train/step").is_none());
}

/// None, with the reason, where no Python has TensorBoard.
fn python() -> Option<String> {
    let Ok(python) = std::env::var("REATTEMPT_TEST_PYTHON") else {
        eprintln!("skipped: REATTEMPT_TEST_PYTHON does not name a Python with tensorboard");
        return None;
    };
    let imports = Command::new(&python)
        .args(["-c", "import tensorboard"])
        .output();
    match imports {
        Ok(output) if output.status.success() => Some(python),
        Ok(output) => {
            let reason = String::from_utf8_lossy(&output.stderr);
            let last = reason.trim_end().lines().last().unwrap_or_default();
            eprintln!("skipped: {python} cannot import tensorboard: {last}");
            None
        }
        Err(error) => {
            eprintln!("skipped: {python} cannot be run: {error}");
            None
        }
    }
}
