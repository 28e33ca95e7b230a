//! Accuracy against attempts allowed as a figure. Knows nothing about files.

use charts::{Axis, Figure, Lines, Panel, Point, Series, Unit};

use super::evaluations::{Accuracy, Evaluation, Evaluations, named};
use crate::runs::Run;

/// The mean over families first, then a panel for each of them.
pub fn figure(runs: &[Run], evaluations: &[Evaluations]) -> Figure {
    let shown = named(runs, evaluations, |one| one.shown().iter().collect());
    let mut panels = vec![panel("Mean over question families", &shown, None)];
    let mut sources: Vec<&String> = Vec::new();
    for result in shown.iter().flat_map(|(_, one)| &one.summary.results) {
        if let Some(source) = result
            .source
            .as_ref()
            .filter(|source| !sources.contains(source))
        {
            sources.push(source);
        }
    }
    if sources.len() > 1 {
        panels.extend(
            sources
                .iter()
                .map(|source| panel(source, &shown, Some(source))),
        );
    }
    Figure {
        title: "Accuracy against attempts allowed".into(),
        subtitle: "Bands: 95 % intervals".into(),
        panels: panels.into_iter().flatten().collect(),
    }
}

fn panel(title: &str, shown: &[(String, &Evaluation)], source: Option<&String>) -> Option<Panel> {
    let series = shown.iter().map(|(name, evaluation)| {
        let rows = match source {
            None => &evaluation.summary.means,
            Some(_) => &evaluation.summary.results,
        };
        let rows = rows.iter().filter(|row| row.source.as_ref() == source);
        Series {
            label: name.clone(),
            points: rows.map(point).collect(),
            ..Series::default()
        }
    });
    let series: Vec<Series> = series.filter(|series| !series.points.is_empty()).collect();
    (!series.is_empty()).then(|| {
        Panel::Lines(Lines {
            title: title.into(),
            x: Axis::new("attempts allowed", Unit::Count),
            y: Axis::new("questions solved", Unit::Percent),
            series,
        })
    })
}

fn point(row: &Accuracy) -> Point {
    Point {
        x: f64::from(row.attempts_allowed),
        y: row.accuracy,
        interval: Some((row.low, row.high)),
    }
}
