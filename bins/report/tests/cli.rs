//! `report` through its real binary: figures and table of runs, whole, unfinished and broken.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use assert_cmd::Command;
use tempfile::TempDir;

struct Runs(TempDir);

impl Runs {
    /// Two runs of 40 steps; the second one has no KL.
    fn new() -> Runs {
        let runs = Runs(tempfile::tempdir().unwrap());
        for (name, kl) in [("multi-attempt", true), ("baseline", false)] {
            let line = |step: u64| {
                let share = 0.4 + 0.01 * step as f64 + 0.03 * ((step * 7 % 5) as f64 - 2.0);
                let kl = if kl {
                    format!(",\"kl\":{}", 1e-4 * step as f64)
                } else {
                    String::new()
                };
                format!(
                    "{{\"step\":{step},\"reward\":{},\"accuracy\":{share},\"attempts_used\":1.5,\"response_tokens\":{}{kl}}}\n",
                    2.0 * share - 1.0,
                    40 + step
                )
            };
            let evaluation = |step: u64| {
                let first = 0.4 + 0.005 * step as f64;
                format!(
                    "{{\"step\":{step},\"accuracy\":{},\"accuracy_at_1\":{first},\"accuracy_at_2\":{}}}\n",
                    first + 0.05,
                    first + 0.1
                )
            };
            runs.write(
                &format!("{name}/metrics.jsonl"),
                &(1..=40).map(line).collect::<String>(),
            );
            let evaluations = [0, 10, 20, 30, 40].map(evaluation).concat();
            runs.write(&format!("{name}/eval/metrics.jsonl"), &evaluations);
        }
        runs
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.path().join(name);
        fs_err::create_dir_all(path.parent().unwrap()).unwrap();
        fs_err::write(path, text).unwrap();
    }

    fn report(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_report"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.0.path().join(name)).unwrap()
    }

    fn fails(&self, arguments: &[&str], parts: &[&str]) {
        let failed = self.report(arguments).assert().code(1);
        let said = String::from_utf8_lossy(&failed.get_output().stderr).into_owned();
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

#[test]
fn curves_of_several_runs_share_their_panels() {
    let runs = Runs::new();
    let arguments = [
        "multi-attempt",
        "baseline",
        "--plot",
        "curves.svg",
        "--plot",
        "curves.png",
    ];
    runs.report(&arguments).assert().success().stdout("");
    let svg = String::from_utf8(runs.bytes("curves.svg")).unwrap();
    for title in [
        "Reward",
        "Training accuracy",
        "Evaluation accuracy",
        "KL to the reference",
        "Attempts used",
        "Response length",
    ] {
        assert!(svg.contains(title), "{title}");
    }
    assert!(svg.contains(">multi-attempt<") && svg.contains(">baseline<"));
    assert!(svg.contains("Running mean over 2 steps"));
    let png = runs.bytes("curves.png");
    assert_eq!(&png[..4], b"\x89PNG");
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs_err::write(folder.join("two-runs.png"), &png).unwrap();
    runs.report(&arguments).assert().success();
    assert_eq!(png, runs.bytes("curves.png"), "the same every time");
}

#[test]
fn one_run_shows_every_number_of_attempts_and_skips_what_it_has_not() {
    let runs = Runs::new();
    runs.report(&["baseline", "--plot", "one.svg", "--plot", "one.png"])
        .assert()
        .success();
    let svg = String::from_utf8(runs.bytes("one.svg")).unwrap();
    assert!(svg.contains(">1 attempt<") && svg.contains(">2 attempts<"));
    assert!(!svg.contains("KL to the reference"));
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs_err::write(folder.join("one-run.png"), runs.bytes("one.png")).unwrap();
}

#[test]
fn without_a_plot_a_table_says_where_runs_stand() {
    let runs = Runs::new();
    let shown = runs
        .report(&["multi-attempt", "baseline", "--labels", "a,b"])
        .assert()
        .success();
    let text = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    assert!(
        lines[1].starts_with("a ") && lines[1].contains("0.0001 → 0.0040"),
        "{text}"
    );
    assert!(
        lines[2].starts_with("b ") && lines[2].contains("65.0 %"),
        "{text}"
    );
}

#[test]
fn a_run_that_goes_on_can_be_shown() {
    let runs = Runs::new();
    runs.write(
        "young/metrics.jsonl",
        "{\"step\":1,\"reward\":0.5}\n{\"step\":2,\"rew",
    );
    runs.report(&["young", "--plot", "young.png"])
        .assert()
        .success();
    runs.report(&["young"]).assert().success();
}

#[test]
fn what_cannot_be_shown_is_named() {
    let runs = Runs::new();
    runs.write("empty/metrics.jsonl", "");
    runs.write(
        "bad/metrics.jsonl",
        "{\"step\":1}\nnonsense\n{\"step\":3}\n",
    );
    runs.write("stepless/metrics.jsonl", "{\"reward\":1}\n");
    runs.fails(&["nowhere"], &["nowhere", "not a run"]);
    runs.fails(&["empty"], &["empty/metrics.jsonl", "no finished step"]);
    runs.fails(&["bad"], &["bad/metrics.jsonl line 2"]);
    runs.fails(&["stepless"], &["stepless/metrics.jsonl line 1", "step"]);
    runs.fails(
        &["baseline", "--plot", "curves.jpeg"],
        &["curves.jpeg", ".svg or .png"],
    );
    runs.fails(
        &["baseline", "--plot", "no/such/folder/x.svg"],
        &["no/such/folder/x.svg"],
    );
    runs.fails(
        &["baseline", "--labels", "a,b"],
        &["--labels", "expected 1"],
    );
    runs.report(&[]).assert().code(2);
}
