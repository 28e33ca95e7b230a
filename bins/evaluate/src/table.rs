//! The evaluation as a table for people. Knows nothing about terminals but that columns line up.

use std::fmt::Write;

use crate::at_attempt::AtAttempt;
use crate::summary::{CellResult, MeanResult, PassAtK, Summary};
use crate::without::Without;

/// Cells of a table and how they stand: text to the left, numbers to the right.
struct Grid {
    header: Vec<&'static str>,
    /// Columns of text; the others are numbers.
    text_columns: usize,
    rows: Vec<Vec<String>>,
}

/// All parts of the evaluation that have rows.
pub fn text(summary: &Summary) -> String {
    let mut text = String::new();
    section(
        &mut text,
        "Accuracy by benchmark and attempts allowed",
        results(summary, summary.results.iter().collect()),
    );
    if summary.sources.len() > 1 {
        section(&mut text, "Mean over benchmarks", means(&summary.means));
    }
    if let Some(without) = &summary.without {
        excluded(&mut text, summary, without);
    }
    if !summary.pass_at_k.is_empty() {
        section(
            &mut text,
            "pass@k of independent single attempts",
            passes(summary),
        );
    }
    if summary.at_attempt.iter().any(|row| row.k > 1) {
        let title = "Accuracy at attempt k, with feedback (most attempts allowed)";
        section(&mut text, title, at_attempts(summary));
        section(
            &mut text,
            "Attempts (most attempts allowed, all benchmarks)",
            shares(summary),
        );
    }
    text.push_str("Intervals: 95 %.");
    if summary.left_out > 0 {
        let left_out = summary.left_out;
        let _ = write!(
            text,
            " Left out, reference answer unreadable: {left_out} dialogues."
        );
    }
    text.push('\n');
    text
}

/// The benchmarks that lost questions, and the mean over all of them.
fn excluded(text: &mut String, summary: &Summary, without: &Without) {
    let lost = without.excluded.iter().filter(|from| from.questions > 0);
    let lost = lost.map(|from| format!("{}: {} of {}", from.source, from.questions, from.of));
    let lost: Vec<String> = lost.collect();
    if lost.is_empty() {
        text.push_str("Without excluded questions: the same, none is in the input\n\n");
        return;
    }
    let changed = without.results.iter();
    let changed = changed.filter(|row| without.changed(&row.source));
    let title = format!("Without excluded questions ({})", lost.join(", "));
    section(text, &title, results(summary, changed.collect()));
    if summary.sources.len() > 1 {
        let title = "Mean over benchmarks, without excluded questions";
        section(text, title, means(&without.means));
    }
}

fn section(text: &mut String, title: &str, grid: Grid) {
    let _ = write!(text, "{title}\n\n{}\n", grid.lines());
}

fn results(summary: &Summary, mut rows: Vec<&CellResult>) -> Grid {
    // Models stand side by side, so that a difference is read at a glance.
    rows.sort_by_key(|row| {
        (
            place(&summary.sources, &row.source),
            row.attempts_allowed,
            place(&summary.models, &row.model),
        )
    });
    let cells = |row: &&CellResult| {
        let head = [
            row.source.clone(),
            row.attempts_allowed.to_string(),
            row.model.clone(),
        ];
        let count = [format!("{}/{}", row.correct, row.dialogues)];
        let figures = figures(row.accuracy, row.low, row.high);
        let rest = lengths(row.attempts_used, row.response_tokens, row.truncated);
        head.into_iter()
            .chain(figures)
            .chain(count)
            .chain(rest)
            .collect()
    };
    Grid {
        header: vec![
            "benchmark",
            "attempts",
            "model",
            "accuracy",
            "interval",
            "correct",
            "used",
            "tokens",
            "truncated",
        ],
        text_columns: 3,
        rows: rows.iter().map(cells).collect(),
    }
}

fn means(means: &[MeanResult]) -> Grid {
    let mut rows: Vec<&MeanResult> = means.iter().collect();
    rows.sort_by_key(|row| row.attempts_allowed);
    let cells = |row: &&MeanResult| {
        let head = [
            format!("mean of {}", row.sources),
            row.attempts_allowed.to_string(),
            row.model.clone(),
        ];
        let figures = figures(row.accuracy, row.low, row.high);
        let rest = lengths(row.attempts_used, row.response_tokens, row.truncated);
        head.into_iter().chain(figures).chain(rest).collect()
    };
    Grid {
        header: vec![
            "benchmark",
            "attempts",
            "model",
            "accuracy",
            "interval",
            "used",
            "tokens",
            "truncated",
        ],
        text_columns: 3,
        rows: rows.iter().map(cells).collect(),
    }
}

