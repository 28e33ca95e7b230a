//! Pages whose transcripts are run, command by command, and must print what the page shows.
//!
//! A block that starts with "```console" is a transcript: lines that start with `$ ` are commands (continued by a
//! trailing backslash), what follows is their output. `...` in the output stands for anything: within a line for a
//! part of it, alone on a line for any number of lines. A block "```console no-test" is shown only. Knows nothing about
//! what a page is about.

use crate::{bin_dir, root};
use std::process::Command;

/// A scratch folder in which the parts of the repository that commands name are the repository's, and everything
/// written stays.
pub struct Workshop {
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

/// A tool that is not ours: what mentions it in a command, what it is called, and a command that fails without it.
pub type Tool = (&'static str, &'static str, &'static str);

impl Workshop {
    /// # Panics
    /// Where the folder cannot be made.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for name in [
            "data",
            "docs",
            "pipelines",
            "Justfile",
            "just",
            "lib",
            "bins",
            "Cargo.toml",
            "Cargo.lock",
        ] {
            std::os::unix::fs::symlink(root().join(name), folder.path().join(name))
                .expect("a link");
        }
        let environment = Vec::new();
        Self {
            folder,
            environment,
        }
    }

    /// A variable of the environment of all commands.
    pub fn set(&mut self, name: &str, value: String) {
        self.environment.push((name.to_owned(), value));
    }

    /// What a command prints: standard output, then standard error.
    ///
    /// # Panics
    /// Where there is no bash.
    #[must_use]
    pub fn run(&self, command: &str) -> String {
        let tests = std::env::var("REATTEMPT_TEST_VENV")
            .unwrap_or_else(|_| root().join(".venv-tests").display().to_string());
        let before = std::env::var("PATH").unwrap_or_default();
        let path = format!("{}:{tests}/bin:{before}", bin_dir().display());
        let output = Command::new("bash")
            .args(["-c", &format!("set -o pipefail; {command}")])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("REATTEMPT_STAGES", bin_dir())
            .env("REATTEMPT_RUNS", self.folder.path().join("runs"))
            .envs(self.environment.iter().cloned())
            .output()
            .expect("bash runs");
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        text
    }

    /// The first of the tools that a command mentions and that is not here.
    #[must_use]
    pub fn missing(&self, command: &str, tools: &[Tool]) -> Option<&'static str> {
        let command = format!("$ {command}");
        let mentioned = tools.iter().filter(|tool| command.contains(tool.0));
        let mut absent = mentioned.filter(|(_, _, probe)| {
            let answer = self.run(&format!("{probe} >/dev/null 2>&1 || echo absent"));
            answer.contains("absent")
        });
        absent.next().map(|tool| tool.1)
    }

    /// Runs the transcripts of a page of the repository, less the commands that need tools that are not here, and says
    /// which; how many there are.
    ///
    /// # Panics
    /// Where a command prints what the page does not show.
    pub fn check(&self, page: &str, tools: &[Tool]) -> usize {
        let text = std::fs::read_to_string(root().join(page)).expect(page);
        let exchanges = exchanges(&text);
        for exchange in &exchanges {
            if let Some(tool) = self.missing(&exchange.command, tools) {
                eprintln!(
                    "skipped: {page} line {}: {tool} is not installed",
                    exchange.line
                );
                continue;
            }
            let printed = self.run(&exchange.command);
            let lines: Vec<&str> = printed.trim_end().lines().collect();
            let shown = exchange.expected.iter().rposition(|line| !line.is_empty());
            let expected = &exchange.expected[..shown.map_or(0, |last| last + 1)];
            assert!(
                output_matches(expected, &lines),
                "{page} line {}:\n$ {}\nexpected:\n{}\nprinted:\n{printed}",
                exchange.line,
                exchange.command,
                expected.join("\n"),
            );
        }
        exchanges.len()
    }
}

impl Default for Workshop {
    fn default() -> Self {
        Self::new()
    }
}

/// A command and what the page says that it prints.
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
