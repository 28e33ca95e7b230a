//! From the command line to the exit status.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{ArgMatches, Command, Parser};
use tables::{ClosedPipe, TableError};

use crate::{Context, Status, child, config, generate, logging, signals};

/// Runs a stage: parses flags and configuration file, starts logging and signal handling, calls `run`
/// and turns its result into an exit status. The body of every `main`.
pub fn main<A: Parser>(run: fn(A, &Context) -> anyhow::Result<()>) -> ExitCode {
    let typed: Vec<OsString> = std::env::args_os().collect();
    if let Some(kind) = generate::asked(&typed) {
        return generated(A::command(), &kind);
    }
    match parse::<A>(typed) {
        Ok((args, matches)) => start(run, args, &matches),
        Err(Refusal::Clap { error, config }) => {
            // Help for a reader that has gone is no failure.
            let _ = error.print();
            if let Some(path) = config.filter(|_| error.use_stderr()) {
                let path = path.display();
                let _ = writeln!(io::stderr(), "\nsome of these flags are settings in {path}");
            }
            ExitCode::from(error.exit_code() as u8)
        }
        Err(Refusal::Config(error)) => {
            report(&error.into());
            Status::Usage.into()
        }
    }
}

fn generated(command: Command, kind: &str) -> ExitCode {
    match generate::print(command, kind) {
        Ok(()) => Status::Done.into(),
        Err(message) => {
            let _ = writeln!(io::stderr(), "error: {message}");
            Status::Usage.into()
        }
    }
}

enum Refusal {
    /// A usage error, or a request for help or version.
    Clap {
        error: clap::Error,
        config: Option<PathBuf>,
    },
    Config(config::ConfigError),
}

fn parse<A: Parser>(typed: Vec<OsString>) -> Result<(A, ArgMatches), Refusal> {
    let merged = config::merge(&A::command(), typed).map_err(Refusal::Config)?;
    let refuse = |error| {
        let config = merged.path.clone();
        Refusal::Clap { error, config }
    };
    let matches = A::command()
        .try_get_matches_from(&merged.words)
        .map_err(refuse)?;
    let args = A::from_arg_matches(&matches).map_err(refuse)?;
    Ok((args, matches))
}

fn start<A>(run: fn(A, &Context) -> anyhow::Result<()>, args: A, matches: &ArgMatches) -> ExitCode {
    let quiet = flag(matches, "quiet");
    let verbose = matches.try_get_one::<u8>("verbose");
    let context = Context::new(quiet);
    logging::start(
        quiet,
        verbose.ok().flatten().copied().unwrap_or(0),
        context.bars(),
    );
    let result = signals::watch()
        .map_err(anyhow::Error::from)
        .and_then(|()| run(args, &context));
    match result {
        Ok(()) => Status::Done.into(),
        Err(error) if reader_has_gone(&error) => Status::Done.into(),
        Err(error) => {
            let _ = context.bars().clear();
            fail(&error)
        }
    }
}

fn flag(matches: &ArgMatches, name: &str) -> bool {
    let found = matches.try_get_one::<bool>(name);
    found.ok().flatten().copied().unwrap_or(false)
}

/// Whether the run only ended because nobody reads its output any more, as with `| head -1`.
fn reader_has_gone(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let table = cause.downcast_ref::<TableError>();
        let io = cause.downcast_ref::<io::Error>();
        matches!(table, Some(TableError::ClosedPipe)) || io.is_some_and(ClosedPipe::caused)
    })
}

/// Says what went wrong, and gives the status that the error asks for or that of a failure.
fn fail(error: &anyhow::Error) -> ExitCode {
    let asked = child::exit_in(error);
    if asked.is_none_or(|exit| !exit.message.is_empty()) {
        report(error);
    }
    asked.map_or(Status::Failed.into(), |exit| ExitCode::from(exit.status))
}

/// One line: the failure, then its causes.
fn report(error: &anyhow::Error) {
    let _ = writeln!(io::stderr(), "error: {error:#}");
}
