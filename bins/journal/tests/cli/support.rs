//! A run folder in a temporary directory, and the files that stages would write.

use std::path::PathBuf;
use std::process::Command as StdCommand;

use assert_cmd::Command;
use tempfile::TempDir;

const BASE: &str = "\
[run]
steps = 3
eval_every = 2
keep_checkpoints = 1
keep_steps = 1
seed = 1

[rollout]
temperature = 1.0
template = \"chatml\"
threads = 1

[score]
threads = 1

[sh]
threads = 1
";

pub struct Run {
    folder: TempDir,
}

impl Run {
    /// A folder with base settings only.
    pub fn unopened() -> Run {
        let run = Run {
            folder: tempfile::tempdir().unwrap(),
        };
        run.write("base.toml", BASE);
        run
    }

    pub fn new() -> Run {
        let run = Run::unopened();
        run.journal(&["open", "RUN", "--settings", "base.toml"])
            .assert()
            .success();
        run
    }

    pub fn binary(&self) -> &'static str {
        env!("CARGO_BIN_EXE_journal")
    }

    pub fn journal(&self, arguments: &[&str]) -> Command {
        Command::from_std(self.command(arguments))
    }

    pub fn command(&self, arguments: &[&str]) -> StdCommand {
        let mut command = StdCommand::new(self.binary());
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("RUST_LOG");
        command
    }

    /// A stage of a step that is a shell script.
    pub fn stage(&self, step: u64, name: &str, input: &str, output: &str, script: &str) -> Command {
        let (step_text, output) = (step.to_string(), format!("RUN/steps/{step:06}/{output}"));
        let mut command = self.journal(&["run", "RUN", "--step", &step_text, "--stage", name]);
        command.args([
            "--input", input, "--output", &output, "--", "sh", "-c", script,
        ]);
        command
    }

    /// Expects status 1 and a message with these parts.
    pub fn fails(&self, arguments: &[&str], parts: &[&str]) {
        let failed = self.journal(arguments).assert().code(1);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        for part in parts {
            assert!(said.contains(part), "{arguments:?}: no {part:?} in {said}");
        }
    }

    /// One recorded step with the files that its numbers come from.
    pub fn finish_step(&self, step: u64) {
        let folder = format!("RUN/steps/{step:06}");
        let rows = [dialogue(1.0, true), dialogue(-0.5, false)].join("\n") + "\n";
        self.write(&format!("{folder}/graded.jsonl"), &rows);
        self.write(&format!("{folder}/scored.jsonl"), &rows);
        let training = "{\"policy_loss\": -0.01, \"actor_lr\": 2e-6, \"value_tokens\": 3}\n{\"policy_loss\": -0.03, \"actor_lr\": 1e-6, \"value_tokens\": 4}\n";
        self.write(&format!("{folder}/ppo-step.jsonl"), training);
        self.stage(step, "sh", "base.toml", "graded.jsonl", "true")
            .assert()
            .success();
        self.record(step);
    }

    pub fn record(&self, step: u64) {
        let file = |name: &str| format!("RUN/steps/{step:06}/{name}.jsonl");
        let mut record = self.journal(&["record", "RUN", "--step", &step.to_string()]);
        record
            .args(["--graded", &file("graded"), "--scored", &file("scored")])
            .assert()
            .success();
    }

    pub fn metrics(&self) -> Vec<serde_json::Value> {
        self.lines("RUN/metrics.jsonl")
    }

    pub fn lines(&self, name: &str) -> Vec<serde_json::Value> {
        self.read(name)
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    pub fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    pub fn remove(&self, name: &str) {
        fs_err::remove_file(self.path(name)).unwrap();
    }

    /// What a folder holds, in order.
    pub fn names(&self, name: &str) -> Vec<String> {
        let entries = fs_err::read_dir(self.path(name)).unwrap();
        let name = |entry: std::io::Result<fs_err::DirEntry>| {
            entry.unwrap().file_name().to_string_lossy().into_owned()
        };
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}

/// A scored dialogue of two attempts; five tokens, of which the policy sampled two or three.
pub fn dialogue(reward: f64, correct: bool) -> String {
    let second = if correct { "correct" } else { "wrong" };
    let attempt = |start: i32, verdict: &str| {
        format!(
            r#"{{"start":{start},"end":{},"text":"a","answer":"1","verdict":"{verdict}","stop":"eos"}}"#,
            start + 1
        )
    };
    format!(
        concat!(
            r#"{{"question_id":"q/1","source":"q","attempts_allowed":2,"token_ids":[1,2,3,4,5],"#,
            r#""loss_mask":[false,true,false,true,{third}],"logprobs":[0,-1.1,0,-1.1,{sampled}],"#,
            r#""policy_logprobs":[0,-1.0,0,-1.0,{policy}],"reference_logprobs":[0,-1.2,0,-1.2,{reference}],"#,
            r#""attempts":[{first},{second}],"attempts_used":2,"stop_reason":"{stop}","#,
            r#""correct":{correct},"reward":{reward:?}}}"#
        ),
        third = correct,
        sampled = if correct { "-1.1" } else { "0" },
        policy = if correct { "-1.0" } else { "0" },
        reference = if correct { "-1.2" } else { "0" },
        first = attempt(1, "wrong"),
        second = attempt(3, second),
        stop = if correct { "solved" } else { "exhausted" },
        correct = correct,
        reward = reward,
    )
}

/// What `evaluate --format json` prints, as far as it is recorded.
pub fn evaluation(model: &str, accuracies: [f64; 2]) -> String {
    let mean = |(at, accuracy): (usize, f64)| {
        serde_json::json!({
            "model": model, "attempts_allowed": at + 1, "accuracy": accuracy,
            "attempts_used": 1.5, "response_tokens": 20.0, "truncated": 0.0,
        })
    };
    let means: Vec<_> = accuracies.into_iter().enumerate().map(mean).collect();
    serde_json::json!({ "means": means }).to_string()
}
