//! `journal run` and what ends it: signals, kills.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::Run;

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
