//! The journal through its real binary: what it records, what it skips, and what survives a kill.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use support::{Run, dialogue, evaluation};

#[test]
fn settings_are_resolved_from_files_and_assignments() {
    let run = Run::unopened();
    run.write(
        "later.toml",
        "[rollout]\ntemperature = 0.5\ntop-k = 3\n[run]\nseed = 7\n",
    );
    let opened = run
        .journal(&[
            "open",
            "RUN",
            "--settings",
            "base.toml",
            "--settings",
            "later.toml",
        ])
        .args(["--set", "steps=5", "--set", "rollout.template=a=b"])
        .assert()
        .success();
    assert_eq!(
        String::from_utf8_lossy(&opened.get_output().stdout),
        "RUN\n"
    );
    let written: toml::Table = run.read("RUN/settings.toml").parse().unwrap();
    assert_eq!(written["run"]["steps"].as_integer(), Some(5));
    assert_eq!(written["run"]["seed"].as_integer(), Some(7));
    assert_eq!(written["rollout"]["temperature"].as_float(), Some(0.5));
    assert_eq!(written["rollout"]["top-k"].as_integer(), Some(3));
    assert_eq!(written["rollout"]["template"].as_str(), Some("a=b"));
    for (key, value) in [
        ("run.steps", "5"),
        ("steps", "5"),
        ("rollout.template", "a=b"),
    ] {
        run.journal(&["get", "RUN", key])
            .assert()
            .success()
            .stdout(format!("{value}\n"));
    }
    run.journal(&["get", "RUN", "none", "--default", "x"])
        .assert()
        .success()
        .stdout("x\n");
    run.fails(&["get", "RUN", "none"], &["RUN", "no setting `none`"]);
}

