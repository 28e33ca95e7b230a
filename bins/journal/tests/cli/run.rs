//! `journal run`: what is skipped, what is run again, and what survives.

use crate::support::Run;

#[test]
fn a_stage_runs_once_and_again_when_anything_changed() {
    let run = Run::new();
    run.write("input", "1");
    let work = "echo ran >> log; cp input RUN/steps/000001/out";
    let go = |script: &str| {
        run.stage(1, "sh", "input", "out", script)
            .assert()
            .success()
    };
    let runs = || run.read("log").lines().count();
    go(work);
    go(work);
    assert_eq!(runs(), 1, "done: skipped");
    run.write("input", "2");
    go(work);
    assert_eq!(
        (runs(), run.read("RUN/steps/000001/out").as_str()),
        (2, "2"),
        "input changed"
    );
    go(&format!("{work}; true"));
    assert_eq!(runs(), 3, "command changed");
    run.journal(&[
        "open",
        "RUN",
        "--settings",
        "base.toml",
        "--set",
        "sh.threads=3",
    ])
    .assert()
    .success();
    go(&format!("{work}; true"));
    assert_eq!(runs(), 4, "settings table of the program changed");
    run.remove("RUN/steps/000001/out");
    go(&format!("{work}; true"));
    assert_eq!(runs(), 5, "output gone");
}

#[test]
fn equal_runs_have_equal_manifests_but_for_timings() {
    let manifests = [Run::new(), Run::new()].map(|run| {
        run.stage(
            1,
            "a",
            "base.toml",
            "out",
            "cp base.toml RUN/steps/000001/out",
        )
        .assert()
        .success();
        run.stage(
            2,
            "b",
            "RUN/steps/000001/out",
            "dir",
            "mkdir RUN/steps/000002/dir && cp base.toml RUN/steps/000002/dir/",
        )
        .assert()
        .success();
        ["1", "2"].map(|step| {
            let mut manifest: serde_json::Value =
                serde_json::from_str(&run.read(&format!("RUN/steps/00000{step}/manifest.json")))
                    .unwrap();
            let timings = manifest.as_object_mut().unwrap().remove("timings").unwrap();
            assert!(
                timings
                    .as_object()
                    .unwrap()
                    .values()
                    .all(|timing| timing["seconds"].is_number())
            );
            manifest
        })
    });
    assert_eq!(manifests[0], manifests[1]);
    let stage = &manifests[0][1]["stages"]["b"];
    assert!(
        stage["inputs"]["steps/000001/out"]
            .as_str()
            .unwrap()
            .starts_with("blake3:")
    );
    assert!(
        stage["command"][2]
            .as_str()
            .unwrap()
            .contains("$RUN/steps/000002/dir")
    );
}

#[test]
fn a_failing_stage_passes_its_status_on_and_says_how_to_run_it() {
    let run = Run::new();
    let failed = run
        .stage(
            3,
            "score",
            "base.toml",
            "out",
            "echo 'no such tensor' >&2; exit 7",
        )
        .assert()
        .code(7);
    let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
    for part in [
        "no such tensor",
        "stage score of step 3 failed with exit status 7",
        "sh -c 'echo '",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let manifest: serde_json::Value =
        serde_json::from_str(&run.read("RUN/steps/000003/manifest.json")).unwrap();
    assert_eq!(manifest["stages"]["score"]["exit_code"], 7);
    // It is not done: the same command runs it again.
    run.stage(
        3,
        "score",
        "base.toml",
        "out",
        "echo 'no such tensor' >&2; exit 7",
    )
    .assert()
    .code(7);
}

#[test]
fn a_stage_that_lies_about_its_output_or_cannot_start_fails() {
    let run = Run::new();
    let said = |assert: assert_cmd::assert::Assert| {
        String::from_utf8_lossy(&assert.code(1).get_output().stderr).into_owned()
    };
    let text = said(run.stage(1, "liar", "base.toml", "out", "true").assert());
    assert!(
        text.contains("liar") && text.contains("did not write RUN/steps/000001/out"),
        "{text}"
    );
    let text = said(run.stage(1, "a", "missing", "out", "true").assert());
    assert!(
        text.contains("missing") && text.contains("stage a"),
        "{text}"
    );
    let text = said(
        run.journal(&[
            "run",
            "RUN",
            "--step",
            "1",
            "--output",
            "RUN/x",
            "--",
            "no-such-program",
        ])
        .assert(),
    );
    assert!(text.contains("no-such-program"), "{text}");
    run.fails(
        &[
            "run", "RUN", "--step", "1", "--output", "outside", "--", "true",
        ],
        &["outside", "inside RUN"],
    );
    run.fails(
        &[
            "run",
            "nowhere",
            "--step",
            "1",
            "--output",
            "nowhere/x",
            "--",
            "true",
        ],
        &["nowhere", "not a run"],
    );
}

#[test]
fn standard_output_is_caught_whole_or_not_at_all() {
    let run = Run::new();
    let go = |script: &str| {
        let mut command = run.journal(&[
            "run",
            "RUN",
            "--step",
            "1",
            "--stdout",
            "RUN/steps/000001/lines",
        ]);
        command.args(["--", "sh", "-c", script]).assert()
    };
    go("echo one; exit 1").code(1);
    assert!(!run.exists("RUN/steps/000001/lines"));
    go("echo one; echo two").success().stdout("");
    assert_eq!(run.read("RUN/steps/000001/lines"), "one\ntwo\n");
    assert_eq!(
        run.names("RUN/steps/000001"),
        ["lines", "manifest.json"],
        "no temporary is left"
    );
}

#[test]
fn an_output_directory_that_no_manifest_vouches_for_makes_way() {
    let run = Run::new();
    // As a killed journal leaves it: published, not recorded, and an unfinished neighbour.
    run.write("RUN/checkpoints/000001/old", "x");
    run.write("RUN/checkpoints/.000001.17.0.tmp/part", "x");
    let script = "mkdir RUN/checkpoints/000001 && echo new > RUN/checkpoints/000001/new";
    let mut command = run.journal(&[
        "run",
        "RUN",
        "--step",
        "1",
        "--output",
        "RUN/checkpoints/000001",
    ]);
    command.args(["--", "sh", "-c", script]).assert().success();
    assert_eq!(run.names("RUN/checkpoints"), ["000001"]);
    assert_eq!(run.names("RUN/checkpoints/000001"), ["new"]);
}
