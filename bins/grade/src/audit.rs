//! Our verdicts beside those of another grader.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use grading::{Builtin, Judgement, equivalent};
use rayon::prelude::*;
use records::{FieldError, Row};
use serde_json::Value;

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
        .map(|row| judged(row, args))
        .collect::<Result<Vec<_>, _>>()?;
    print(&mut std::io::stdout().lock(), &lines, &args.verdict_field)?;
    Ok(())
}

fn judged(row: &Row, args: &Args) -> Result<Line, FieldError> {
    let options = args.options();
    let reference = answer(row, &args.reference_field)?;
    let theirs = verdict(row, &args.verdict_field)?;
    if row.has(&args.prediction_field) {
        let given = answer(row, &args.prediction_field)?;
        let decision = equivalent(&given, &reference, &options);
        return Ok(Line {
            ours: decision.equivalent,
            theirs,
            reason: decision.reason.as_str(),
            given,
            reference,
        });
    }
    let graded = Builtin::new(options).judge(&answer(row, &args.response_field)?, &reference);
    let ours = graded.verdict == Judgement::Correct;
    Ok(Line {
        ours,
        theirs,
        reason: graded.reason.as_str(),
        given: graded.answer.unwrap_or_default(),
        reference,
    })
}

/// True or false, or a verdict by name; null where the other grader gave none.
fn verdict(row: &Row, field: &str) -> Result<Option<bool>, FieldError> {
    if !row.has(field) {
        return Ok(None);
    }
    match row.decode::<Value>(field)? {
        Value::Bool(verdict) => Ok(Some(verdict)),
        Value::String(name) => match Judgement::from_name(&name) {
            Some(judgement) => Ok(Some(judgement == Judgement::Correct)),
            None => Err(row.fail(field, format!("expected a verdict, found \"{name}\""))),
        },
        Value::Number(number) if number.as_f64() == Some(0.0) => Ok(Some(false)),
        Value::Number(number) if number.as_f64() == Some(1.0) => Ok(Some(true)),
        other => Err(row.fail(
            field,
            format!("expected true, false or a verdict, found {other}"),
        )),
    }
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
            "\n{reason}: {} disagreements (ours {}, theirs {})",
            lines.len(),
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
