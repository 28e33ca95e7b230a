//! Rows of pairs and of responses.

use anyhow::Result;
use grading::{Builtin, Decision, Options, Verdict, equivalent};
use rayon::prelude::*;
use records::{FieldError, Row};

/// The rows with `equivalent`, `reason` and, when negative, `detail`.
pub fn pairs(rows: Vec<Row>, options: &Options) -> Result<Vec<Row>> {
    each(rows, |row| {
        let decision = equivalent(
            &answer(row, "prediction")?,
            &answer(row, "reference")?,
            options,
        );
        row.set("equivalent", decision.equivalent);
        explained(row, decision);
        Ok(())
    })
}

/// The rows with `extracted`, `rule`, `equivalent`, `reason` and, when negative, `detail`.
pub fn responses(rows: Vec<Row>, options: &Options) -> Result<Vec<Row>> {
    let grader = Builtin::new(options.clone());
    each(rows, |row| {
        let graded = grader.judge(&answer(row, "response")?, &answer(row, "reference")?);
        row.set(
            "extracted",
            graded
                .answer
                .map_or(records::Cell::Null, records::Cell::Text),
        );
        row.set(
            "rule",
            graded.rule.map_or(records::Cell::Null, |rule| {
                records::Cell::Text(rule.as_str().to_owned())
            }),
        );
        row.set("equivalent", graded.verdict == Verdict::Correct);
        explained(
            row,
            Decision {
                equivalent: false,
                reason: graded.reason,
                detail: graded.detail,
            },
        );
        Ok(())
    })
}

fn each(
    mut rows: Vec<Row>,
    work: impl Fn(&mut Row) -> Result<(), FieldError> + Sync + Send,
) -> Result<Vec<Row>> {
    let results: Vec<Result<(), FieldError>> = rows.par_iter_mut().map(work).collect();
    results.into_iter().collect::<Result<(), _>>()?;
    Ok(rows)
}

fn explained(row: &mut Row, decision: Decision) {
    row.set("reason", decision.reason.as_str().to_owned());
    row.set(
        "detail",
        decision
            .detail
            .map_or(records::Cell::Null, records::Cell::Text),
    );
}

/// A field's value as text, whatever its type: numbers keep every digit.
pub fn answer(row: &Row, field: &str) -> Result<String, FieldError> {
    row.to_text(field)
}
