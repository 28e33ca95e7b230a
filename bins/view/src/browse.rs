//! One dialogue at a time, on a terminal. Knows nothing about what is shown.

use std::io::{BufRead, Write, stdin, stdout};

use anyhow::Result;

const QUESTION: &str = "Enter or n: next, p: previous, q: quit ";

/// Shows the texts and reads what to do next, a line each time, so that no terminal is left in another mode.
pub fn one_by_one(mut texts: impl Iterator<Item = Result<String>>) -> Result<()> {
    let mut read: Vec<String> = Vec::new();
    let mut at = 0;
    loop {
        if at == read.len() {
            match texts.next() {
                Some(text) => read.push(text?),
                None => return Ok(()),
            }
        }
        show(&read[at])?;
        match asked()? {
            Some(Move::Next) => at += 1,
            Some(Move::Previous) => at = at.saturating_sub(1),
            None => return Ok(()),
        }
    }
}

enum Move {
    Next,
    Previous,
}

fn show(text: &str) -> Result<()> {
    let mut terminal = stdout().lock();
    write!(terminal, "{text}{QUESTION}")?;
    Ok(terminal.flush()?)
}

/// None to leave, as at the end of what is typed.
fn asked() -> Result<Option<Move>> {
    let mut line = String::new();
    if stdin().lock().read_line(&mut line)? == 0 {
        return Ok(None);
    }
    Ok(match line.trim() {
        "q" => None,
        "p" => Some(Move::Previous),
        _ => Some(Move::Next),
    })
}
