//! `sample-questions`: draws questions from data sets, step by step, reproducibly.
//!
//! Knows the layout of published data sets and the order of an epoch; knows nothing about prompts,
//! tokens or models.

mod answer;
mod args;
mod emit;
mod exclude;
mod load;
mod preset;
mod schedule;

use std::process::ExitCode;

use anyhow::{Result, bail};
use stage::Context;
use tracing::info;

use args::Args;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, _context: &Context) -> Result<()> {
    // Created first, so that an output that cannot be written is known before the data is read.
    let mut output = args.output.create()?;
    let questions = load::questions(&args)?;
    let questions = exclude::apply(questions, &args.exclude)?;
    if questions.is_empty() {
        bail!("no questions left to sample from");
    }
    info!(questions = questions.len(), "data loaded");
    let rows: Box<dyn Iterator<Item = _>> = match args.count {
        Some(count) if !args.all => {
            let picks = schedule::step(&questions, args.seed, args.step, count)?;
            Box::new(emit::training(&questions, picks, &args))
        }
        _ => Box::new(emit::evaluation(&questions, &args)),
    };
    for row in rows {
        output.write(row)?;
    }
    Ok(output.finish()?)
}
