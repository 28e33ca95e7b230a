//! What is left to do: the next step, and whether its evaluation is due.
//!
//! Steps count from 1; step S turns checkpoint S-1 into checkpoint S. Knows nothing about stages.

use anyhow::{Context, Result};

use crate::folder::RunFolder;
use crate::metrics::Metrics;
use crate::settings::Settings;

/// The run's own settings that decide how long it goes on.
pub struct Schedule {
    pub steps: u64,
    /// Evaluate after every so many steps and after the last; 0: never.
    pub eval_every: u64,
}

impl Schedule {
    pub fn load(run: &RunFolder) -> Result<Schedule> {
        let settings = Settings::load(&run.settings())?;
        let steps = settings.count("run.steps")?;
        Ok(Schedule {
            steps: steps.with_context(|| {
                format!(
                    "{}: setting `run.steps` is missing",
                    run.settings().display()
                )
            })?,
            eval_every: settings.count("run.eval_every")?.unwrap_or(0),
        })
    }

    /// Whether an evaluation follows this step.
    pub fn evaluates_after(&self, step: u64) -> bool {
        self.eval_every > 0 && (step.is_multiple_of(self.eval_every) || step == self.steps)
    }

    /// The first step that is not finished; one more than `steps` when all are.
    ///
    /// The newest recorded step comes again while its evaluation is due: its stages are skipped.
    pub fn next(&self, metrics: &Metrics, evaluations: &Metrics) -> u64 {
        let next = (1..).find(|step| !metrics.has(*step)).unwrap_or(1);
        let newest = next - 1;
        let owed = newest > 0 && self.evaluates_after(newest) && !evaluations.has(newest);
        if owed { newest } else { next }
    }
}
