//! Running one program to its end: signals reach it, its output lands where it should.
//!
//! Knows nothing about runs, steps or manifests.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, anyhow, bail};
use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};

/// This program, even where its file has been replaced since.
const OURSELVES: &str = "/proc/self/exe";

/// Runs `command` until it ends; its standard output goes to `sink`, or to ours where there is none.
///
/// Where we are killed the kernel kills the program too. `lock` becomes its (empty) standard input: the lock then lasts as
/// long as the program and its children, so that no second stage starts beside what is still at work.
pub fn execute(
    command: &[OsString],
    lock: &File,
    sink: Option<&mut dyn Write>,
) -> Result<ExitStatus> {
    let Some(program) = command.first() else {
        bail!("no command to run")
    };
    let mut run = Command::new(OURSELVES);
    run.args(["exec", "--parent"])
        .arg(std::process::id().to_string())
        .arg("--")
        .args(command)
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

/// Becomes `command`, to be killed when the journal `parent` ends, whatever ends it. Returns where that fails.
///
/// The wish has to be made by the new process itself, and it outlasts the change of program.
pub fn become_stage(parent: i32, command: &[OsString]) -> anyhow::Error {
    let [program, arguments @ ..] = command else {
        return anyhow!("no command to run");
    };
    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return anyhow::Error::new(error).context("failed to tie the stage to its journal");
    }
    // It may have ended before the wish was heard.
    if getppid().map(Pid::as_raw_pid) != Some(parent) {
        return anyhow!("the journal that was to run this stage has ended");
    }
    let error = Command::new(program).args(arguments).exec();
    anyhow::Error::new(error).context(format!("failed to start {}", program.to_string_lossy()))
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
