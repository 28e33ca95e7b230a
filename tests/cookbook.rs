//! The recipes in `docs/cookbook.md` are run, command by command, and must print what the page shows.

use pipeline_tests::root;
use pipeline_tests::transcripts::{Tool, Workshop};
use std::process::Command;

const TOOLS: &[Tool] = &[
    ("| jq", "jq", "jq --version"),
    ("$ jq", "jq", "jq --version"),
    ("$ parallel", "GNU parallel", "parallel --version"),
    ("import pandas", "pandas", "python3 -c 'import pandas'"),
    ("plot(", "matplotlib", "python3 -c 'import matplotlib'"),
    (
        "transformers",
        "transformers with torch",
        "$PYTHON -c 'import transformers, torch'",
    ),
];

#[test]
fn recipes_print_what_the_page_shows() {
    let mut workshop = Workshop::new();
    workshop.set("PYTHONPATH", math_verify());
    let python = std::env::var("REATTEMPT_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    workshop.set("PYTHON", python);
    let commands = workshop.check("docs/cookbook.md", TOOLS);
    assert!(commands >= 20, "the cookbook holds {commands} commands");
}

/// Where Python finds Math-Verify: nowhere special, among the peers, or the stand-in.
fn math_verify() -> String {
    let peers = std::env::var("REATTEMPT_PEERS_VENV")
        .unwrap_or_else(|_| root().join(".venv-peers").display().to_string());
    let asked = "import math_verify, sysconfig; print(sysconfig.get_paths()['purelib'])";
    let output = Command::new(format!("{peers}/bin/python"))
        .args(["-c", asked])
        .output();
    match output {
        Ok(found) if found.status.success() => {
            String::from_utf8_lossy(&found.stdout).trim().to_owned()
        }
        _ => {
            eprintln!(
                "Math-Verify is not installed: tests/stand-ins/math_verify.py judges in its place"
            );
            root().join("tests/stand-ins").display().to_string()
        }
    }
}

#[test]
fn every_task_has_a_tested_block() {
    let page = fs_err::read_to_string(root().join("docs/cookbook.md")).expect("the page");
    let tasks: Vec<&str> = page.split("\n## ").skip(1).collect();
    assert_eq!(tasks.len(), 10);
    for task in tasks {
        let title = task.lines().next().unwrap_or_default();
        assert!(task.contains("\n```console\n$ "), "{title}");
    }
}
