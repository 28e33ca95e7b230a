//! `compute-advantages`: adds advantages and returns to scored dialogues.
//!
//! Knows nothing about models: it reads values, masks and rewards, and writes what the losses need.

mod args;
mod divergence;
mod estimate;
mod filter;
mod learning;
mod plan;
mod rewards;
mod summary;

use std::process::ExitCode;

use anyhow::Result;
use records::Row;
use stage::Context;

use args::Args;
use plan::Plan;
use summary::Summary;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, context: &Context) -> Result<()> {
    let plan = Plan::new(&args)?;
    if plan.needs_all_rows() {
        whole(&args, &plan, context)
    } else {
        stream(&args, &plan, context)
    }
}

/// Row by row: without whitening or groups no dialogue depends on another.
fn stream(args: &Args, plan: &Plan, context: &Context) -> Result<()> {
    let mut output = args.io.create()?;
    let mut summary = Summary::default();
    let progress = context.progress(None, "dialogues");
    for row in args.io.open()?.not_empty() {
        let row = row?;
        progress.inc(1);
        if plan.exclude_bad_reference && filter::has_bad_reference(&row)? {
            summary.bad_references += 1;
            continue;
        }
        let rows = estimate::advantages(vec![row], plan, &mut summary)?;
        rows.into_iter().try_for_each(|row| output.write(row))?;
    }
    progress.finish();
    summary.some_left(plan)?;
    output.finish()?;
    end(args, plan, &summary)
}

/// All rows at once: the moments of whitening and the groups of a question span the input.
fn whole(args: &Args, plan: &Plan, context: &Context) -> Result<()> {
    let mut output = args.io.create()?;
    let rows = args.io.open()?.at_least_one()?;
    let mut summary = Summary::default();
    let rows = filter::trainable(rows, plan, &mut summary)?;
    let progress = context.progress(Some(rows.len() as u64), "dialogues");
    let rows: Vec<Row> = estimate::advantages(rows, plan, &mut summary)?;
    summary.some_left(plan)?;
    for row in rows {
        output.write(row)?;
        progress.inc(1);
    }
    progress.finish();
    output.finish()?;
    end(args, plan, &summary)
}

/// Once all rows are written.
fn end(args: &Args, plan: &Plan, summary: &Summary) -> Result<()> {
    summary.log();
    match &plan.divergence {
        Some(divergence) => divergence.write_next(&args.divergence, &summary.divergence),
        None => Ok(()),
    }
}
