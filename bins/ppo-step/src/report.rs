//! Metrics records, and the line beside the progress bar.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use learning::objective::losses::LOG_RATIO_BOUND;
use learning::train::contribution::{BOUNDED_KL, BOUNDED_RATIOS};
use learning::train::update::StepMetrics;
use serde::Serialize;
use stage::Progress;
use tables::{ClosedPipe, Output};
use tracing::warn;

/// Where every optimiser step is told.
pub struct Report {
    bar: Progress,
    /// None once its reader has gone: metrics are for whoever listens, the checkpoint is not.
    output: Option<Output>,
    rl_step: u64,
    steps: u64,
    bounded_ratios: f64,
    bounded_kl: f64,
}

/// What is printed.
#[derive(Serialize)]
struct Record<'a> {
    /// Calls of this program in this run before this one.
    rl_step: u64,
    /// Optimiser steps in this run before this one, of the network that has made most.
    optimizer_step: u64,
    #[serde(flatten)]
    metrics: &'a StepMetrics,
}

impl Report {
    /// `metrics` is a file; standard output without one.
    pub fn create(metrics: Option<&Path>, bar: Progress, rl_step: u64, steps: u64) -> Result<Self> {
        let output = Output::create(metrics.unwrap_or(Path::new("-")))?;
        Ok(Self {
            bar,
            output: Some(output),
            rl_step,
            steps,
            bounded_ratios: 0.0,
            bounded_kl: 0.0,
        })
    }

    pub fn step(&mut self, metrics: &StepMetrics) -> std::io::Result<()> {
        let record = Record {
            rl_step: self.rl_step,
            optimizer_step: self.steps,
            metrics,
        };
        self.steps += 1;
        if let Some(policy) = &metrics.policy {
            self.bounded_ratios += policy.value(BOUNDED_RATIOS).unwrap_or(0.0);
            self.bounded_kl += policy.value(BOUNDED_KL).unwrap_or(0.0);
        }
        let mut line = serde_json::to_vec(&record)?;
        line.push(b'\n');
        if let Err(error) = self.write(&line) {
            if !ClosedPipe::caused(&error) {
                return Err(error);
            }
            self.output = None;
        }
        let speed = metrics.tokens as f64 / metrics.seconds.max(1e-9);
        self.bar.message(format!("{speed:.0} tokens/s"));
        self.bar.inc(1);
        Ok(())
    }

    fn write(&mut self, line: &[u8]) -> std::io::Result<()> {
        let Some(output) = &mut self.output else {
            return Ok(());
        };
        output.write_all(line)?;
        if output.is_stream() {
            output.flush()
        } else {
            Ok(())
        }
    }

    pub fn finish(self) -> Result<()> {
        self.bar.finish();
        self.warn_of_bounds();
        match self.output {
            Some(output) => Ok(output.finish()?),
            None => Ok(()),
        }
    }

    /// A policy that is so far from where it was, or from the reference, is rarely meant.
    fn warn_of_bounds(&self) {
        for (tokens, other) in [
            (self.bounded_ratios, "policy_logprobs"),
            (self.bounded_kl, "reference_logprobs"),
        ] {
            if tokens > 0.0 {
                warn!(
                    tokens,
                    "log-probabilities more than {LOG_RATIO_BOUND} from {other}: counted as \
                     {LOG_RATIO_BOUND}, without a gradient"
                );
            }
        }
    }
}
