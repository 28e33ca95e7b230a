//! `journal open`, `get` and `next`: settings, and where a run goes on.

use crate::support::{Run, evaluation};

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
fn a_settings_file_may_build_on_another() {
    let run = Run::unopened();
    run.write(
        "presets/large.toml",
        "base = \"../base.toml\"\n[run]\nseed = 9\n[rollout]\ntop-k = 3\n",
    );
    run.write(
        "larger.toml",
        "base = \"presets/large.toml\"\n[run]\nsteps = 4\n",
    );
    run.journal(&[
        "open",
        "RUN",
        "--settings",
        "larger.toml",
        "--set",
        "top-k=5",
    ])
    .assert()
    .success();
    let written: toml::Table = run.read("RUN/settings.toml").parse().unwrap();
    assert_eq!(written["run"]["seed"].as_integer(), Some(9));
    assert_eq!(written["run"]["steps"].as_integer(), Some(4));
    assert_eq!(written["rollout"]["top-k"].as_integer(), Some(5));
    assert_eq!(written["rollout"]["template"].as_str(), Some("chatml"));
    assert!(!written.contains_key("base"));
}

#[test]
fn a_base_that_cannot_be_built_on_is_named() {
    let run = Run::unopened();
    run.write("deep/a.toml", "base = \"../b.toml\"\n");
    run.write("b.toml", "base = \"deep/a.toml\"\n");
    run.write("lost.toml", "base = \"nowhere.toml\"\n");
    run.write("number.toml", "base = 3\n");
    run.write("slip.toml", "base = \"base.toml\"\n[run]\nstepz = 3\n");
    for (file, parts) in [
        ("b.toml", ["b.toml", "builds on itself"]),
        ("lost.toml", ["nowhere.toml", "No such file"]),
        ("number.toml", ["number.toml", "expected a string"]),
        ("slip.toml", ["slip.toml", "run.stepz"]),
    ] {
        run.fails(&["open", "RUN", "--settings", file], &parts);
    }
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
