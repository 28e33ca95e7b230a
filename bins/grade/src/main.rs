//! `grade`: verdicts and rewards for dialogues; equality of answer pairs; answers found in responses.
//!
//! Knows nothing about models or tokens: it reads text and writes verdicts.

mod answers;
mod args;
mod audit;
mod dialogue;
mod stream;

use std::process::ExitCode;

use anyhow::Result;
use grading::{Builtin, CommandGrader, Grader};
use stage::Context;
use tables::Output;

use args::{Args, Mode};

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, context: &Context) -> Result<()> {
    match args.mode() {
        Mode::Dialogues => dialogues(&args, context),
        Mode::Pairs => stream::rows(&args.io, context, "pairs", |rows| {
            answers::pairs(rows, &args.options())
        }),
        Mode::Responses => stream::rows(&args.io, context, "responses", |rows| {
            answers::responses(rows, &args.options())
        }),
        Mode::Compare(file) => audit::run(&file, &args),
        Mode::Explain(prediction, reference) => {
            let explanation = grading::explain(&prediction, &reference, &args.options());
            Ok(Output::write_whole(
                &args.io.output,
                explanation.as_bytes(),
            )?)
        }
    }
}

fn dialogues(args: &Args, context: &Context) -> Result<()> {
    let rewards = args.rewards();
    let grader: Box<dyn Grader> = match &args.grader_command {
        Some(command) => Box::new(CommandGrader::start(command)?),
        None => Box::new(Builtin::new(args.options())),
    };
    stream::rows(&args.io, context, "dialogues", |rows| {
        dialogue::grade(rows, grader.as_ref(), &rewards)
    })
}
