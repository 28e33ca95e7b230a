//! `grade`: rewards of dialogues, by their verdicts or by new ones; equality of answer pairs; answers found in responses.
//!
//! Knows nothing about models or tokens: it reads text and verdicts, and writes verdicts and rewards.

mod answers;
mod args;
mod audit;
mod dialogue;
mod stream;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use stage::Context;
use tables::Output;

use args::{Args, Mode};
use dialogue::{Changed, Paymaster, Verdicts};

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, context: &Context) -> Result<()> {
    match args.mode() {
        Mode::Dialogues => dialogues(&args, context),
        Mode::Pairs => {
            let pairs = |rows| answers::pairs(rows, &args.options());
            Ok(stream::rows(&args.io, context, "pairs", pairs)?.finish()?)
        }
        Mode::Responses => {
            let responses = |rows| answers::responses(rows, &args.options());
            Ok(stream::rows(&args.io, context, "responses", responses)?.finish()?)
        }
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
    let needed = args.again || rewards.repeat_penalty > 0.0;
    let grader = needed.then(|| args.grader.open()).transpose()?;
    let chosen = args.grader.is_chosen().then(|| args.grader.name());
    let paymaster = Paymaster {
        verdicts: match &grader {
            Some(grader) if args.again => Verdicts::Again(Arc::clone(grader)),
            _ => Verdicts::Recorded(chosen),
        },
        repeats: grader.clone().filter(|_| rewards.repeat_penalty > 0.0),
        rewards,
        changed: Changed::default(),
    };
    let output = stream::rows(&args.io, context, "dialogues", |rows| paymaster.pay(rows))?;
    grader.map_or(Ok(()), |grader| grader.finish())?;
    output.finish()?;
    if args.again {
        tracing::info!("{}", paymaster.changed.line());
    }
    Ok(())
}
