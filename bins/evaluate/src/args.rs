//! What can be typed. Knows nothing about what is computed from it.

use std::path::PathBuf;

use charts::RenderError;
use clap::{Parser, ValueEnum};
use exclusions::Named;
use stage::{LogArgs, TableFormat};
use tables::TableError;

use crate::outcomes::Input;

/// Prints the accuracy of models for every benchmark and number of attempts allowed.
///
/// Reads graded records (of `grade`) of one or several models. Accuracy is the share of dialogues
/// that end right; with k attempts allowed the policy is told after each wrong one, so beside it
/// stands pass@k of k independent samples where the records hold several of a question with one
/// attempt allowed. Of dialogues allowed n attempts it tells how many are solved within the first
/// k, whether second attempts differ and are right, whether repeated answers are right, how often a
/// right answer is given up (dialogues of `rollout --play-on`), how many answers are new, and what
/// was cut off. With --exclude it tells accuracy also without the questions that files name, such as
/// those that the training set holds too: nothing is played twice. Intervals hold 95 %: Wilson's for a share, with the number of dialogues
/// replaced by the effective one where questions have several samples; for the mean over benchmarks
/// the benchmarks' own intervals combined (MOVER). Dialogues whose reference answer cannot be read
/// are left out and counted.
#[derive(Debug, Parser)]
#[command(name = "evaluate", version, after_long_help = EXAMPLE)]
pub struct Args {
    /// Graded records; repeatable. `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    input: Vec<PathBuf>,
    /// Format of the inputs, when their names do not tell
    #[arg(long, value_name = "FORMAT")]
    input_format: Option<TableFormat>,
    /// Where to write the table; `-` is standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Names for the models of the inputs, one per --input, instead of the recorded ones
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    labels: Vec<String>,
    /// Tell accuracy also without the questions named in these files by question_id, source and row, or text
    #[arg(long, value_name = "FILE", num_args = 1..)]
    exclude: Vec<PathBuf>,
    /// Draw accuracy against attempts allowed, as .svg or .png; repeatable
    #[arg(long, value_name = "FILE")]
    pub plot: Vec<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLE: &str = "\
Examples:
  sample-questions --all --data test.jsonl --attempts 1-7 |
    rollout --model DIR --temperature 0 | grade | evaluate
  evaluate --input before.parquet --input after.parquet --labels before,after --plot gain.svg
  evaluate --input graded.parquet --exclude overlap.jsonl";

#[derive(Debug, Clone, Copy, PartialEq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One object: results, means, pass_at_k, at_attempt, shares; with --exclude also without.
    Json,
    /// One line per number.
    Csv,
}

impl Args {
    /// Inputs with their labels.
    pub fn inputs(&self) -> Vec<Input> {
        let label = |at: usize| self.labels.get(at).cloned();
        let input = |(at, path): (usize, &PathBuf)| Input {
            path: path.clone(),
            format: self.input_format.map(tables::Format::from),
            label: label(at),
        };
        self.input.iter().enumerate().map(input).collect()
    }

    /// What the files of --exclude name; none without the flag.
    pub fn named(&self) -> Result<Option<Named>, TableError> {
        let given = !self.exclude.is_empty();
        given.then(|| Named::read(&self.exclude)).transpose()
    }

    /// Checked before any work: the kind of image of each plot, and that labels fit the inputs.
    pub fn plot_formats(&self) -> anyhow::Result<Vec<charts::Format>> {
        anyhow::ensure!(
            self.labels.is_empty() || self.labels.len() == self.input.len(),
            "--labels: expected {} names, one per --input, found {}",
            self.input.len(),
            self.labels.len()
        );
        let formats = self.plot.iter().map(|path| charts::Format::of(path));
        Ok(formats.collect::<Result<_, RenderError>>()?)
    }
}
