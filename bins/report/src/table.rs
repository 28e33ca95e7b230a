//! Where runs stand, as a table for people.

use crate::runs::{Line, Run};

pub const HEADER: [&str; 7] = [
    "run",
    "steps",
    "reward",
    "accuracy",
    "KL",
    "best step",
    "best evaluation",
];

/// One line per run: first and last numbers of training, and the best evaluation.
pub fn text(runs: &[Run]) -> String {
    let mut rows = vec![HEADER.map(str::to_owned)];
    rows.extend(runs.iter().map(row));
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADER.len()).map(width).collect();
    rows.iter().map(|row| line(row, &widths)).collect()
}

/// First and last numbers of a run, and its best evaluation.
pub fn row(run: &Run) -> [String; 7] {
    let best = run.best_evaluation();
    let change = |field: &str, show: fn(f64) -> String| change(&run.steps, field, show);
    [
        run.name.clone(),
        run.steps.last().map_or(0, |line| line.step).to_string(),
        change("reward", |value| format!("{value:+.3}")),
        change("accuracy", |value| format!("{:.1} %", 100.0 * value)),
        change("kl", |value| format!("{value:.4}")),
        best.map_or("-".into(), |line| line.step.to_string()),
        best.and_then(|line| line.number("accuracy"))
            .map_or("-".into(), |accuracy| format!("{:.1} %", 100.0 * accuracy)),
    ]
}

/// `first → last`.
fn change(steps: &[Line], field: &str, show: fn(f64) -> String) -> String {
    let shown = |line: Option<&Line>| line.and_then(|line| line.number(field)).map(show);
    match (shown(steps.first()), shown(steps.last())) {
        (Some(first), Some(last)) => format!("{first} → {last}"),
        _ => "-".into(),
    }
}

fn line(row: &[String; 7], widths: &[usize]) -> String {
    let cells = row
        .iter()
        .zip(widths)
        .enumerate()
        .map(|(column, (cell, width))| {
            let space = " ".repeat(width - cell.chars().count());
            if column == 0 {
                format!("{cell}{space}")
            } else {
                format!("{space}{cell}")
            }
        });
    cells.collect::<Vec<_>>().join("  ") + "\n"
}
