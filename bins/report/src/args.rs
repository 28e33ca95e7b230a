//! What can be typed. Knows nothing about what is drawn.

use std::path::PathBuf;

use charts::RenderError;
use clap::Parser;
use stage::LogArgs;

/// Draws the training curves of one or several runs, or prints where they stand.
///
/// Reads RUN/metrics.jsonl and RUN/eval/metrics.jsonl. The figure shows reward, accuracy, evaluation
/// accuracy, KL to the reference, attempts used and response length against steps; what no run has
/// recorded is left out. Lines are running means, with the single steps pale behind them. Without
/// --plot a table is printed. A run that is still going on can be drawn as well.
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
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLE: &str = "\
Examples:
  report runs/tiny-multi-attempt
  report runs/tiny-multi-attempt runs/tiny-baseline --plot curves.svg --plot curves.png";

impl Args {
    /// Checked before any work: the kind of image of each plot.
    pub fn plot_formats(&self) -> Result<Vec<charts::Format>, RenderError> {
        self.plot
            .iter()
            .map(|path| charts::Format::of(path))
            .collect()
    }
}