fn passes(summary: &Summary) -> Grid {
    let several = summary.sources.len() > 1;
    let shown = |row: &&PassAtK| several || row.source.is_some();
    let mut rows: Vec<&PassAtK> = summary.pass_at_k.iter().filter(shown).collect();
    rows.sort_by_key(|row| {
        let source = row
            .source
            .as_ref()
            .and_then(|source| place(&summary.sources, source));
        let model = place(&summary.models, &row.model);
        (source.unwrap_or(usize::MAX), row.k, model)
    });
    let cells = |row: &&PassAtK| {
        let source = row.source.clone().unwrap_or_else(|| "mean".into());
        let head = [source, row.k.to_string(), row.model.clone()];
        let figures = figures(row.estimate, row.low, row.high);
        head.into_iter()
            .chain(figures)
            .chain([row.questions.to_string()])
            .collect()
    };
    Grid {
        header: vec!["benchmark", "k", "model", "pass@k", "interval", "questions"],
        text_columns: 3,
        rows: rows.iter().map(cells).collect(),
    }
}

/// Whether a row is of its model's dialogues with the most attempts allowed.
fn of_most(summary: &Summary, model: &str, allowed: i32) -> bool {
    let of_model = summary.results.iter().filter(|row| row.model == model);
    of_model.map(|row| row.attempts_allowed).max() == Some(allowed)
}

fn at_attempts(summary: &Summary) -> Grid {
    let several = summary.sources.len() > 1;
    let shown = |row: &&AtAttempt| {
        of_most(summary, &row.model, row.attempts_allowed) && (several || row.source.is_some())
    };
    let mut rows: Vec<&AtAttempt> = summary.at_attempt.iter().filter(shown).collect();
    rows.sort_by_key(|row| {
        let source = row.source.as_ref();
        let source = source.and_then(|source| place(&summary.sources, source));
        let model = place(&summary.models, &row.model);
        (source.unwrap_or(usize::MAX), row.k, model)
    });
    let pass = |row: &AtAttempt| {
        let mut passes = summary.pass_at_k.iter();
        let beside = passes.find(|pass| {
            pass.model == row.model
                && pass.source == row.source
                && i64::from(row.k) == pass.k as i64
        });
        beside.map_or_else(String::new, |pass| {
            format!("{:.1} %", 100.0 * pass.estimate)
        })
    };
    let cells = |row: &&AtAttempt| {
        let source = row.source.clone().unwrap_or_else(|| "mean".into());
        let head = [source, row.k.to_string(), row.model.clone()];
        let count = format!("{}/{}", row.correct, row.dialogues);
        let figures = figures(row.accuracy, row.low, row.high);
        head.into_iter()
            .chain(figures)
            .chain([count, pass(row)])
            .collect()
    };
    Grid {
        header: vec![
            "benchmark",
            "k",
            "model",
            "within k",
            "interval",
            "solved",
            "pass@k",
        ],
        text_columns: 3,
        rows: rows.iter().map(cells).collect(),
    }
}

fn shares(summary: &Summary) -> Grid {
    let mut rows = Vec::new();
    for share in measures::SHARES {
        let of_share = summary.shares.iter().filter(|row| {
            let whole = row.source.is_none() && row.name == share.name;
            whole && of_most(summary, &row.model, row.attempts_allowed)
        });
        rows.extend(of_share.map(|row| {
            let head = [share.meaning.to_owned(), String::new(), row.model.clone()];
            let figures = figures(row.share, row.low, row.high);
            let count = format!("{}/{}", row.count, row.of);
            head.into_iter().chain(figures).chain([count]).collect()
        }));
    }
    Grid {
        header: vec!["of", "", "model", "share", "interval", "count"],
        text_columns: 3,
        rows,
    }
}

fn place(names: &[String], name: &String) -> Option<usize> {
    names.iter().position(|known| known == name)
}

fn figures(value: f64, low: f64, high: f64) -> [String; 2] {
    let interval = format!("{:.1} – {:.1}", 100.0 * low, 100.0 * high);
    [format!("{:.1} %", 100.0 * value), interval]
}

fn lengths(used: f64, tokens: f64, truncated: f64) -> [String; 3] {
    [
        format!("{used:.2}"),
        format!("{tokens:.0}"),
        format!("{:.1} %", 100.0 * truncated),
    ]
}

impl Grid {
    fn lines(&self) -> String {
        let widths = self.widths();
        let header: Vec<String> = self.header.iter().map(ToString::to_string).collect();
        let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
        let mut text = self.line(&header, &widths) + &self.line(&rule, &widths);
        let mut above: Option<&Vec<String>> = None;
        for row in &self.rows {
            text += &self.line(&without_repeats(row, above), &widths);
            above = Some(row);
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        let width = |column: usize| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells
                .max()
                .unwrap_or(0)
                .max(self.header[column].chars().count())
        };
        (0..self.header.len()).map(width).collect()
    }

    fn line(&self, cells: &[String], widths: &[usize]) -> String {
        let padded = cells
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                let space = " ".repeat(width - cell.chars().count());
                if column < self.text_columns {
                    format!("{cell}{space}")
                } else {
                    format!("{space}{cell}")
                }
            });
        let line = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    }
}

/// Benchmark and attempts are only named where they change.
fn without_repeats(row: &[String], above: Option<&Vec<String>>) -> Vec<String> {
    let mut row = row.to_vec();
    for column in 0..2 {
        let same = above.is_some_and(|above| above[column] == row[column]);
        if !same {
            break;
        }
        row[column].clear();
    }
    row
}
