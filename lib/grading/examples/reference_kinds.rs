//! Prints how the reference answers of data sets are read: a table by kind, and the ones that are read as text.
//!
//! `cargo run --release -p grading --example reference_kinds -- NAME=FILE...`
//! A file is JSON lines or one JSON array; the answer is the first of `answer`, `final_answer`, `target`,
//! `ground_truth_answer`, or the last box of `solution`, and for GSM8K what stands behind `####`.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;

use grading::{Rules, extract};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let mut unread = Vec::new();
    for argument in std::env::args().skip(1) {
        let (name, path) = argument.split_once('=').ok_or("expected NAME=FILE")?;
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        let rows = rows(&std::fs::read_to_string(path)?)?;
        for row in &rows {
            let answer = answer(row).unwrap_or_default();
            let kind = if answer.trim().is_empty() {
                "empty"
            } else {
                grading::kind(&answer).unwrap_or("unread: compared as text")
            };
            *kinds.entry(kind).or_default() += 1;
            if matches!(kind, "unread: compared as text" | "empty") {
                unread.push(format!("{name}: {answer}"));
            }
        }
        let cells: Vec<String> = kinds
            .iter()
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        writeln!(out, "| {name} | {} | {} |", rows.len(), cells.join(", "))?;
    }
    writeln!(out)?;
    for line in unread {
        writeln!(out, "- `{}`", line.replace('\n', " "))?;
    }
    Ok(())
}

fn rows(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    if text.trim_start().starts_with('[') {
        serde_json::from_str(text)
    } else {
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(serde_json::from_str)
            .collect()
    }
}

fn answer(row: &Value) -> Option<String> {
    let field = ["final_answer", "answer", "target", "ground_truth_answer"]
        .into_iter()
        .find_map(|field| row.get(field));
    let text = match field {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.first()?.as_str()?.to_owned(),
        // Some files write whole numbers as 27.0.
        Some(Value::Number(number)) if number.as_f64().is_some_and(|n| n.fract() == 0.0) => {
            format!("{:.0}", number.as_f64()?)
        }
        Some(other) => other.to_string(),
        None => extract(row.get("solution")?.as_str()?, None, Rules::BOXED)?
            .text
            .into_owned(),
    };
    Some(
        text.rsplit("####")
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned(),
    )
}
