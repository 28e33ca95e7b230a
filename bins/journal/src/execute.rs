//! Running one program to its end: signals reach it, its output lands where it should.
//!
//! Knows nothing about runs, steps or manifests.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

/// Runs `command` until it ends; its standard output goes to `sink`, or to ours where there is none.
///
/// `lock` becomes the program's (empty) standard input: the lock then lasts as long as the program,
/// even where we are killed, so that no second stage starts beside an orphan.
pub fn execute(
    command: &[OsString],
    lock: &File,
    sink: Option<&mut dyn Write>,
) -> Result<ExitStatus> {
    let [program, arguments @ ..] = command else {
        bail!("no command to run")
    };
    let mut run = Command::new(program);
    run.args(arguments)
        .stdin(lock.try_clone().context("failed to share the lock")?);
    if sink.is_some() {
        run.stdout(Stdio::piped());
    }
    let mut child = run
        .spawn()
        .with_context(|| format!("failed to start {}", program.to_string_lossy()))?;
    let _signals = forward_signals(&child);
    let copied = match (sink, child.stdout.take()) {
        (Some(sink), Some(mut stdout)) => std::io::copy(&mut stdout, sink),
        _ => Ok(0),
    };
    // Waited for before any complaint: nothing that we started outlives us.
    let status = child.wait().context("failed to wait for the stage")?;
    copied.context("failed to write the stage's standard output")?;
    Ok(status)
}

/// The status that a shell gives a program which ended so.
pub fn exit_code(status: ExitStatus) -> i32 {
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(1)
}

fn forward_signals(child: &Child) -> stage::SignalsToChild {
    let child = Pid::from_child(child);
    stage::signals_to_child(move |signal| {
        if let Some(signal) = Signal::from_named_raw(signal) {
            // A child that has just ended is no error.
            let _ = kill_process(child, signal);
        }
    })
}
