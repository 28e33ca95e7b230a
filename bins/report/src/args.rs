//! What can be typed. Knows nothing about what is drawn.

use std::path::PathBuf;

use charts::RenderError;
use clap::Parser;
use stage::LogArgs;

/// Shows how training runs went: a page to look at, figures, TensorBoard files, or a table.
///
/// Reads what runs have recorded about themselves. --html writes one file that needs nothing else: curves, accuracy by
/// attempts with intervals, settings that differ, time by stage, hashes of what was made from what, and dialogues to
/// browse. --plot draws the curves alone: reward, accuracy, evaluation accuracy, KL to the reference, attempts used, what
/// becomes of second attempts, and response length against steps. Curves are running means, with the single steps pale
/// behind them. What no run has recorded is left out. Without any of these a table is printed. A run that is still going on
/// can be shown as well.
#[derive(Debug, Parser)]
#[command(name = "report", version, after_long_help = EXAMPLE)]
pub struct Args {
    /// Run folders
    #[arg(required = true, value_name = "RUN")]
    pub runs: Vec<PathBuf>,
    /// Where to draw the curves, as .svg or .png; repeatable
    #[arg(long, value_name = "FILE")]
    pub plot: Vec<PathBuf>,
    /// Names for the runs, instead of their folders'
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub labels: Vec<String>,
    /// Steps of the running mean; 1 draws the steps as they are [default: a twentieth of the run]
    #[arg(long, value_name = "STEPS", value_parser = clap::value_parser!(u64).range(1..))]
    pub smooth: Option<u64>,
    /// Where to write the page
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Dialogues of every evaluation that the page holds, and at most 20 of each of the newest steps; 0: none
    #[arg(long, value_name = "COUNT", default_value_t = 50, requires = "html")]
    pub dialogues: usize,
    /// Model directory whose tokenizer reads the dialogues' tokens, if not where a run says
    #[arg(long, value_name = "DIR", requires = "html")]
    pub model: Option<PathBuf>,
    /// Folder for TensorBoard event files, one folder inside it for each run
    #[arg(long, value_name = "DIR")]
    pub tensorboard: Option<PathBuf>,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLE: &str = "\
Examples:
  report runs/tiny-multi-attempt
  report runs/tiny-multi-attempt runs/tiny-baseline --html report.html
  report runs/tiny-multi-attempt --html report.html --dialogues 200 --labels \"five attempts\"
  report runs/tiny-multi-attempt runs/tiny-baseline --plot curves.svg --plot curves.png
  report runs/* --tensorboard events && tensorboard --logdir events";

impl Args {
    /// Checked before any work: the kind of image of each plot.
    pub fn plot_formats(&self) -> Result<Vec<charts::Format>, RenderError> {
        self.plot
            .iter()
            .map(|path| charts::Format::of(path))
            .collect()
    }
}
