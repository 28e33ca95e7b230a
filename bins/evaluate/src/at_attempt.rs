//! Accuracy at attempt k with feedback: of dialogues allowed n attempts, those solved within the first k.

use measures::{Cluster, Estimate};
use serde::Serialize;

use crate::outcomes::{Outcomes, Questions};
use crate::summary::sources_of;

/// One k of one cell, or its mean over benchmarks.
#[derive(Debug, Serialize)]
pub struct AtAttempt {
    pub model: String,
    /// Absent: the mean over benchmarks.
    pub source: Option<String>,
    pub attempts_allowed: i32,
    pub k: i32,
    pub dialogues: usize,
    pub correct: usize,
    pub accuracy: f64,
    pub low: f64,
    pub high: f64,
}

/// Every k of every cell, then the means where a model has several benchmarks.
pub fn at_attempts(models: &[String], outcomes: &Outcomes) -> Vec<AtAttempt> {
    let mut rows = Vec::new();
    for (cell, questions) in &outcomes.cells {
        for k in 1..=cell.attempts_allowed {
            let (count, estimate) = solved_within(questions, k);
            let source = Some(cell.source.clone());
            rows.push(row(
                &cell.model,
                source,
                cell.attempts_allowed,
                k,
                count,
                estimate,
            ));
        }
    }
    for model in models {
        let benchmarks = sources_of(model, outcomes);
        let most = outcomes
            .cells
            .keys()
            .map(|cell| cell.attempts_allowed)
            .max();
        for allowed in 1..=most.unwrap_or(0) {
            let cells: Vec<&Questions> = outcomes
                .cells
                .iter()
                .filter(|(cell, _)| cell.model == *model && cell.attempts_allowed == allowed)
                .map(|(_, questions)| questions)
                .collect();
            // A mean over some of the benchmarks would be read as one over all of them.
            if benchmarks < 2 || cells.len() != benchmarks {
                continue;
            }
            for k in 1..=allowed {
                let parts: Vec<_> = cells.iter().map(|cell| solved_within(cell, k)).collect();
                let estimates: Vec<Estimate> = parts.iter().map(|part| part.1).collect();
                let sum =
                    |of: fn(&(usize, usize)) -> usize| parts.iter().map(|part| of(&part.0)).sum();
                let count = (sum(|count| count.0), sum(|count| count.1));
                rows.push(row(
                    model,
                    None,
                    allowed,
                    k,
                    count,
                    measures::mean(&estimates),
                ));
            }
        }
    }
    rows
}

/// Solved and all dialogues, and the share.
fn solved_within(questions: &Questions, k: i32) -> ((usize, usize), Estimate) {
    let within = usize::try_from(k).unwrap_or(0);
    let clusters: Vec<Cluster> = questions
        .values()
        .map(|outcomes| Cluster {
            weight: outcomes.len() as f64,
            sum: outcomes
                .iter()
                .filter(|outcome| outcome.counts.solved_within(within))
                .count() as f64,
        })
        .collect();
    let all: f64 = clusters.iter().map(|cluster| cluster.weight).sum();
    let solved: f64 = clusters.iter().map(|cluster| cluster.sum).sum();
    let estimate = measures::share(&clusters, all).unwrap_or_default();
    ((solved as usize, all as usize), estimate)
}

fn row(
    model: &str,
    source: Option<String>,
    attempts_allowed: i32,
    k: i32,
    (correct, dialogues): (usize, usize),
    estimate: Estimate,
) -> AtAttempt {
    AtAttempt {
        model: model.to_owned(),
        source,
        attempts_allowed,
        k,
        dialogues,
        correct,
        accuracy: estimate.value,
        low: estimate.low,
        high: estimate.high,
    }
}
