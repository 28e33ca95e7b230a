//! The evaluation as a figure: accuracy against attempts allowed, and pass@k against k.
//!
//! Knows nothing about files.

use charts::{Axis, Figure, Lines, Panel, Point, Series, Unit};

use crate::summary::{CellResult, MeanResult, PassAtK, Summary};

/// The mean over benchmarks first, then a panel for each of them.
pub fn figure(summary: &Summary) -> Figure {
    let mut panels = Vec::new();
    if summary.sources.len() > 1 {
        let title = format!("Mean of {} benchmarks", summary.sources.len());
        panels.push(panel(summary, title, None));
    }
    panels.extend(
        summary
            .sources
            .iter()
            .map(|source| panel(summary, source.clone(), Some(source))),
    );
    let control = if summary.pass_at_k.is_empty() {
        ""
    } else {
        "; pass@k: one of k independent single attempts is right"
    };
    Figure {
        title: "Accuracy against attempts allowed".into(),
        subtitle: format!("Bands: 95 % intervals{control}"),
        panels,
    }
}

fn panel(summary: &Summary, title: String, source: Option<&String>) -> Panel {
    let mut series: Vec<Series> = summary
        .models
        .iter()
        .map(|model| accuracy(summary, model, source))
        .collect();
    for model in &summary.models {
        let control = passes(summary, model, source);
        if !control.points.is_empty() {
            series.push(control);
        }
    }
    Panel::Lines(Lines {
        title,
        x: Axis::new("attempts allowed", Unit::Count),
        y: Axis::new("questions solved", Unit::Percent),
        series,
    })
}

fn accuracy(summary: &Summary, model: &String, source: Option<&String>) -> Series {
    let of_mean = |row: &MeanResult| point(row.attempts_allowed, row.accuracy, row.low, row.high);
    let of_cell = |row: &CellResult| point(row.attempts_allowed, row.accuracy, row.low, row.high);
    let points = match source {
        None => summary
            .means
            .iter()
            .filter(|row| row.model == *model)
            .map(of_mean)
            .collect(),
        Some(source) => {
            let rows = summary.results.iter();
            rows.filter(|row| row.model == *model && row.source == *source)
                .map(of_cell)
                .collect()
        }
    };
    Series {
        label: model.clone(),
        control_of: None,
        points,
        behind: Vec::new(),
    }
}

/// Up to the largest number of attempts that the panel shows.
fn passes(summary: &Summary, model: &String, source: Option<&String>) -> Series {
    let most = summary
        .results
        .iter()
        .map(|row| row.attempts_allowed)
        .max()
        .unwrap_or(1);
    let rows = summary.pass_at_k.iter().filter(|row| {
        row.model == *model && row.source.as_ref() == source && (most == 1 || row.k <= most as u64)
    });
    let of_pass = |row: &PassAtK| point(row.k as i32, row.estimate, row.low, row.high);
    Series {
        label: format!("{model}, pass@k"),
        control_of: Some(model.clone()),
        points: rows.map(of_pass).collect(),
        behind: Vec::new(),
    }
}

fn point(x: i32, y: f64, low: f64, high: f64) -> Point {
    Point {
        x: f64::from(x),
        y,
        interval: Some((low, high)),
    }
}
