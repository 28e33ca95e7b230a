//! What every stage's `main` shares: flag groups, configuration files, logging, progress, signals,
//! exit statuses and the one line that an error becomes.
//!
//! ```no_run
//! #[derive(clap::Parser)]
//! #[command(version)]
//! struct Args {
//!     #[command(flatten)]
//!     io: stage::IoArgs,
//!     #[command(flatten)]
//!     log: stage::LogArgs,
//! }
//!
//! fn run(args: Args, _context: &stage::Context) -> anyhow::Result<()> {
//!     let mut output = args.io.create()?;
//!     for row in args.io.open()? {
//!         output.write(row?)?;
//!     }
//!     Ok(output.finish()?)
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     stage::main::<Args>(run)
//! }
//! ```
//!
//! This crate knows nothing about models, grading or learning.

mod arguments;
mod child;
mod config;
mod context;
mod entry;
mod generate;
mod jobs;
mod logging;
mod man;
pub mod parse;
mod progress;
mod signals;
mod status;
mod suggestion;

pub use arguments::{IoArgs, LogArgs, OutputArgs, TableFormat};
pub use child::{ExitWith, SignalsToChild, signals_to_child};
pub use config::ConfigError;
pub use context::Context;
pub use entry::main;
pub use jobs::{JobsArgs, each_job};
pub use progress::Progress;
pub use status::Status;

/// Version of the package, shared by all stages.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
