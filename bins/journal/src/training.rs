//! The numbers of a step's optimiser steps, as `ppo-step` printed them, in one.
//!
//! Knows nothing about which numbers there are: every numeric field is taken.

use std::io::BufRead;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;
use serde_json::Value;

use crate::metrics::Line;
use crate::numbers::rounded;

/// How the values of several optimiser steps become one.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Rule {
    Mean,
    Sum,
    Largest,
    Last,
    Skip,
}

fn rule(field: &str) -> Rule {
    match field {
        "rl_step" | "optimizer_step" | "epoch" | "minibatch" | "seconds" => Rule::Skip,
        "tokens" => Rule::Sum,
        name if name.ends_with("_tokens") => Rule::Sum,
        name if name.ends_with("_lr") => Rule::Last,
        name if name.ends_with("_max") => Rule::Largest,
        _ => Rule::Mean,
    }
}

/// One value per numeric field: the last learning rate, the sum of tokens, the largest maximum, and
/// the mean of everything else.
pub fn of_optimizer_steps(path: &Path) -> Result<Line> {
    let mut fields: IndexMap<String, Vec<f64>> = IndexMap::new();
    let file = std::io::BufReader::new(fs_err::File::open(path)?);
    let mut count = 0;
    for (at, line) in file.lines().enumerate() {
        let place = || format!("{} line {}", path.display(), at + 1);
        let record: Line = serde_json::from_str(&line?).with_context(place)?;
        count += 1;
        for (name, value) in record {
            if let Some(number) = value.as_f64().filter(|_| rule(&name) != Rule::Skip) {
                fields.entry(name).or_default().push(number);
            }
        }
    }
    ensure!(count > 0, "{}: no metrics records", path.display());
    let mut line = Line::new();
    line.insert("optimizer_steps".into(), Value::from(count));
    for (name, values) in fields {
        line.insert(name.clone(), rounded(combined(rule(&name), &values)));
    }
    Ok(line)
}

fn combined(rule: Rule, values: &[f64]) -> f64 {
    match rule {
        Rule::Last => values.last().copied().unwrap_or(f64::NAN),
        Rule::Largest => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Rule::Sum => values.iter().sum(),
        Rule::Mean | Rule::Skip => values.iter().sum::<f64>() / values.len() as f64,
    }
}
