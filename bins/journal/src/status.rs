//! `journal status`: where a run stands, in one line on standard error.
//!
//! Every call is a process of its own: on a terminal it rewrites the line that the call before it
//! left unfinished, and `journal finish` ends it; elsewhere each call prints a line. Knows nothing
//! about how the numbers came to be.

use std::io::{IsTerminal, Write, stderr};
use std::time::Duration;

use anyhow::Result;

use crate::clock::clock;
use crate::folder::RunFolder;
use crate::metrics::{Line, Metrics, number, step_of};
use crate::schedule::Schedule;

/// What a line leaves out for want of room.
struct Layout {
    named: bool,
    elapsed: bool,
    cells: usize,
}

const FULL: Layout = Layout {
    named: true,
    elapsed: true,
    cells: 20,
};
const NAMELESS: Layout = Layout {
    named: false,
    elapsed: true,
    cells: 20,
};
const SHORT: Layout = Layout {
    named: false,
    elapsed: false,
    cells: 8,
};

/// What the line shows.
pub struct Standing {
    name: String,
    steps: u64,
    done: u64,
    newest: Option<Line>,
    elapsed: Duration,
    left: Duration,
}

impl Standing {
    pub fn of(run: &RunFolder) -> Result<Standing> {
        let schedule = Schedule::load(run)?;
        let metrics = Metrics::load(&run.metrics())?;
        let evaluations = Metrics::load(&run.evaluations())?;
        let name = run
            .root()
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let done = metrics.last().and_then(step_of).unwrap_or(0);
        let spent = seconds(metrics.lines()) + seconds(evaluations.lines());
        Ok(Standing {
            name,
            steps: schedule.steps,
            done,
            newest: metrics.last().cloned(),
            elapsed: Duration::from_secs_f64(spent),
            left: left(&schedule, done, &metrics, &evaluations),
        })
    }

    /// Rewrites the terminal's line, or prints one; `stage` is what runs now.
    pub fn show(&self, stage: Option<&str>) {
        let mut out = stderr().lock();
        // A terminal that is gone is no reason to stop a run.
        let _ = if out.is_terminal() {
            let text = self.fitted(stage, columns().saturating_sub(1));
            write!(out, "\r\x1b[2K{text}").and_then(|()| out.flush())
        } else {
            writeln!(out, "{}", self.text(stage, &FULL))
        };
    }

    /// The fullest line that has room, or the beginning of the shortest.
    fn fitted(&self, stage: Option<&str>, room: usize) -> String {
        let lines = [&FULL, &NAMELESS, &SHORT].map(|layout| self.text(stage, layout));
        let fits = lines.iter().find(|line| line.chars().count() <= room);
        fits.cloned()
            .unwrap_or_else(|| lines[2].chars().take(room).collect())
    }

    fn text(&self, stage: Option<&str>, layout: &Layout) -> String {
        let name = if layout.named {
            format!("{} ", self.name)
        } else {
            String::new()
        };
        let mut parts = vec![format!(
            "{name}{} {}/{}",
            self.bar(layout.cells),
            self.done,
            self.steps
        )];
        parts.extend(stage.map(str::to_owned));
        if let Some(line) = &self.newest {
            parts.extend(figures(line));
        }
        let left = format!("{} left", clock(self.left));
        if self.done > 0 && layout.elapsed {
            parts.push(format!("{} elapsed, {left}", clock(self.elapsed)));
        } else if self.done > 0 {
            parts.push(left);
        }
        parts.join("  ")
    }

    fn bar(&self, cells: usize) -> String {
        let share = self.done as f64 / self.steps.max(1) as f64;
        let full = ((share * cells as f64) as usize).min(cells);
        format!("{}{}", "━".repeat(full), "┄".repeat(cells - full))
    }
}

/// On a terminal, the line with the stage that is about to run.
pub fn show_stage(run: &RunFolder, stage: &str, context: &stage::Context) {
    if context.is_quiet() || !stderr().is_terminal() {
        return;
    }
    // Only decoration: a run without a length has no line.
    if let Ok(standing) = Standing::of(run) {
        standing.show(Some(stage));
    }
}

/// Ends a terminal's line, so that what follows starts on a new one.
pub fn finish() {
    if stderr().is_terminal() {
        eprintln!();
    }
}

fn figures(line: &Line) -> Vec<String> {
    let shown = |key: &str, show: &dyn Fn(f64) -> String| number(line, key).map(show);
    [
        shown("reward", &|value| format!("reward {value:+.3}")),
        shown("accuracy", &|value| {
            format!("accuracy {:.1} %", 100.0 * value)
        }),
        shown("kl", &|value| format!("KL {value:.4}")),
        shown("attempts_used", &|value| format!("attempts {value:.2}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn seconds(lines: &[Line]) -> f64 {
    lines
        .iter()
        .filter_map(|line| number(line, "seconds"))
        .sum()
}

/// The mean of the last steps and evaluations, times those that are left.
fn left(schedule: &Schedule, done: u64, metrics: &Metrics, evaluations: &Metrics) -> Duration {
    let evaluations_left = (done + 1..=schedule.steps).filter(|s| schedule.evaluates_after(*s));
    let steps_left = schedule.steps.saturating_sub(done) as f64;
    let seconds = steps_left * recent_mean(metrics.lines())
        + evaluations_left.count() as f64 * recent_mean(evaluations.lines());
    Duration::from_secs_f64(seconds)
}

/// Over ten lines at most, since responses grow or shrink while a run learns.
fn recent_mean(lines: &[Line]) -> f64 {
    let recent = &lines[lines.len().saturating_sub(10)..];
    if recent.is_empty() {
        0.0
    } else {
        seconds(recent) / recent.len() as f64
    }
}

fn columns() -> usize {
    rustix::termios::tcgetwinsize(stderr()).map_or(80, |size| usize::from(size.ws_col.max(20)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrow_terminal_loses_the_least_important_first() {
        let newest = serde_json::json!({"reward": 0.25, "accuracy": 0.5, "attempts_used": 1.5});
        let standing = Standing {
            name: "tiny".into(),
            steps: 40,
            done: 10,
            newest: newest.as_object().cloned(),
            elapsed: Duration::from_secs(70),
            left: Duration::from_secs(210),
        };
        let figures = "10/40  rollout  reward +0.250  accuracy 50.0 %  attempts 1.50  ";
        let fitted = |room| standing.fitted(Some("rollout"), room);
        assert_eq!(
            fitted(200),
            format!("tiny ━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ {figures}1:10 elapsed, 3:30 left")
        );
        assert_eq!(
            fitted(108),
            format!("━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ {figures}1:10 elapsed, 3:30 left")
        );
        assert_eq!(fitted(90), format!("━━┄┄┄┄┄┄ {figures}3:30 left"));
        assert_eq!(fitted(20), "━━┄┄┄┄┄┄ 10/40  roll");
    }
}
