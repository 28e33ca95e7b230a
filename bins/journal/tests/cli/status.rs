//! `journal prune` and `status`.

use crate::support::{Run, evaluation};

#[test]
fn pruning_keeps_what_is_needed() {
    let run = Run::new();
    run.journal(&["open", "RUN", "--settings", "base.toml", "--set", "steps=9"])
        .assert()
        .success();
    for step in 1..=5 {
        run.finish_step(step);
        run.write(&format!("RUN/checkpoints/00000{step}/policy/x"), "x");
        run.write(&format!("RUN/steps/00000{step}/rollouts.parquet"), "x");
    }
    run.write("RUN/checkpoints/000006/policy/x", "x"); // step 6 is not finished
    run.write("RUN/steps/000006/rollouts.parquet", "x");
    for (step, accuracy) in [(2, 0.9), (4, 0.1)] {
        run.write(
            &format!("RUN/eval/00000{step}/summary.json"),
            &evaluation("m", [accuracy; 2]),
        );
        run.journal(&["eval-record", "RUN", "--step", &step.to_string()])
            .assert()
            .success();
    }
    run.write("RUN/.trash/17-000001/x", "left by a killed call");
    run.journal(&["prune", "RUN"]).assert().success();
    assert_eq!(
        run.names("RUN/checkpoints"),
        ["000002", "000005", "000006", "best"]
    );
    assert_eq!(
        run.names("RUN/steps/000001"),
        [
            "graded.jsonl",
            "manifest.json",
            "ppo-step.jsonl",
            "scored.jsonl"
        ]
    );
    assert!(
        run.exists("RUN/steps/000005/rollouts.parquet")
            && run.exists("RUN/steps/000006/rollouts.parquet")
    );
    assert!(!run.exists("RUN/.trash"));
    // Again changes nothing, and the run goes on where it was.
    run.journal(&["prune", "RUN"]).assert().success();
    assert_eq!(
        run.names("RUN/checkpoints"),
        ["000002", "000005", "000006", "best"]
    );
    run.journal(&["next", "RUN"])
        .assert()
        .success()
        .stdout("6\n");
}

#[test]
fn a_checkpoint_that_is_not_there_keeps_its_step() {
    let run = Run::new();
    for step in 1..=3 {
        run.finish_step(step);
        run.write(&format!("RUN/steps/00000{step}/rollouts.parquet"), "x");
    }
    run.write("RUN/checkpoints/000001/policy/x", "x");
    run.journal(&["prune", "RUN"]).assert().success();
    // Steps 2 and 3 are all there is to make their checkpoints from.
    assert!(run.exists("RUN/steps/000002/rollouts.parquet"));
    assert!(run.exists("RUN/steps/000003/rollouts.parquet"));
}

#[test]
fn the_status_is_one_line_on_standard_error() {
    let run = Run::new();
    run.finish_step(1);
    let shown = run
        .journal(&["status", "RUN"])
        .assert()
        .success()
        .stdout("");
    let line = String::from_utf8_lossy(&shown.get_output().stderr).into_owned();
    for part in [
        "RUN",
        "1/3",
        "reward +0.250",
        "accuracy 50.0 %",
        "KL 0.0187",
        "attempts 2.00",
        "elapsed",
        "left",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert_eq!(line.matches('\n').count(), 1);
    run.journal(&["finish", "RUN"])
        .assert()
        .success()
        .stdout("")
        .stderr("");
}
