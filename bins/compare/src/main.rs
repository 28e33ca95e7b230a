//! Compares ways of training ("arms"), each run with several seeds: gathers what runs did into one small file, and makes
//! tables with intervals and figures of it.
//!
//! Reads what runs have recorded and graded dialogues; knows nothing about how they were trained or judged.

mod args;
mod arms;
mod claims;
mod figures;
mod gather;
mod outcomes;
mod report;
mod run;
mod tables_text;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use stage::Context;
use tables::Output;

use crate::args::{Args, Command};
use crate::outcomes::Outcomes;
use crate::run::Run;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, _context: &Context) -> Result<()> {
    match args.command {
        Command::Tokens { run } => {
            let tokens = Run::new(&run).policy_tokens()?;
            let text = format!("{tokens}\n");
            Ok(Output::write_whole(Path::new("-"), text.as_bytes())?)
        }
        Command::Gather { arm, output } => {
            let outcomes = gather::gather(&arm)?;
            Ok(Output::write_whole(
                &output,
                outcomes.to_jsonl()?.as_bytes(),
            )?)
        }
        Command::Report {
            input,
            output_dir,
            note,
        } => report::write(&Outcomes::load(&input)?, &output_dir, note.as_deref()),
    }
}
