//! The live loss, and the metrics file.

use std::io::Write;

use anyhow::Result;
use learning::train::supervised::SupervisedMetrics;
use stage::Progress;
use tables::AtomicFile;

/// Where every optimiser step is told.
pub struct Report {
    pub bar: Progress,
    pub file: Option<AtomicFile>,
}

impl Report {
    pub fn step(&mut self, metrics: &SupervisedMetrics) -> std::io::Result<()> {
        let speed = metrics.tokens as f64 / metrics.seconds.max(1e-9);
        self.bar
            .message(format!("loss {:.4}, {speed:.0} tokens/s", metrics.loss));
        self.bar.inc(1);
        if let Some(file) = &mut self.file {
            serde_json::to_writer(&mut *file, metrics)?;
            file.write_all(b"\n")?;
        }
        Ok(())
    }

    pub fn finish(self) -> Result<()> {
        self.bar.finish();
        if let Some(file) = self.file {
            file.publish()?;
        }
        Ok(())
    }
}
