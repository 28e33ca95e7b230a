//! Our verdicts beside those of another grader.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use grading::{Builtin, equivalent};
use rayon::prelude::*;
use records::{Cell, FieldError, Row, Verdict};
use serde_json::Value;
use tables::Output;

use crate::answers::answer;
use crate::args::Args;

/// Disagreements that are written out for each reason.
const EXAMPLES: usize = 3;

struct Line {
    ours: bool,
    theirs: Option<bool>,
    reason: &'static str,
    given: String,
    reference: String,
}

/// Reads the file, grades it and prints agreement, then the disagreements by reason.
pub fn run(file: &Path, args: &Args) -> Result<()> {
    let rows = tables::read_all(file, None)?;
    let lines = rows
        .par_iter()
        .filter_map(|row| judged(row, args).transpose())
        .collect::<Result<Vec<_>, _>>()?;
    if lines.is_empty() {
        bail!(
            "{}: {} rows, expected one with a reference in \"{}\"",
            file.display(),
            rows.len(),
            args.reference_field
        );
    }
    if lines.iter().all(|line| line.theirs.is_none()) {
        bail!(
            "{}: none of {} rows has a verdict in \"{}\"; --verdict-field names the field",
            file.display(),
            lines.len(),
            args.verdict_field
        );
    }
    let mut out = Vec::new();
    if lines.len() < rows.len() {
        let without = rows.len() - lines.len();
        writeln!(out, "left out, as the reference is null: {without}")?;
    }
    print(&mut out, &lines, &args.verdict_field)?;
    Ok(Output::write_whole(&args.io.output, &out)?)
}

/// Nothing for a row whose reference is null.
fn judged(row: &Row, args: &Args) -> Result<Option<Line>, FieldError> {
    if row.get(&args.reference_field).is_some_and(Cell::is_null) {
        return Ok(None);
    }
    let options = args.options();
    let reference = answer(row, &args.reference_field)?;
    let theirs = verdict(row, &args.verdict_field)?;
    if row.has(&args.prediction_field) {
        let given = answer(row, &args.prediction_field)?;
        let decision = equivalent(&given, &reference, &options);
        return Ok(Some(Line {
            ours: decision.equivalent,
            theirs,
            reason: decision.reason.as_str(),
            given,
            reference,
        }));
    }
    let graded = Builtin::new(options).judge(&answer(row, &args.response_field)?, &reference);
    let ours = graded.verdict == Verdict::Correct;
    Ok(Some(Line {
        ours,
        theirs,
        reason: graded.reason.as_str(),
        given: graded.answer.unwrap_or_default(),
        reference,
    }))
}

/// True or false, or a verdict by name; null where the other grader gave none.
fn verdict(row: &Row, field: &str) -> Result<Option<bool>, FieldError> {
    if !row.has(field) {
        return Ok(None);
    }
    match row.decode::<Value>(field)? {
        Value::Bool(verdict) => Ok(Some(verdict)),
        Value::String(name) => match name.parse::<Verdict>() {
            Ok(verdict) => Ok(Some(verdict == Verdict::Correct)),
            Err(_) => Err(row.fail(field, expected(&format!("{name:?}")))),
        },
        Value::Number(number) if number.as_f64() == Some(0.0) => Ok(Some(false)),
        Value::Number(number) if number.as_f64() == Some(1.0) => Ok(Some(true)),
        other => Err(row.fail(field, expected(&other.to_string()))),
    }
}

fn expected(found: &str) -> String {
    let names: Vec<&str> = Verdict::ALL
        .iter()
        .map(|verdict| verdict.as_str())
        .collect();
    format!(
        "expected true, false, 1, 0, null or one of {}, found {found}",
        names.join(", ")
    )
}

fn print(out: &mut impl Write, lines: &[Line], field: &str) -> std::io::Result<()> {
    let count = |ours, theirs| {
        lines
            .iter()
            .filter(|line| line.ours == ours && line.theirs == Some(theirs))
            .count()
    };
    let (both, neither, only_us, only_them) = (
        count(true, true),
        count(false, false),
        count(true, false),
        count(false, true),
    );
    let known = both + neither + only_us + only_them;
    let share = 100.0 * (both + neither) as f64 / known.max(1) as f64;
    writeln!(
        out,
        "{} rows, {} with a verdict in \"{field}\"",
        lines.len(),
        known
    )?;
    writeln!(
        out,
        "agreement {share:.2} %: both right {both}, both wrong {neither}, only ours right {only_us}, only theirs right {only_them}"
    )?;
    let mut reasons: BTreeMap<(&str, bool), Vec<&Line>> = BTreeMap::new();
    for line in lines
        .iter()
        .filter(|line| line.theirs.is_some_and(|theirs| theirs != line.ours))
    {
        reasons
            .entry((line.reason, line.ours))
            .or_default()
            .push(line);
    }
    for ((reason, ours), lines) in reasons {
        writeln!(
            out,
            "\n{reason}: {} {} (ours {}, theirs {})",
            lines.len(),
            if lines.len() == 1 {
                "disagreement"
            } else {
                "disagreements"
            },
            word(ours),
            word(!ours)
        )?;
        for line in lines.iter().take(EXAMPLES) {
            writeln!(out, "  {:?} against {:?}", line.given, line.reference)?;
        }
    }
    Ok(())
}

fn word(right: bool) -> &'static str {
    if right { "right" } else { "wrong" }
}
