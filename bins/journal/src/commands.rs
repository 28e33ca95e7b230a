//! From what was typed to what is done: one function per command.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use stage::{Context, ExitWith};
use tables::Output;

use crate::args::{Command, JournalArgs, RecordArgs, RunArgs};
use crate::command_line::program_name;
use crate::execute::become_stage;
use crate::folder::RunFolder;
use crate::metrics::Metrics;
use crate::needs::Needs;
use crate::record::StepFiles;
use crate::schedule::Schedule;
use crate::settings::Settings;
use crate::stage_run::StageRun;
use crate::status::Standing;
use crate::{evaluation, open, prune, record, recovery, status};

pub fn run(args: JournalArgs, context: &Context) -> Result<()> {
    match args.command {
        Command::Open {
            run,
            settings,
            set,
            needs,
            needs_file,
            optional_file,
        } => {
            let settings = Settings::resolve(&settings, &set)?;
            let needed = Needs {
                filled: &needs,
                files: &needs_file,
                optional_files: &optional_file,
            };
            needed.check(&settings)?;
            open::open(&RunFolder::new(&run), &settings)?;
            print(run.display())
        }
        Command::Get { run, key, default } => print(get(&run, &key, default)?),
        Command::Next { run } => print(next(&RunFolder::existing(&run)?)?),
        Command::EvalDue { run, step } => {
            let schedule = Schedule::load(&RunFolder::existing(&run)?)?;
            if schedule.evaluates_after(step) {
                Ok(())
            } else {
                Err(ExitWith::silently(1).into())
            }
        }
        Command::Run(args) => run_stage(args, context),
        Command::Record(args) => {
            let run = RunFolder::existing(&args.run)?;
            record::record(&run, args.step, &step_files(&run, &args))
        }
        Command::EvalRecord { run, step, summary } => {
            let run = RunFolder::existing(&run)?;
            let summary = summary.unwrap_or_else(|| evaluation::default_summary(&run, step));
            evaluation::record(&run, step, &summary)
        }
        Command::Best { run } => print(best(&RunFolder::existing(&run)?)?),
        Command::Status { run } => {
            Standing::of(&RunFolder::existing(&run)?)?.show(None);
            Ok(())
        }
        Command::Finish { run } => {
            RunFolder::existing(&run)?;
            status::finish();
            Ok(())
        }
        Command::Prune { run } => prune::prune(&RunFolder::existing(&run)?),
        Command::Exec { parent, command } => Err(become_stage(parent, &command)),
    }
}

fn get(run: &Path, key: &str, default: Option<String>) -> Result<String> {
    let settings = Settings::load(&RunFolder::existing(run)?.settings())?;
    settings
        .text(key)
        .or(default)
        .with_context(|| format!("{}: no setting `{key}`", run.display()))
}

fn next(run: &RunFolder) -> Result<u64> {
    let metrics = Metrics::load(&run.metrics())?;
    let evaluations = Metrics::load(&run.evaluations())?;
    let next = Schedule::load(run)?.next(&metrics, &evaluations);
    recovery::step_to_start_from(run, next)
}

fn best(run: &RunFolder) -> Result<u64> {
    let evaluations = Metrics::load(&run.evaluations())?;
    let best = evaluation::best(&evaluations)
        .with_context(|| format!("{}: no evaluation is recorded", run.root().display()))?;
    recovery::best_is_there(run, best)?;
    Ok(best)
}

fn run_stage(args: RunArgs, context: &Context) -> Result<()> {
    let run = RunFolder::existing(&args.run)?;
    let folder = match (args.step, args.folder) {
        (Some(step), _) => run.step(step),
        (None, folder) => run.root().join(folder.unwrap_or_default()),
    };
    ensure!(
        run.relative(&folder)?.is_some(),
        "{}: not inside the run",
        folder.display()
    );
    let program = args.command.first().map(|program| program_name(program));
    let stage = args.stage.or(program).context("no command to run")?;
    let run_once = StageRun {
        run,
        folder,
        stage,
        inputs: args.input,
        outputs: args.output,
        stdout: args.stdout,
        command: args.command,
    };
    run_once.once(|| status::show_stage(&run_once.run, &run_once.stage, context))
}

/// A file that was named must be there; one that was not is taken where it is.
fn step_files(run: &RunFolder, args: &RecordArgs) -> StepFiles {
    let folder = run.step(args.step);
    let found = |named: &Option<PathBuf>, name: &str| {
        named
            .clone()
            .or_else(|| Some(folder.join(name)).filter(|path| path.exists()))
    };
    StepFiles {
        graded: args
            .graded
            .clone()
            .unwrap_or_else(|| folder.join("graded.parquet")),
        scored: found(&args.scored, "scored.parquet"),
        training: found(&args.training, "ppo-step.jsonl"),
    }
}

/// One line on standard output.
fn print(line: impl std::fmt::Display) -> Result<()> {
    let mut output = Output::create(Path::new("-"))?;
    writeln!(output, "{line}").context("failed to write standard output")?;
    Ok(output.finish()?)
}