#[test]
fn wrong_settings_are_named() {
    let run = Run::unopened();
    run.write("unknown.toml", "[run]\nsteps = 2\nsteep = 3\n");
    run.write("torn.toml", "[run]\nsteps = \n");
    run.write("deep.toml", "[rollout.temperature]\nstart = 1.0\n");
    let open = |rest: &[&'static str]| [&["open", "RUN", "--settings", "base.toml"], rest].concat();
    for (rest, parts) in [
        (
            &["--set", "stepz=1"][..],
            &["stepz", "did you mean `run.steps`"][..],
        ),
        (
            &["--set", "rollout.temprature=1"],
            &["rollout.temprature", "rollout.temperature"],
        ),
        (
            &["--set", "steps=many"],
            &["run.steps", "expected a number", "many"],
        ),
        (&["--set", "steps"], &["steps", "key=value"]),
        (
            &["--set", "threads=2"],
            &["threads", "rollout.threads", "score.threads"],
        ),
        (
            &["--settings", "unknown.toml"],
            &["unknown.toml", "run.steep"],
        ),
        (&["--settings", "torn.toml"], &["torn.toml", "line 2"]),
        (&["--settings", "missing.toml"], &["missing.toml"]),
        (
            &["--settings", "deep.toml"],
            &["deep.toml", "rollout.temperature", "expected a number"],
        ),
    ] {
        run.fails(&open(rest), parts);
    }
    assert!(!run.exists("RUN/settings.toml"));
}

#[test]
fn a_started_run_keeps_its_settings() {
    let run = Run::new();
    let open = |set: &'static str| ["open", "RUN", "--settings", "base.toml", "--set", set];
    // Nothing has run: other settings are welcome.
    run.journal(&open("temperature=0.5")).assert().success();
    run.journal(&open("temperature=1.0")).assert().success();
    run.stage(
        1,
        "a",
        "base.toml",
        "out",
        "cp base.toml RUN/steps/000001/out",
    )
    .assert()
    .success();
    let before = run.read("RUN/settings.toml");
    run.fails(
        &open("temperature=0.5"),
        &["RUN", "rollout.temperature: 1.0 there, 0.5 now"],
    );
    assert_eq!(before, run.read("RUN/settings.toml"));
    run.journal(&open("steps=9")).assert().success();
    run.journal(&["get", "RUN", "steps"])
        .assert()
        .success()
        .stdout("9\n");
    run.journal(&open("rollout.threads=9")).assert().success();
}

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

#[test]
fn signals_reach_the_stage_and_end_the_journal_after_it() {
    let run = Run::new();
    let script =
        "trap 'echo stopped > seen; exit 143' TERM; echo > started; while :; do sleep 0.02; done";
    let mut child = run
        .command(&[
            "run", "RUN", "--step", "1", "--output", "RUN/out", "--", "sh", "-c", script,
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    wait_for(|| run.exists("started"));
    Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert_eq!(
        run.read("seen"),
        "stopped\n",
        "the stage was told before the journal ended"
    );
    assert!(!run.exists("RUN/steps/000001/manifest.json"));
}

#[test]
fn a_killed_journal_takes_its_stage_along() {
    let run = Run::new();
    let script = "echo $$ >> started; while [ ! -e go ]; do sleep 0.02; done; cp base.toml RUN/steps/000001/out";
    let output = ["--output", "RUN/steps/000001/out", "--", "sh", "-c", script];
    let arguments = [&["run", "RUN", "--step", "1"][..], &output].concat();
    let mut killed = run.command(&arguments).spawn().unwrap();
    wait_for(|| run.exists("started") && run.read("started").ends_with('\n'));
    let stage = run.read("started").trim().to_owned();
    killed.kill().unwrap();
    killed.wait().unwrap();
    // Gone, or waiting for somebody to take note of it.
    let alive = || {
        let status = fs_err::read_to_string(format!("/proc/{stage}/status"));
        status.is_ok_and(|text| !text.contains("State:\tZ"))
    };
    wait_for(|| !alive());
    run.write("go", "");
    let mut second = run.command(&arguments).spawn().unwrap();
    assert!(second.wait().unwrap().success());
    assert_eq!(
        run.read("started").lines().count(),
        2,
        "the stage ran again"
    );
    let manifest = run.read("RUN/steps/000001/manifest.json");
    assert!(manifest.contains("\"exit_code\": 0"), "{manifest}");
}

fn wait_for(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_step_becomes_one_line_of_numbers() {
    let run = Run::new();
    run.finish_step(1);
    let line = run.metrics();
    let expected = [
        ("step", 1.0),
        ("dialogues", 2.0),
        ("reward", 0.25),
        ("accuracy", 0.5),
        ("accuracy_at_first_attempt", 0.0),
        ("attempts_used", 2.0),
        ("response_tokens", 2.5),
        ("truncated", 0.0),
        ("optimizer_steps", 2.0),
        ("policy_loss", -0.02),
        ("value_tokens", 7.0),
        ("actor_lr", 1e-6),
    ];
    for (field, value) in expected {
        let found = line[0][field].as_f64().unwrap_or(f64::NAN);
        assert!((found - value).abs() < 1e-6, "{field}: {found}");
    }
    // ln(policy/reference) is 0.2 on every token: k1 = 0.2, k3 = exp(-0.2) - 1 + 0.2.
    assert!((line[0]["kl_k1"].as_f64().unwrap() - 0.2).abs() < 1e-5);
    assert!((line[0]["kl"].as_f64().unwrap() - 0.018_730_8).abs() < 1e-6);
    assert!(line[0]["seconds_sh"].is_number() && line[0]["seconds"].is_number());
}

#[test]
fn recording_again_replaces_and_a_torn_line_is_dropped() {
    let run = Run::new();
    run.finish_step(1);
    run.finish_step(2);
    let whole = run.read("RUN/metrics.jsonl");
    run.record(1);
    assert_eq!(run.read("RUN/metrics.jsonl"), whole);
    let torn = &whole[..whole.len() - 20];
    run.write("RUN/metrics.jsonl", torn);
    run.journal(&["next", "RUN"])
        .assert()
        .success()
        .stdout("2\n");
    run.record(2);
    assert_eq!(run.read("RUN/metrics.jsonl"), whole);
    run.write(
        "RUN/metrics.jsonl",
        "{\"step\": 1}\nnonsense\n{\"step\": 3}\n",
    );
    run.fails(&["next", "RUN"], &["metrics.jsonl line 2"]);
}

#[test]
fn bad_records_are_located_and_change_nothing() {
    let run = Run::new();
    run.finish_step(1);
    let before = run.read("RUN/metrics.jsonl");
    let graded = |text: &str| run.write("bad.jsonl", text);
    let record = ["record", "RUN", "--step", "1", "--graded", "bad.jsonl"];
    run.fails(&record, &["bad.jsonl"]);
    graded("");
    run.fails(&record, &["bad.jsonl", "no rows"]);
    graded(&format!("{}\n{{\"torn", dialogue(1.0, true)));
    run.fails(&record, &["bad.jsonl line 2"]);
    graded(&dialogue(1.0, true).replace("\"reward\":1.0", "\"reward\":\"much\""));
    run.fails(&record, &["bad.jsonl line 1", "reward"]);
    graded(&dialogue(1.0, true).replace("\"attempts_used\":2,", ""));
    run.fails(&record, &["bad.jsonl line 1", "attempts_used", "missing"]);
    run.fails(&["record", "RUN", "--step", "5"], &["graded.parquet"]);
    assert_eq!(run.read("RUN/metrics.jsonl"), before);
}

#[test]
fn a_full_disk_leaves_the_old_metrics() {
    let run = Run::new();
    run.finish_step(1);
    let before = run.read("RUN/metrics.jsonl");
    // A limit on file size stands for a full disk: writing fails after the file was made.
    let script = format!(
        "trap '' XFSZ; ulimit -f 0; exec {} record RUN --step 2 --graded RUN/steps/000001/graded.jsonl",
        run.binary()
    );
    let failed = Command::new("sh")
        .args(["-c", &script])
        .current_dir(run.path(""))
        .output()
        .unwrap();
    assert_eq!(failed.status.code(), Some(1));
    assert!(
        String::from_utf8_lossy(&failed.stderr).contains("RUN/metrics.jsonl"),
        "{failed:?}"
    );
    assert_eq!(run.read("RUN/metrics.jsonl"), before);
    assert!(
        run.names("RUN").iter().all(|name| !name.ends_with(".tmp")),
        "{:?}",
        run.names("RUN")
    );
}

#[test]
fn evaluations_find_the_best_step() {
    let run = Run::new();
    run.fails(&["best", "RUN"], &["no evaluation"]);
    for (step, accuracies) in [(0, [0.2, 0.3]), (2, [0.4, 0.6]), (4, [0.5, 0.5])] {
        run.write(&format!("RUN/checkpoints/00000{step}/policy/x"), "x");
        run.write(
            &format!("RUN/eval/00000{step}/summary.json"),
            &evaluation("m", accuracies),
        );
        run.journal(&["eval-record", "RUN", "--step", &step.to_string()])
            .assert()
            .success();
    }
    run.journal(&["best", "RUN"])
        .assert()
        .success()
        .stdout("2\n");
    assert_eq!(
        std::fs::read_link(run.path("RUN/checkpoints/best"))
            .unwrap()
            .to_str(),
        Some("000002")
    );
    let lines = run.lines("RUN/eval/metrics.jsonl");
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1]["accuracy_at_2"], 0.6);
    assert_eq!(lines[1]["accuracy"], 0.5);
    // A better one moves the link; recording it again adds nothing.
    run.write("RUN/eval/000004/summary.json", &evaluation("m", [0.9, 0.9]));
    for _ in 0..2 {
        run.journal(&["eval-record", "RUN", "--step", "4"])
            .assert()
            .success();
    }
    assert_eq!(
        std::fs::read_link(run.path("RUN/checkpoints/best"))
            .unwrap()
            .to_str(),
        Some("000004")
    );
    assert_eq!(run.lines("RUN/eval/metrics.jsonl").len(), 3);
    run.write("RUN/eval/000005/summary.json", "{}");
    run.fails(
        &["eval-record", "RUN", "--step", "5"],
        &["eval/000005/summary.json", "evaluate --format json"],
    );
}

#[test]
fn the_next_step_is_the_first_that_is_not_finished() {
    let run = Run::new();
    let next = |expected: &str| {
        run.journal(&["next", "RUN"])
            .assert()
            .success()
            .stdout(format!("{expected}\n"));
    };
    next("1");
    run.finish_step(1);
    next("2");
    run.finish_step(2);
    next("2"); // its evaluation is due
    run.write("RUN/eval/000002/summary.json", &evaluation("m", [0.5, 0.5]));
    run.journal(&["eval-record", "RUN", "--step", "2"])
        .assert()
        .success();
    next("3");
    for (step, code) in [(1, 1), (2, 0), (3, 0)] {
        // Every second step, and the last.
        let due = run
            .journal(&["eval-due", "RUN", "--step", &step.to_string()])
            .assert()
            .code(code);
        assert!(due.get_output().stderr.is_empty(), "an answer is no error");
    }
}

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
