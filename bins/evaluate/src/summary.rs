//! What an evaluation says: a result per cell, means over benchmarks, pass@k.
//!
//! Knows nothing about how it is shown.

use measures::{Cluster, Estimate, pass_at};
use serde::Serialize;

use crate::at_attempt::{AtAttempt, at_attempts};
use crate::outcomes::{Outcome, Outcomes, Questions};
use crate::shares::{ShareResult, shares};
use crate::without::Without;

/// The whole evaluation; its JSON is what `evaluate --format json` prints.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Of all intervals.
    pub confidence: f64,
    pub models: Vec<String>,
    pub sources: Vec<String>,
    /// Dialogues left out since their reference answers cannot be read.
    pub left_out: u64,
    pub results: Vec<CellResult>,
    pub means: Vec<MeanResult>,
    pub pass_at_k: Vec<PassAtK>,
    pub at_attempt: Vec<AtAttempt>,
    pub shares: Vec<ShareResult>,
    /// Present where questions were to be excluded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<Without>,
}

/// One model on one benchmark with one number of attempts allowed.
#[derive(Debug, Serialize)]
pub struct CellResult {
    pub model: String,
    pub source: String,
    pub attempts_allowed: i32,
    pub questions: usize,
    pub dialogues: usize,
    pub correct: usize,
    pub accuracy: f64,
    pub low: f64,
    pub high: f64,
    /// Means over dialogues.
    pub attempts_used: f64,
    pub response_tokens: f64,
    /// Answers of a dialogue that differ from those before them.
    pub unique_answers: f64,
    /// Share of dialogues that the token budget ended.
    pub truncated: f64,
}

/// The mean over benchmarks, each counting the same.
#[derive(Debug, Serialize)]
pub struct MeanResult {
    pub model: String,
    pub attempts_allowed: i32,
    pub sources: usize,
    pub accuracy: f64,
    pub low: f64,
    pub high: f64,
    pub attempts_used: f64,
    pub response_tokens: f64,
    pub truncated: f64,
}

/// The chance that one of k independent samples is right.
#[derive(Debug, Serialize)]
pub struct PassAtK {
    pub model: String,
    /// Absent: the mean over benchmarks.
    pub source: Option<String>,
    pub k: u64,
    pub questions: usize,
    pub estimate: f64,
    pub low: f64,
    pub high: f64,
}

impl Summary {
    pub fn of(outcomes: &Outcomes) -> Summary {
        let results = results(outcomes);
        let models = distinct(results.iter().map(|result| &result.model));
        let sources = distinct(results.iter().map(|result| &result.source));
        let means = means(&models, &results);
        let pass_at_k = models
            .iter()
            .flat_map(|model| passes(model, outcomes))
            .collect();
        let left_out = outcomes.left_out;
        let at_attempt = at_attempts(&models, outcomes);
        Summary {
            confidence: 0.95,
            models,
            sources,
            left_out,
            results,
            means,
            pass_at_k,
            at_attempt,
            shares: shares(outcomes),
            without: Without::of(outcomes),
        }
    }
}

/// A result for each cell.
pub fn results(outcomes: &Outcomes) -> Vec<CellResult> {
    let cells = outcomes.cells.iter();
    let results = cells.map(|(cell, questions)| {
        result(&cell.model, &cell.source, cell.attempts_allowed, questions)
    });
    results.collect()
}

/// Every model's means.
pub fn means(models: &[String], results: &[CellResult]) -> Vec<MeanResult> {
    let means = models.iter().flat_map(|model| means_of(model, results));
    means.collect()
}

pub fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for name in names {
        if !known.contains(name) {
            known.push(name.clone());
        }
    }
    known
}

fn result(model: &str, source: &str, attempts_allowed: i32, questions: &Questions) -> CellResult {
    let all = || questions.values().flatten();
    let dialogues = all().count();
    let mean = |of: fn(&Outcome) -> f64| all().map(of).sum::<f64>() / dialogues as f64;
    // A cell without a dialogue does not come to be.
    let estimate = measures::share(&clusters(questions), dialogues as f64).unwrap_or_default();
    CellResult {
        model: model.into(),
        source: source.into(),
        attempts_allowed,
        questions: questions.len(),
        dialogues,
        correct: all().filter(|outcome| outcome.correct).count(),
        accuracy: estimate.value,
        low: estimate.low,
        high: estimate.high,
        attempts_used: mean(|outcome| f64::from(outcome.attempts_used)),
        response_tokens: mean(|outcome| outcome.policy_tokens as f64),
        unique_answers: mean(|outcome| outcome.counts.unique.hits as f64),
        truncated: mean(|outcome| f64::from(u8::from(outcome.truncated))),
    }
}

