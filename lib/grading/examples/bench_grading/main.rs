//! Measures the grader on a file of adjudicated cases and prints the table of `docs/grading.md`.
//!
//! `cargo run --release -p grading --example bench_grading -- ../shared/grading/dev.jsonl [--wrong] [--fold N]`
//! `--wrong` lists every case that is graded wrongly; `--fold 0|1` keeps the two thirds or the third of the cases
//! whose ids fall there, to measure on cases that were not looked at. `--peer-pairs FILE` measures the rate on pairs
//! `[[prediction, reference, 0 or 1], ...]` instead.

mod cases;
mod report;
mod set_aside;

use std::error::Error;
use std::io::Write;
use std::time::Instant;

use cases::{Case, Outcome};
use grading::{Options, equivalent};
use report::{list_wrong, report};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments
        .first()
        .ok_or("expected the path of a file of cases")?;
    let after = |flag: &str| {
        arguments
            .iter()
            .position(|a| a == flag)
            .and_then(|at| arguments.get(at + 1))
    };
    if let Some(pairs) = after("--peer-pairs") {
        return peer_pairs(pairs);
    }
    let fold: Option<u64> = after("--fold").map(|fold| fold.parse()).transpose()?;
    let text = std::fs::read_to_string(path)?;
    let cases = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<Vec<Value>, _>>()?;
    let cases: Vec<Case> = cases
        .iter()
        .filter_map(Case::read)
        .filter(|case| fold.is_none_or(|fold| case.fold() == fold))
        .collect();
    let outcomes: Vec<Outcome> = cases.iter().map(Case::measure).collect();
    let mut out = std::io::stdout().lock();
    report(&mut out, &cases, &outcomes)?;
    if arguments.iter().any(|a| a == "--wrong") {
        list_wrong(&mut out, &cases, &outcomes)?;
    }
    Ok(())
}

/// Rate on the pairs that `peer_grade.py --dump` writes: `[[prediction, reference, 0 or 1], ...]`.
fn peer_pairs(path: &str) -> Result<(), Box<dyn Error>> {
    let pairs: Vec<(String, String, u8)> = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let options = Options::default();
    let grade = || {
        pairs
            .iter()
            .filter(|(p, r, label)| equivalent(p, r, &options).equivalent == (*label == 1))
            .count()
    };
    let agree = grade();
    let passes = 200;
    let start = Instant::now();
    for _ in 0..passes {
        grade();
    }
    let rate = f64::from(passes) * pairs.len() as f64 / start.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{rate:.0} pairs a second on one core, {agree} of {} as labelled",
        pairs.len()
    )?;
    Ok(())
}
