//! Command lines as text: with the run folder's path taken out, and quoted for a shell.
//!
//! Knows nothing about which arguments a stage has.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// How the manifest spells a command: the program by name only and the run folder as `$RUN`, so
/// that runs in other places and builds in other folders compare equal.
pub fn portable(command: &[OsString], run: &Path) -> Vec<String> {
    let absolute = std::path::absolute(run).unwrap_or_else(|_| PathBuf::from(run));
    let text = |argument: &OsStr| {
        let argument = argument.to_string_lossy().into_owned();
        let argument = replace_path(&argument, &trimmed(&absolute));
        replace_path(&argument, &trimmed(run))
    };
    let program = command.first().map(|program| program_name(program));
    program
        .into_iter()
        .chain(command.iter().skip(1).map(|argument| text(argument)))
        .collect()
}

/// The program's file name.
pub fn program_name(program: &OsStr) -> String {
    Path::new(program)
        .file_name()
        .unwrap_or(program)
        .to_string_lossy()
        .into_owned()
}

/// The command as a line for a POSIX shell.
pub fn shell_line(command: &[OsString]) -> String {
    let words: Vec<String> = command
        .iter()
        .map(|argument| quoted(&argument.to_string_lossy()))
        .collect();
    words.join(" ")
}

fn trimmed(path: &Path) -> String {
    path.to_string_lossy().trim_end_matches('/').to_owned()
}

/// Replaces `path` by `$RUN` wherever it stands as a whole path or as the beginning of one.
fn replace_path(text: &str, path: &str) -> String {
    if path.is_empty() || path == "." {
        return text.to_owned();
    }
    let part_of_name = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    let mut result = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(path) {
        let (before, after) = (&rest[..at], &rest[at + path.len()..]);
        result.push_str(before);
        let starts = !result.ends_with(part_of_name);
        let ends = after.starts_with('/') || !after.starts_with(part_of_name);
        result.push_str(if starts && ends { "$RUN" } else { path });
        rest = after;
    }
    result + rest
}

fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=+:,@%".contains(c);
    if !argument.is_empty() && argument.chars().all(plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &[&str]) -> Vec<OsString> {
        text.iter().map(OsString::from).collect()
    }

    #[test]
    fn the_run_folder_becomes_a_variable() {
        let command = words(&[
            "/opt/bin/rollout",
            "--config=runs/a/settings.toml",
            "runs/a/x",
            "runs/ab/x",
            "old-runs/a/x",
            "cat runs/a/y > 'runs/a'",
        ]);
        let expected = [
            "rollout",
            "--config=$RUN/settings.toml",
            "$RUN/x",
            "runs/ab/x",
            "old-runs/a/x",
            "cat $RUN/y > '$RUN'",
        ];
        assert_eq!(portable(&command, Path::new("runs/a/")), expected);
    }

    #[test]
    fn shell_lines_survive_the_shell() {
        let command = words(&["grade", "--x", "it's $HOME", ""]);
        assert_eq!(shell_line(&command), r"grade --x 'it'\''s $HOME' ''");
    }
}