fn clusters(questions: &Questions) -> Vec<Cluster> {
    let cluster = |outcomes: &Vec<Outcome>| Cluster {
        weight: outcomes.len() as f64,
        sum: correct(outcomes) as f64,
    };
    questions.values().map(cluster).collect()
}

fn correct(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.correct).count()
}

fn means_of(model: &str, results: &[CellResult]) -> Vec<MeanResult> {
    let of_model = || results.iter().filter(|result| result.model == model);
    let mut attempts: Vec<i32> = of_model().map(|result| result.attempts_allowed).collect();
    attempts.sort_unstable();
    attempts.dedup();
    let mean = |allowed: i32| {
        let parts: Vec<&CellResult> = of_model()
            .filter(|result| result.attempts_allowed == allowed)
            .collect();
        mean_result(model, allowed, &parts)
    };
    attempts.into_iter().map(mean).collect()
}

fn mean_result(model: &str, attempts_allowed: i32, parts: &[&CellResult]) -> MeanResult {
    let estimate = |part: &&CellResult| Estimate {
        value: part.accuracy,
        low: part.low,
        high: part.high,
    };
    let accuracy = measures::mean(&parts.iter().map(estimate).collect::<Vec<_>>());
    let mean = |of: fn(&CellResult) -> f64| {
        parts.iter().map(|part| of(part)).sum::<f64>() / parts.len() as f64
    };
    MeanResult {
        model: model.into(),
        attempts_allowed,
        sources: parts.len(),
        accuracy: accuracy.value,
        low: accuracy.low,
        high: accuracy.high,
        attempts_used: mean(|part| part.attempts_used),
        response_tokens: mean(|part| part.response_tokens),
        truncated: mean(|part| part.truncated),
    }
}

pub fn sources_of(model: &str, outcomes: &Outcomes) -> usize {
    let cells = outcomes.cells.keys().filter(|cell| cell.model == model);
    distinct(cells.map(|cell| &cell.source)).len()
}

/// pass@k on every benchmark where each question has several single-attempt samples, and the mean.
fn passes(model: &str, outcomes: &Outcomes) -> Vec<PassAtK> {
    let cells = outcomes.cells.iter();
    let sampled: Vec<(&str, &Questions, u64)> = cells
        .filter(|(cell, _)| cell.model == model && cell.attempts_allowed == 1)
        .map(|(cell, questions)| (cell.source.as_str(), questions, fewest_samples(questions)))
        .filter(|(_, _, samples)| *samples > 1)
        .collect();
    let mut passes = Vec::new();
    for (source, questions, samples) in &sampled {
        for k in shown_k(*samples) {
            let estimate = pass_estimate(questions, k);
            passes.push(pass(model, Some(source), k, questions.len(), estimate));
        }
    }
    // A mean over some of the benchmarks would be read as one over all of them.
    let complete = sampled.len() == sources_of(model, outcomes);
    let fewest = sampled.iter().map(|(_, _, samples)| *samples).min();
    let common = fewest.filter(|_| complete).unwrap_or(0);
    for k in shown_k(common) {
        let parts: Vec<Estimate> = sampled
            .iter()
            .map(|(_, questions, _)| pass_estimate(questions, k))
            .collect();
        let questions = sampled
            .iter()
            .map(|(_, questions, _)| questions.len())
            .sum();
        passes.push(pass(model, None, k, questions, measures::mean(&parts)));
    }
    passes
}

fn fewest_samples(questions: &Questions) -> u64 {
    questions
        .values()
        .map(|outcomes| outcomes.len() as u64)
        .min()
        .unwrap_or(0)
}

/// Every k up to 8, then powers of two.
fn shown_k(samples: u64) -> impl Iterator<Item = u64> {
    (1..=samples).filter(|k| *k <= 8 || k.is_power_of_two())
}

fn pass_estimate(questions: &Questions, k: u64) -> Estimate {
    let of_question = |outcomes: &Vec<Outcome>| Cluster {
        weight: 1.0,
        sum: pass_at(k, outcomes.len() as u64, correct(outcomes) as u64),
    };
    let clusters: Vec<Cluster> = questions.values().map(of_question).collect();
    let trials = questions.values().map(Vec::len).sum::<usize>();
    measures::share(&clusters, trials as f64).unwrap_or_default()
}

fn pass(
    model: &str,
    source: Option<&str>,
    k: u64,
    questions: usize,
    estimate: Estimate,
) -> PassAtK {
    PassAtK {
        model: model.into(),
        source: source.map(Into::into),
        k,
        questions,
        estimate: estimate.value,
        low: estimate.low,
        high: estimate.high,
    }
}
