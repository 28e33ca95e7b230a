//! What dialogues of several attempts are measured by: attempts in, counts and intervals out.
//!
//! A statistic is declared once, in [`SHARES`]: its name, what is counted and among what. [`Dialogue`] counts one
//! dialogue, [`share`], [`pass_at`] and [`mean`] make estimates of the counts of many, [`Crossed`] of runs over several
//! seeds. This crate knows nothing about files, models or benchmarks.

mod crossed;
mod dialogue;
mod intervals;
mod shares;

pub use crossed::Crossed;
pub use dialogue::Dialogue;
pub use intervals::{Cluster, Estimate, mean, pass_at, share, wilson};
pub use shares::{Count, SHARES, Share};
