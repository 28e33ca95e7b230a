//! Divides one pass over many threads, or over none. Which thread does what never shows in the results.

use std::ops::Range;
use std::sync::Arc;

/// Who computes.
#[derive(Clone, Default)]
pub enum Threads {
    /// The calling thread. The choice for small models: run one engine a thread instead.
    #[default]
    Caller,
    /// Matrix columns and attention rows are divided over a pool. The choice where one pass reads so many weights
    /// that every thread is needed to bring them in.
    Pool(Arc<rayon::ThreadPool>),
}

impl Threads {
    /// A pool of `count` threads, or the caller alone for 1.
    pub fn new(count: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        if count <= 1 {
            return Ok(Self::Caller);
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build()?;
        Ok(Self::Pool(Arc::new(pool)))
    }

    /// Runs `work` on parts of `0 .. count`; a part is at least `grain` long unless it is the last.
    pub fn divide(&self, count: usize, grain: usize, work: impl Fn(Range<usize>) + Sync) {
        let Self::Pool(pool) = self else {
            return work(0..count);
        };
        let part = count
            .div_ceil(pool.current_num_threads())
            .next_multiple_of(grain.max(1));
        if part >= count {
            return work(0..count);
        }
        let work = &work;
        pool.scope(|scope| {
            for from in (0..count).step_by(part) {
                scope.spawn(move |_| work(from..(from + part).min(count)));
            }
        });
    }
}
