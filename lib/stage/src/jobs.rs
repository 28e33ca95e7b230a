//! One job after another without a new start: lines of JSON that say what changes, a line of JSON for each that is done.
//!
//! Knows nothing about what a job is.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tables::{ClosedPipe, Output, is_standard_stream};

const IO: &str = "Input and output";

/// Whether the program stays.
#[derive(clap::Args, Clone, Debug)]
pub struct JobsArgs {
    /// Stay, and do what this file's lines say, or standard input's for `-`; what was loaded stays in memory. One line of
    /// JSON on standard output tells that a job is done. The first job that fails ends the program; what earlier ones
    /// have written stays
    #[arg(long, help_heading = IO, value_name = "FILE")]
    pub jobs: Option<PathBuf>,
}

/// What is printed when a job is done.
#[derive(Serialize)]
struct Done<'a, T> {
    /// Counted from 1.
    job: usize,
    #[serde(flatten)]
    figures: &'a T,
    seconds: f64,
}

/// Does the jobs of the file in order, each as soon as its line is there. `work` gives the figures to print; blank lines
/// are passed over.
pub fn each_job<J: DeserializeOwned, T: Serialize>(
    file: &Path,
    mut work: impl FnMut(J) -> Result<T>,
) -> Result<()> {
    let (input, name): (Box<dyn Read>, String) = if is_standard_stream(file) {
        (Box::new(std::io::stdin()), "standard input".into())
    } else {
        (
            Box::new(fs_err::File::open(file)?),
            file.display().to_string(),
        )
    };
    let mut output = Some(Output::create(Path::new("-"))?);
    let mut job = 0;
    for (at, line) in BufReader::new(input).lines().enumerate() {
        let place = || format!("{name} line {}", at + 1);
        let line = line.with_context(place)?;
        if line.trim().is_empty() {
            continue;
        }
        job += 1;
        let started = Instant::now();
        let wanted = serde_json::from_str(&line).with_context(place)?;
        let figures = work(wanted).with_context(place)?;
        let done = Done {
            job,
            figures: &figures,
            seconds: started.elapsed().as_secs_f64(),
        };
        tell(&mut output, &done)?;
    }
    Ok(())
}

/// Who reads may leave: the jobs that are asked for are done all the same.
fn tell(output: &mut Option<Output>, done: &impl Serialize) -> Result<()> {
    let Some(out) = output else { return Ok(()) };
    let line = serde_json::to_string(done)? + "\n";
    match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if ClosedPipe::caused(&error) => *output = None,
        written => written.context("failed to write to standard output")?,
    }
    Ok(())
}
