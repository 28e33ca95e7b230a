//! A run that is killed again and again ends with the same bytes as one that never was.
//!
//! Every stage is started through a shim that, the first time, lets it work for a moment and then kills it together
//! with the journal and the shell that run it: nobody gets to clean up. The same command is then given again.

use pipeline_tests::{bin_dir, root};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// Each stage with how long it lives the first time: pure ones die at once, tensor ones while at work.
const KILLED: &[(&str, &str)] = &[
    ("sample-questions", "0.001"),
    ("rollout", "0.01"),
    ("grade", "0.001"),
    ("score", "0.3"),
    ("compute-advantages", "0.001"),
    ("ppo-step", "0.8"),
    ("evaluate", "0.001"),
];

struct Loop {
    folder: tempfile::TempDir,
}

impl Loop {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for split in ["train", "dev", "test"] {
            let page = fs::read_to_string(root().join(format!("data/tiny/{split}.jsonl")))
                .expect("embedded questions");
            let few: Vec<&str> = page.lines().take(12).collect();
            fs::write(
                folder.path().join(format!("{split}.jsonl")),
                few.join("\n") + "\n",
            )
            .expect("a small split");
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs three steps with the stages in `stages`.
    fn train(&self, name: &str, stages: &Path) -> ExitStatus {
        let split =
            |name: &str| format!("{name}={}", self.path(&format!("{name}.jsonl")).display());
        Command::new("bash")
            .arg(root().join("pipelines/train.sh"))
            .args([
                "multi-attempt",
                &format!("run={name}"),
                "steps=3",
                "eval_every=2",
                "keep_checkpoints=1",
            ])
            .args([split("train"), split("dev"), split("test")])
            .args([
                "sample-questions.count=8",
                "rollout.max-new-tokens=40",
                "ppo-step.minibatch=4",
            ])
            .env("REATTEMPT_STAGES", stages)
            .env("REATTEMPT_RUNS", self.path("runs"))
            .current_dir(root())
            .process_group(0)
            .stdout(fs::File::create(self.path("stdout.log")).expect("a log"))
            .stderr(fs::File::create(self.path("stderr.log")).expect("a log"))
            .status()
            .expect("bash runs")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("stderr.log")).unwrap_or_default()
    }

    /// The weights and optimiser state of the last checkpoint, name and content.
    fn last_checkpoint(&self, name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let base = self.path("runs").join(name).join("checkpoints/000003");
        let mut files = Vec::new();
        collect(&base, &base, &mut files);
        files.sort();
        files
    }
}

fn collect(base: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
    {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(base, &path, files);
        } else {
            let name = path.strip_prefix(base).expect("below").to_path_buf();
            files.push((name, fs::read(&path).expect("a readable file")));
        }
    }
}

/// A folder of programs that pass everything on to the real stages, except that the named ones kill their whole
/// process group the first time.
fn shims(folder: &Path) -> PathBuf {
    let shims = folder.join("stages");
    let marks = folder.join("marks");
    fs::create_dir_all(&shims).expect("a folder");
    fs::create_dir_all(&marks).expect("a folder");
    for entry in fs::read_dir(root().join("bins")).expect("bins") {
        let name = entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        let real = bin_dir().join(&name);
        let delay = KILLED
            .iter()
            .find(|(stage, _)| *stage == name)
            .map(|(_, delay)| *delay);
        let script = match delay {
            None => format!("#!/bin/bash\nexec {} \"$@\"\n", real.display()),
            Some(delay) => format!(
                "#!/bin/bash\nif [ -e {mark} ]; then exec {real} \"$@\"; fi\ntouch {mark}\n\
                 {real} \"$@\" & pid=$!\nsleep {delay}\nkill -9 $pid\nkill -9 0\n",
                mark = marks.join(&name).display(),
                real = real.display(),
            ),
        };
        let path = shims.join(&name);
        fs::write(&path, script).expect("a shim");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("an executable shim");
    }
    shims
}

#[test]
fn a_run_killed_in_every_stage_ends_with_the_same_bytes() {
    let scratch = Loop::new();
    assert!(
        scratch.train("straight", &bin_dir()).success(),
        "{}",
        scratch.log()
    );
    let stages = shims(scratch.folder.path());
    let mut kills = 0;
    while !scratch.train("killed", &stages).success() {
        kills += 1;
        assert!(
            kills <= KILLED.len(),
            "still failing after {kills} runs:\n{}",
            scratch.log()
        );
    }
    assert_eq!(kills, KILLED.len(), "every stage dies once");
    let (straight, killed) = (
        scratch.last_checkpoint("straight"),
        scratch.last_checkpoint("killed"),
    );
    assert!(
        straight
            .iter()
            .any(|(name, _)| name.ends_with("policy/model.safetensors")),
        "{straight:?}"
    );
    let names = |files: &[(PathBuf, Vec<u8>)]| {
        files
            .iter()
            .map(|(name, _)| name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&straight), names(&killed));
    for ((name, left), (_, right)) in straight.iter().zip(&killed) {
        assert!(left == right, "{} differs", name.display());
    }
}

#[test]
fn the_same_command_after_the_end_does_nothing_again() {
    let scratch = Loop::new();
    assert!(
        scratch.train("done", &bin_dir()).success(),
        "{}",
        scratch.log()
    );
    let weights = scratch.path("runs/done/checkpoints/000003/policy/model.safetensors");
    let before = fs::metadata(&weights)
        .and_then(|data| data.modified())
        .expect("weights");
    let metrics = fs::read(scratch.path("runs/done/metrics.jsonl")).expect("metrics");
    assert!(
        scratch.train("done", &bin_dir()).success(),
        "{}",
        scratch.log()
    );
    assert_eq!(
        before,
        fs::metadata(&weights)
            .and_then(|data| data.modified())
            .expect("weights")
    );
    assert_eq!(
        metrics,
        fs::read(scratch.path("runs/done/metrics.jsonl")).expect("metrics")
    );
}
