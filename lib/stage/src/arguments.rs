//! Flag groups that all stages flatten, with the same words in the same order.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tables::{Format, Reader, TableError, Writer};

// On each flag and not on the group: a heading of a group goes on for all flags after it.
const IO: &str = "Input and output";
const GENERAL: &str = "General";

/// Where records come from and where they go.
#[derive(Args, Clone, Debug)]
pub struct IoArgs {
    /// Records to read; `-` is standard input
    #[arg(long, help_heading = IO, value_name = "FILE", default_value = "-")]
    pub input: PathBuf,

    /// Where to write records; `-` is standard output. A file appears when it is complete
    #[arg(long, help_heading = IO, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,

    /// Format of the input, when its name does not tell
    #[arg(long, help_heading = IO, value_name = "FORMAT")]
    pub input_format: Option<TableFormat>,

    /// Format of the output, when its name does not tell
    #[arg(long, help_heading = IO, value_name = "FORMAT")]
    pub output_format: Option<TableFormat>,
}

/// Where records go, for stages that do not read records.
#[derive(Args, Clone, Debug)]
pub struct OutputArgs {
    /// Where to write records; `-` is standard output. A file appears when it is complete
    #[arg(long, help_heading = IO, value_name = "FILE", default_value = "-")]
    pub output: PathBuf,

    /// Format of the output, when its name does not tell
    #[arg(long, help_heading = IO, value_name = "FORMAT")]
    pub output_format: Option<TableFormat>,
}

/// How much is said on standard error, and where settings come from.
#[derive(Args, Clone, Debug)]
pub struct LogArgs {
    /// Say nothing but errors
    #[arg(short, long, help_heading = GENERAL, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say more; twice for still more (RUST_LOG sets it in detail)
    #[arg(short, long, help_heading = GENERAL, action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// Read settings from the table of a TOML file that is named after this program; flags win
    #[arg(long, help_heading = GENERAL, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// [`Format`], as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    Jsonl,
    Parquet,
}

impl From<TableFormat> for Format {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::Jsonl => Self::Jsonl,
            TableFormat::Parquet => Self::Parquet,
        }
    }
}

impl OutputArgs {
    /// Starts the output.
    pub fn create(&self) -> Result<Writer, TableError> {
        tables::create(&self.output, self.output_format.map(Format::from))
    }
}

impl IoArgs {
    /// Opens the input.
    pub fn open(&self) -> Result<Reader, TableError> {
        tables::open(&self.input, self.input_format.map(Format::from))
    }

    /// Starts the output.
    pub fn create(&self) -> Result<Writer, TableError> {
        tables::create(&self.output, self.output_format.map(Format::from))
    }
}
