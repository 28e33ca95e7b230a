//! What becomes of attempts after the first, as shares with intervals.

use indexmap::IndexMap;
use measures::{Cluster, Dialogue, SHARES, Share};
use serde::Serialize;

use crate::outcomes::Outcomes;

/// One share of one model and number of attempts allowed, on one benchmark or over all of them.
#[derive(Debug, Serialize)]
pub struct ShareResult {
    pub model: String,
    /// Absent: over all dialogues of all benchmarks.
    pub source: Option<String>,
    pub attempts_allowed: i32,
    pub name: &'static str,
    pub count: usize,
    pub of: usize,
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// A model's dialogues with one number of attempts allowed, question by question.
type Pools<'a> = IndexMap<(&'a str, Option<&'a str>, i32), Vec<Vec<&'a Dialogue>>>;

/// All shares that have something to count.
pub fn shares(outcomes: &Outcomes) -> Vec<ShareResult> {
    let mut pools = Pools::new();
    for (cell, questions) in &outcomes.cells {
        for source in [Some(cell.source.as_str()), None] {
            let pool = pools
                .entry((&cell.model, source, cell.attempts_allowed))
                .or_default();
            pool.extend(questions.values().map(|outcomes| {
                let counts = outcomes.iter().map(|outcome| &outcome.counts);
                counts.collect::<Vec<_>>()
            }));
        }
    }
    let all = pools
        .iter()
        .flat_map(|((model, source, allowed), questions)| {
            let results = SHARES
                .iter()
                .filter_map(|share| estimated(share, questions));
            results.map(|result| ShareResult {
                model: (*model).to_owned(),
                source: source.map(str::to_owned),
                attempts_allowed: *allowed,
                ..result
            })
        });
    all.collect()
}

fn estimated(share: &Share, questions: &[Vec<&Dialogue>]) -> Option<ShareResult> {
    let mut clusters = Vec::new();
    let (mut hits, mut trials) = (0, 0);
    for dialogues in questions {
        let counts = dialogues.iter().map(|dialogue| (share.of)(dialogue));
        let (hit, tried) = counts.fold((0, 0), |sum, count| {
            (sum.0 + count.hits, sum.1 + count.trials)
        });
        if tried > 0 {
            clusters.push(Cluster {
                weight: tried as f64,
                sum: hit as f64,
            });
        }
        (hits, trials) = (hits + hit, trials + tried);
    }
    let estimate = measures::share(&clusters, trials as f64)?;
    Some(ShareResult {
        model: String::new(),
        source: None,
        attempts_allowed: 0,
        name: share.name,
        count: hits,
        of: trials,
        share: estimate.value,
        low: estimate.low,
        high: estimate.high,
    })
}
