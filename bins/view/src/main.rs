//! Shows dialogues in the terminal: question, attempts, feedback, verdicts and why they fell, tokens by colour.
//!
//! Reads records of any stage from `rollout` on; knows nothing about runs.

mod args;
mod browse;
mod paint;
mod text;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use dialogues::{Dialogue, Filter};
use stage::Context;
use tables::{Format, Output};
use tokens::Tokenizer;

use crate::args::Args;
use crate::text::Look;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, _context: &Context) -> Result<()> {
    let tokenizer = args.model.as_deref().map(Tokenizer::load);
    let tokenizer = tokenizer.transpose().context("--model")?;
    let look = Look {
        coloured: args.coloured(),
        tokens: args.tokens,
    };
    let limit = args.limit.unwrap_or(usize::MAX);
    let shown = dialogues(&args, tokenizer.as_ref()).take(limit);
    let mut shown = shown.map(|dialogue| Ok(text::of(&dialogue?, look)));
    if args.browses() {
        return browse::one_by_one(shown);
    }
    let mut output = Output::create(Path::new("-"))?;
    shown.try_for_each(|text| -> Result<()> { Ok(output.write_all(text?.as_bytes())?) })?;
    Ok(output.finish()?)
}

/// Those of all files that the filter takes, as they are read.
fn dialogues<'a>(
    args: &'a Args,
    tokenizer: Option<&'a Tokenizer>,
) -> impl Iterator<Item = Result<Dialogue>> + 'a {
    let filter = args.filter();
    let format = args.input_format.map(Format::from);
    let rows = args
        .files
        .iter()
        .flat_map(move |file| match tables::open(file, format) {
            Ok(reader) => Box::new(reader.not_empty()) as Box<dyn Iterator<Item = _>>,
            Err(error) => Box::new(std::iter::once(Err(error))),
        });
    let dialogues = rows.map(move |row| Ok(Dialogue::of(&row?, tokenizer)?));
    dialogues.filter(move |dialogue: &Result<Dialogue>| takes(&filter, dialogue))
}

/// Errors are always shown.
fn takes(filter: &Filter, dialogue: &Result<Dialogue>) -> bool {
    dialogue
        .as_ref()
        .map_or(true, |dialogue| filter.takes(dialogue))
}
