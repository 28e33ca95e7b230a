//! Shows how training runs went: a page, curves, TensorBoard files, or a table of where they stand.
//!
//! Reads what a run has recorded about itself; knows nothing about how it was trained.

mod args;
mod curves;
mod page;
mod runs;
mod table;
mod tensorboard;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use stage::Context;
use tables::Output;

use crate::args::Args;
use crate::runs::Run;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, _context: &Context) -> Result<()> {
    let formats = args.plot_formats()?;
    ensure!(
        args.labels.is_empty() || args.labels.len() == args.runs.len(),
        "--labels: expected {} names, one per run, found {}",
        args.runs.len(),
        args.labels.len()
    );
    let label = |at: usize| args.labels.get(at).cloned();
    let runs = args
        .runs
        .iter()
        .enumerate()
        .map(|(at, folder)| Run::load(folder, label(at)));
    let runs = runs.collect::<Result<Vec<Run>>>()?;
    if args.plot.is_empty() && args.html.is_none() && args.tensorboard.is_none() {
        return Ok(Output::write_whole(
            Path::new("-"),
            table::text(&runs).as_bytes(),
        )?);
    }
    write_figures(&args, &formats, &runs)?;
    if let Some(path) = &args.html {
        let options = page::Options {
            smooth: args.smooth,
            dialogues: args.dialogues,
            model: args.model.clone(),
        };
        Output::write_whole(path, page::compose(&runs, &options)?.as_bytes())?;
    }
    if let Some(folder) = &args.tensorboard {
        tensorboard::write(&runs, folder)?;
    }
    Ok(())
}

fn write_figures(args: &Args, formats: &[charts::Format], runs: &[Run]) -> Result<()> {
    if args.plot.is_empty() {
        return Ok(());
    }
    let figure = curves::figure(runs, args.smooth);
    for (path, format) in args.plot.iter().zip(formats) {
        Output::write_whole(path, &figure.render(*format)?)?;
    }
    Ok(())
}
