//! What can be typed. Knows nothing about how it is done.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Keeps the record of a training run: runs each stage once, skips what is done, knows what is
/// left, and collects the numbers.
///
/// A run is a folder; every command takes it first. Commands may be killed at any moment: the same
/// commands again continue where the run stands, and end with the same bytes. Steps count from 1:
/// step S turns checkpoint S-1 into checkpoint S. Two processes never change a run at once; the
/// second one waits.
///
/// Exit status: 0 done, 1 failed, 2 wrong usage, and of `run` the stage's own.
#[derive(Debug, Parser)]
#[command(name = "journal", version, after_long_help = EXAMPLE)]
pub struct JournalArgs {
    #[command(flatten)]
    pub log: stage::LogArgs,
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLE: &str = "\
Example:
  run=$(journal open runs/a --settings pipelines/tiny.toml --set steps=40)
  for step in $(seq $(journal next $run) $(journal get $run steps)); do
    dir=$run/steps/$(printf %06d $step)
    journal run $run --step $step --stage rollout \\
      --input $dir/questions.parquet --output $dir/rollouts.parquet -- \\
      rollout --config $run/settings.toml --input $dir/questions.parquet \\
      --output $dir/rollouts.parquet
    journal record $run --step $step
    journal prune $run
    journal status $run
  done
  journal finish $run";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes the run folder with its resolved settings and prints its path.
    ///
    /// The first settings file is the base: it names the keys that exist, or the file that it builds
    /// on (`base = "FILE"` above all tables). Later files and then --set win. The result is RUN/settings.toml, which every stage takes as its --config. Called
    /// again with other settings it refuses and names the keys, unless no stage has run yet; only
    /// run.steps, run.eval_every, run.keep_checkpoints, run.keep_steps and threads may change.
    Open {
        /// The run's folder.
        run: PathBuf,
        /// Base settings (TOML), then files that win over it.
        #[arg(long, required = true, value_name = "FILE")]
        settings: Vec<PathBuf>,
        /// `table.key=value`, or `key=value` for a key of [run] or one that a single table has.
        #[arg(long, value_name = "KEY=VALUE")]
        set: Vec<String>,
        /// A setting that may not be empty, and what it could be; repeatable.
        #[arg(long, value_name = "KEY=EXAMPLE")]
        needs: Vec<String>,
        /// A setting that names a file or several with commas between, which must be there, and what it could be;
        /// repeatable.
        #[arg(long, value_name = "KEY=EXAMPLE")]
        needs_file: Vec<String>,
        /// A setting that may be empty or absent, and otherwise names files that must be there; repeatable.
        #[arg(long, value_name = "KEY")]
        optional_file: Vec<String>,
    },
    /// Prints one setting, e.g. `run.steps` or `steps`.
    Get {
        /// The run's folder.
        run: PathBuf,
        /// `table.key`, or a key of [run].
        key: String,
        /// Printed where the run has no such setting, instead of failing.
        #[arg(long)]
        default: Option<String>,
    },
    /// Prints the first step that is not finished (one more than run.steps when all are).
    ///
    /// A step is finished when `record` has written its line and, where one is due after it,
    /// `eval-record` its evaluation. Where the checkpoint that the next step starts from has gone, an
    /// earlier step comes again whose records are still there: they make the same checkpoint again.
    Next {
        /// The run\'s folder.
        run: PathBuf,
    },
    /// Exits with 0 where an evaluation is due after the step (run.eval_every), with 1 otherwise.
    EvalDue {
        /// The run's folder.
        run: PathBuf,
        /// The step that has just been recorded.
        #[arg(long)]
        step: u64,
    },
    /// Runs a stage, unless it has been run with the same command, settings and inputs.
    ///
    /// Skips at once when the manifest lists the stage with the same command line, settings table
    /// and input hashes, and every output is as it lists it. Otherwise runs it, hashes inputs and
    /// outputs (BLAKE3; directories over their files) and writes the manifest. An input that an
    /// earlier stage has written and that has changed since is refused. The exit status is the
    /// stage's, which dies with a journal that is killed. The manifest spells paths relative to the run; between equal runs only its
    /// `timings` differ, and hashes of outputs that hold times themselves.
    Run(RunArgs),
    /// Collects a finished step's numbers into one line of RUN/metrics.jsonl.
    ///
    /// Rewards, accuracy and lengths come from the graded rows, KL from the scored ones, losses from
    /// the optimiser's records (the mean of every number, the last learning rate), seconds from
    /// the manifest. A line of the same step is replaced.
    Record(RecordArgs),
    /// Records an evaluation in RUN/eval/metrics.jsonl and links checkpoints/best.
    EvalRecord {
        /// The run's folder.
        run: PathBuf,
        /// The step after which the model was evaluated; 0 is the start.
        #[arg(long)]
        step: u64,
        /// Output of `evaluate --format json` for one model [default: RUN/eval/STEP/summary.json]
        #[arg(long, value_name = "FILE")]
        summary: Option<PathBuf>,
    },
    /// Prints the step with the best recorded evaluation (mean accuracy; the earliest of equals).
    Best {
        /// The run\'s folder.
        run: PathBuf,
    },
    /// Shows where the run stands, on standard error: a line redrawn on a terminal, a new line
    /// elsewhere.
    Status {
        /// The run\'s folder.
        run: PathBuf,
    },
    /// Ends the line that `status` redraws.
    Finish {
        /// The run\'s folder.
        run: PathBuf,
    },
    /// Removes checkpoints beyond run.keep_checkpoints and records beyond run.keep_steps (0: keep
    /// all).
    ///
    /// Never what belongs to an unfinished step, the newest checkpoint, the best one, a manifest or
    /// a metrics file.
    Prune {
        /// The run\'s folder.
        run: PathBuf,
    },
    /// Becomes a stage that is killed when its journal ends; how `run` starts stages.
    #[command(hide = true)]
    Exec {
        /// Process id of the journal.
        #[arg(long)]
        parent: i32,
        /// The command, after `--`.
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// The run's folder.
    pub run: PathBuf,
    /// The step that the stage belongs to: its manifest is RUN/steps/STEP/manifest.json.
    #[arg(long, required_unless_present = "folder")]
    pub step: Option<u64>,
    /// A folder inside the run that takes the manifest instead, e.g. eval/000020.
    #[arg(long, conflicts_with = "step", value_name = "DIR")]
    pub folder: Option<PathBuf>,
    /// The stage's name in the manifest [default: the program's]
    #[arg(long, value_name = "NAME")]
    pub stage: Option<String>,
    /// A file or directory that decides the output; repeatable.
    #[arg(long, value_name = "PATH")]
    pub input: Vec<PathBuf>,
    /// A file or directory that the stage makes; repeatable.
    #[arg(long, value_name = "PATH", required_unless_present = "stdout")]
    pub output: Vec<PathBuf>,
    /// Catch standard output in this file, which appears when the stage has succeeded.
    #[arg(long, value_name = "FILE")]
    pub stdout: Option<PathBuf>,
    /// The command, after `--`.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub struct RecordArgs {
    /// The run's folder.
    pub run: PathBuf,
    /// The step, all of whose stages are done.
    #[arg(long)]
    pub step: u64,
    /// Graded rows [default: graded.parquet in the step's folder]
    #[arg(long, value_name = "FILE")]
    pub graded: Option<PathBuf>,
    /// Scored rows [default: scored.parquet in the step's folder, where there is one]
    #[arg(long, value_name = "FILE")]
    pub scored: Option<PathBuf>,
    /// Records of the optimiser steps [default: ppo-step.jsonl in the step's folder, where there is
    /// one]
    #[arg(long, value_name = "FILE")]
    pub training: Option<PathBuf>,
}
