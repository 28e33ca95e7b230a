//! A shell that ends a process group when we have gone without doing so ourselves, killed or stopped in the middle of
//! anything. Its input comes from us alone: a line lets it go, the end of the input sets it off.

use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use rustix::process::Pid;

const SCRIPT: &str =
    r#"read -r over || { kill -s TERM -- "-$1"; sleep 1; kill -s KILL -- "-$1"; }"#;

#[derive(Default)]
pub(super) struct Watcher(Option<Child>);

impl Watcher {
    /// Starts watching over the processes of `group`, in a group of its own that a terminal's signals do not reach.
    pub fn over(group: Pid) -> io::Result<Self> {
        let group = group.as_raw_nonzero().to_string();
        let shell = Command::new("sh")
            .args(["-c", SCRIPT, "watcher", &group])
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self(Some(shell)))
    }

    /// Lets it go: the group is gone.
    pub fn release(&mut self) {
        if let Some(mut shell) = self.0.take() {
            let told = shell.stdin.take().map(|mut stdin| stdin.write_all(b"\n"));
            if !matches!(told, Some(Ok(()))) {
                let _ = shell.kill();
            }
            let _ = shell.wait();
        }
    }
}
