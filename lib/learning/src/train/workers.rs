//! Worker threads whose results come back in the order of the jobs.
//! Knows nothing about tensors: a job is a number, a result is whatever the work returns.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Why the jobs were stopped.
#[derive(Debug)]
pub enum Failure<E> {
    /// The work or its consumer returned this error.
    Returned(E),
    /// The work on this job panicked with this message.
    Panicked { job: usize, message: String },
}

/// Runs `work(replica, job)` for every job below `jobs`, one thread per replica, and hands the
/// results to `consume` in ascending order of jobs, on the calling thread. What `consume` adds up
/// therefore does not depend on the number of threads or their speed.
///
/// Jobs start in ascending order. The first error of `work` or `consume` stops the rest.
pub fn in_order<C, R, E>(
    replicas: Vec<C>,
    jobs: usize,
    work: impl Fn(&mut C, usize) -> Result<R, E> + Sync,
    mut consume: impl FnMut(usize, R) -> Result<(), E>,
) -> Result<(), Failure<E>>
where
    C: Send,
    R: Send,
    E: Send,
{
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, results) = mpsc::channel();
    std::thread::scope(|scope| {
        for mut replica in replicas {
            let (sender, work, next, stop) = (sender.clone(), &work, &next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let job = next.fetch_add(1, Ordering::Relaxed);
                    if job >= jobs
                        || sender
                            .send((job, guarded(work, &mut replica, job)))
                            .is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let outcome = deliver(results, &mut consume);
        stop.store(true, Ordering::Relaxed);
        outcome
    })
}

/// Hands results on in the order of their jobs; early ones wait.
fn deliver<R, E>(
    results: mpsc::Receiver<(usize, Result<R, Failure<E>>)>,
    consume: &mut impl FnMut(usize, R) -> Result<(), E>,
) -> Result<(), Failure<E>> {
    let mut waiting = BTreeMap::new();
    let mut expected = 0;
    for (job, result) in results {
        waiting.insert(job, result);
        while let Some(result) = waiting.remove(&expected) {
            consume(expected, result?).map_err(Failure::Returned)?;
            expected += 1;
        }
    }
    Ok(())
}

fn guarded<C, R, E>(
    work: &impl Fn(&mut C, usize) -> Result<R, E>,
    replica: &mut C,
    job: usize,
) -> Result<R, Failure<E>> {
    // A replica is never used again after its panic: the error stops all workers.
    match catch_unwind(AssertUnwindSafe(|| work(replica, job))) {
        Ok(result) => result.map_err(Failure::Returned),
        Err(payload) => Err(Failure::Panicked {
            job,
            message: message_of(payload.as_ref()),
        }),
    }
}

fn message_of(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_arrive_in_the_order_of_jobs() {
        for threads in [1, 2, 5] {
            let mut seen = Vec::new();
            let work = |_: &mut (), job: usize| {
                // Later jobs finish first.
                std::thread::sleep(std::time::Duration::from_micros(300 - 10 * job as u64));
                Ok::<_, usize>(job * job)
            };
            in_order(vec![(); threads], 30, work, |job, square| {
                seen.push((job, square));
                Ok(())
            })
            .unwrap();
            assert_eq!(
                seen,
                (0..30).map(|job| (job, job * job)).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn the_first_error_by_job_wins_and_stops_the_rest() {
        let work = |_: &mut (), job: usize| {
            if job >= 3 { Err(job) } else { Ok(job) }
        };
        let error = in_order(vec![(); 4], 1000, work, |_, _| Ok(())).unwrap_err();
        assert!(matches!(error, Failure::Returned(3)), "{error:?}");
    }

    #[test]
    fn a_panic_becomes_an_error_that_names_the_job() {
        let work = |_: &mut (), job: usize| {
            assert!(job != 2, "cannot do {job}");
            Ok::<_, usize>(())
        };
        let error = in_order(vec![(); 2], 5, work, |_, ()| Ok(())).unwrap_err();
        let Failure::Panicked { job, message } = error else {
            panic!("{error:?}")
        };
        assert_eq!(job, 2);
        assert!(message.contains("cannot do 2"));
    }
}
