//! Prints how accurate models are for every benchmark and number of attempts, with intervals.
//!
//! Reads graded dialogues; knows nothing about how they were played or judged.

mod args;
mod at_attempt;
mod comma_separated;
mod outcomes;
mod plot;
mod shares;
mod summary;
mod table;
mod without;

use std::process::ExitCode;

use anyhow::Result;
use indexmap::IndexSet;
use stage::Context;
use tables::Output;

use crate::args::{Args, Format};
use crate::outcomes::Outcomes;
use crate::summary::Summary;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, _context: &Context) -> Result<()> {
    let formats = args.plot_formats()?;
    let outcomes = Outcomes::read(&args.inputs(), args.named()?.as_ref())?;
    if outcomes.left_out > 0 {
        tracing::warn!(
            "{} dialogues left out: their reference answers cannot be read",
            outcomes.left_out
        );
    }
    if outcomes.excluded.as_ref().is_some_and(IndexSet::is_empty) {
        tracing::warn!("--exclude names no question of the input");
    }
    let summary = Summary::of(&outcomes);
    if !args.plot.is_empty() {
        let figure = plot::figure(&summary);
        for (path, format) in args.plot.iter().zip(formats) {
            Output::write_whole(path, &figure.render(format)?)?;
        }
    }
    let text = match args.format {
        Format::Table => table::text(&summary),
        Format::Json => serde_json::to_string_pretty(&summary)? + "\n",
        Format::Csv => comma_separated::text(&summary),
    };
    Ok(Output::write_whole(&args.output, text.as_bytes())?)
}
