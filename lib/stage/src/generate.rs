//! Man pages and shell completions from the definition that parsing and help use: `PROGRAM --generate man|bash|zsh|...`.
//!
//! Knows nothing about where they are installed.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::{Command, ValueEnum};
use clap_complete::Shell;

use crate::man;

/// The flag, which no help mentions: it stands alone on the command line.
const FLAG: &str = "--generate";
const MAN: &str = "man";

/// What was asked for, if the command line is the flag and one word.
pub fn asked(typed: &[OsString]) -> Option<String> {
    match typed {
        [_, flag, kind] if flag == FLAG => Some(kind.to_string_lossy().into_owned()),
        _ => None,
    }
}

/// Prints a page or a completion; a word that is neither is told.
pub fn print(command: Command, kind: &str) -> Result<(), String> {
    let text = text(command, kind)?;
    // A reader that has gone had enough.
    let _ = io::stdout().lock().write_all(&text);
    Ok(())
}

fn text(mut command: Command, kind: &str) -> Result<Vec<u8>, String> {
    if kind == MAN {
        return Ok(man::page(command).into_bytes());
    }
    let shell = Shell::from_str(kind, false).map_err(|_| {
        let known: Vec<String> = Shell::value_variants()
            .iter()
            .map(ToString::to_string)
            .collect();
        format!("{FLAG} {kind}: expected {MAN}, {}", known.join(", "))
    })?;
    let (name, mut text) = (command.get_name().to_owned(), Vec::new());
    clap_complete::generate(shell, &mut command, name, &mut text);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_stands_alone() {
        let asked = |words: &[&str]| asked(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(asked(&["demo", "--generate", "zsh"]), Some("zsh".into()));
        assert_eq!(asked(&["demo", "--generate"]), None);
        assert_eq!(asked(&["demo", "--generate", "zsh", "-q"]), None);
        assert_eq!(asked(&["demo", "--generator", "zsh"]), None);
    }

    #[test]
    fn an_unknown_shell_is_told() {
        let refused = text(Command::new("demo"), "csh").unwrap_err();
        assert!(
            refused.contains("--generate csh: expected man, bash"),
            "{refused}"
        );
    }
}
