//! A program in a process group of its own, and the pipes to it.
//!
//! Both pipes are read and written without blocking, so that a time limit holds whatever the program does. Knows nothing
//! about what is said.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use super::watcher::Watcher;

/// How long a program may take to end by itself, and again to heed SIGTERM.
const GRACE: Duration = Duration::from_secs(1);

/// How often an end is looked for that no pipe tells of: a child of the program may keep its output open.
const LOOK: Duration = Duration::from_millis(50);

/// Bytes taken from the pipe at once: all that it holds.
const PIPE: usize = 64 << 10;

/// What came of waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// More output.
    Came,
    /// No more output can come.
    Ended,
    TimedOut,
}

pub(super) struct Program {
    child: Child,
    group: Pid,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    /// What the pipe had no room for yet.
    unsent: VecDeque<u8>,
    ended: Option<Option<ExitStatus>>,
    watcher: Watcher,
}

impl Program {
    /// Starts `sh -c command`.
    pub fn start(command: &str) -> io::Result<Self> {
        let mut child = Command::new("sh")
            .args(["-c", command])
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let group = Pid::from_child(&child);
        let mut program = Self {
            group,
            stdin: child.stdin.take(),
            stdout: child.stdout.take(),
            child,
            unsent: VecDeque::new(),
            ended: None,
            watcher: Watcher::default(),
        };
        program.watcher = Watcher::over(group)?;
        if let Some(stdin) = &program.stdin {
            fcntl_setfl(stdin, OFlags::NONBLOCK)?;
        }
        if let Some(stdout) = &program.stdout {
            fcntl_setfl(stdout, OFlags::NONBLOCK)?;
        }
        Ok(program)
    }

    /// Puts a line where [`step`](Self::step) takes it from.
    pub fn send(&mut self, line: &str) {
        self.unsent.extend(line.as_bytes());
        self.unsent.push_back(b'\n');
    }

    /// Tells the program that nothing more comes.
    pub fn close_input(&mut self) {
        self.stdin = None;
        self.unsent.clear();
    }

    /// Moves bytes both ways until some have come, none can come, or the deadline has passed.
    pub fn step(&mut self, into: &mut Vec<u8>, deadline: Instant) -> io::Result<Step> {
        loop {
            self.write()?;
            // Looked up before reading: what an ended program has written lies in the pipe by then.
            let exited = self.has_exited();
            match self.read(into)? {
                Some(0) => return Ok(Step::Ended),
                None if exited => return Ok(Step::Ended),
                None => {}
                Some(_) => return Ok(Step::Came),
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Step::TimedOut);
            }
            self.poll(left.min(LOOK))?;
        }
    }

    /// Whether the program ends by itself before the deadline.
    pub fn exits_before(&self, deadline: Instant) -> bool {
        while !self.has_exited() {
            if Instant::now() >= deadline {
                return false;
            }
            thread::sleep(Duration::from_millis(2));
        }
        true
    }

    /// Why no more output comes, for a message. Ends the program.
    pub fn how_it_ended(&mut self) -> String {
        if !self.exits_before(Instant::now() + GRACE) {
            return "it closed its output and still runs".to_owned();
        }
        let status = self.end();
        status.map_or_else(|| "ended".to_owned(), |status| status.to_string())
    }

    /// Ends the program and its children: by themselves, by SIGTERM, by SIGKILL. Its exit status.
    pub fn end(&mut self) -> Option<ExitStatus> {
        if let Some(status) = self.ended {
            return status;
        }
        self.close_input();
        if !self.exits_before(Instant::now() + GRACE) {
            self.signal(Signal::TERM);
            self.exits_before(Instant::now() + GRACE);
        }
        // Before the program is waited for: until then its number stands for no other group.
        self.signal(Signal::KILL);
        let status = self.child.wait().ok();
        self.ended = Some(status);
        self.watcher.release();
        status
    }

    fn signal(&self, signal: Signal) {
        // A group that is gone is what was wanted.
        let _ = kill_process_group(self.group, signal);
    }

    /// Leaves the program to be waited for.
    fn has_exited(&self) -> bool {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        self.ended.is_some() || !matches!(waitid(WaitId::Pid(self.group), options), Ok(None))
    }

    fn write(&mut self) -> io::Result<()> {
        while let Some(stdin) = self.stdin.as_mut().filter(|_| !self.unsent.is_empty()) {
            match stdin.write(self.unsent.as_slices().0) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // A program that reads no more may have answered; if not, the missing answer tells.
                Err(error) if error.kind() == ErrorKind::BrokenPipe => self.close_input(),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The number of bytes that came, 0 at the end of the output; `None` where none are there yet.
    fn read(&mut self, into: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let Some(stdout) = &mut self.stdout else {
            return Ok(Some(0));
        };
        let mut bytes = [0; PIPE];
        loop {
            match stdout.read(&mut bytes) {
                Ok(count) => {
                    into.extend_from_slice(&bytes[..count]);
                    return Ok(Some(count));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn poll(&self, patience: Duration) -> io::Result<()> {
        let mut waited = Vec::with_capacity(2);
        if let Some(stdout) = &self.stdout {
            waited.push(PollFd::from_borrowed_fd(stdout.as_fd(), PollFlags::IN));
        }
        if let Some(stdin) = self.stdin.as_ref().filter(|_| !self.unsent.is_empty()) {
            waited.push(PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::OUT));
        }
        let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
        match poll(&mut waited, Some(&patience)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}
