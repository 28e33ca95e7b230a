//! The transcripts in `pipelines/README.md` are run, command by command, and must print what the page shows.
//!
//! A block that starts with "```console" is a transcript: lines that start with `$ ` are commands (continued by a
//! trailing backslash), what follows is their output. `...` in the output stands for anything: within a line for a
//! part of it, alone on a line for any number of lines. A block "```console no-test" is shown only.

use pipeline_tests::{bin_dir, root};
use std::path::Path;
use std::process::Command;

struct Exchange {
    line: usize,
    command: String,
    expected: Vec<String>,
}

fn exchanges(page: &str) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    let mut inside = false;
    for (index, text) in page.lines().enumerate() {
        match text.strip_prefix("```") {
            Some(kind) => inside = !inside && kind == "console",
            None if !inside => {}
            None => match (text.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => {
                    found.push(Exchange {
                        line: index + 1,
                        command: command.to_owned(),
                        expected: Vec::new(),
                    });
                }
                (None, Some(last)) if last.command.ends_with('\\') => {
                    last.command.push('\n');
                    last.command.push_str(text);
                }
                (None, Some(last)) => last.expected.push(text.to_owned()),
                (None, None) => panic!("line {}: output before any command", index + 1),
            },
        }
    }
    found
}

fn line_matches(pattern: &str, text: &str) -> bool {
    let mut rest = text;
    let parts: Vec<&str> = pattern.split("...").collect();
    for (index, part) in parts.iter().enumerate() {
        let position = match (index, index + 1 == parts.len()) {
            (0, true) => return text == *part,
            (0, false) => rest.starts_with(part).then_some(0),
            (_, true) => return rest.ends_with(part),
            _ => rest.find(part),
        };
        match position {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

fn output_matches(expected: &[String], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, later)) if first.trim() == "..." => {
            (0..=printed.len()).any(|skipped| output_matches(later, &printed[skipped..]))
        }
        Some((first, later)) => match printed.split_first() {
            Some((line, rest)) => line_matches(first, line) && output_matches(later, rest),
            None => false,
        },
    }
}

/// The gallery works in a scratch folder in which `data` is the repository's and everything written stays.
fn scratch() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for name in [
        "data",
        "pipelines",
        "Justfile",
        "just",
        "lib",
        "bins",
        "Cargo.toml",
        "Cargo.lock",
    ] {
        std::os::unix::fs::symlink(root().join(name), folder.path().join(name)).expect("a link");
    }
    folder
}

fn run(command: &str, folder: &Path) -> String {
    let path = format!(
        "{}:{}:{}",
        bin_dir().display(),
        std::env::var("REATTEMPT_TEST_VENV")
            .unwrap_or_else(|_| root().join(".venv-tests").display().to_string())
            + "/bin",
        std::env::var("PATH").unwrap_or_default()
    );
    let output = Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env("REATTEMPT_STAGES", bin_dir())
        .env("REATTEMPT_RUNS", folder.join("runs"))
        .output()
        .expect("bash runs");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    text
}

/// A tool that is not ours and not here.
fn missing_tool(command: &str, folder: &Path) -> Option<&'static str> {
    let needs = [
        ("| jq", "jq", "jq --version"),
        ("$ jq", "jq", "jq --version"),
        ("import duckdb", "duckdb", "python3 -c 'import duckdb'"),
        (
            "import pandas",
            "pandas",
            "python3 -c 'import pandas, pyarrow'",
        ),
        ("import polars", "polars", "python3 -c 'import polars'"),
    ];
    let command = format!("$ {command}");
    let wanted = needs
        .iter()
        .filter(|(mention, _, _)| command.contains(mention));
    wanted
        .map(|(_, tool, probe)| {
            (
                *tool,
                run(&format!("{probe} >/dev/null 2>&1 || echo absent"), folder),
            )
        })
        .find(|(_, answer)| answer.contains("absent"))
        .map(|(tool, _)| tool)
}

#[test]
fn transcripts_print_what_the_page_shows() {
    let page =
        std::fs::read_to_string(root().join("pipelines/README.md")).expect("pipelines/README.md");
    let exchanges = exchanges(&page);
    assert!(
        exchanges.len() >= 10,
        "the gallery holds {} commands",
        exchanges.len()
    );
    let folder = scratch();
    for exchange in exchanges {
        if let Some(tool) = missing_tool(&exchange.command, folder.path()) {
            eprintln!("skipped: line {}: {tool} is not installed", exchange.line);
            continue;
        }
        let printed = run(&exchange.command, folder.path());
        let lines: Vec<&str> = printed.lines().collect();
        let mut expected = exchange.expected;
        while expected.last().is_some_and(|line| line.is_empty()) {
            expected.pop();
        }
        assert!(
            output_matches(&expected, &lines),
            "pipelines/README.md line {}:\n$ {}\nexpected:\n{}\nprinted:\n{printed}",
            exchange.line,
            exchange.command,
            expected.join("\n"),
        );
    }
}

#[test]
fn an_ellipsis_stands_for_anything_and_nothing_else_does() {
    assert!(line_matches("reward ... of 4", "reward 0.25 of 4"));
    assert!(!line_matches("reward ... of 4", "reward 0.25 of 5"));
    assert!(!line_matches("reward", "rewards"));
    let page = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| (*line).to_owned())
            .collect::<Vec<_>>()
    };
    assert!(output_matches(
        &page(&["a", "...", "c"]),
        &["a", "b", "b", "c"]
    ));
    assert!(!output_matches(&page(&["a", "...", "c"]), &["a", "b"]));
}
