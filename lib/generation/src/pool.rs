//! The workers of a run, each with its own backend, over one queue.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;

use grading::Grader;

use crate::backend::Backend;
use crate::environment::Environment;
use crate::error::GenerationError;
use crate::queue::Queue;
use crate::task::{Job, Played};
use crate::verdicts;
use crate::worker::{Shared, Worker};

/// Where finished dialogues and errors go.
pub(crate) type Deliver = Arc<dyn Fn(Result<Played, GenerationError>) + Send + Sync>;

/// Makes a backend on the thread that will run it.
pub type Engine = Box<dyn FnOnce() -> anyhow::Result<Box<dyn Backend>> + Send>;

/// What all workers share.
pub struct Settings {
    pub environment: Arc<Environment>,
    pub grader: Arc<dyn Grader>,
}

/// Work done so far.
#[derive(Default)]
pub struct Counters {
    /// Tokens drawn.
    pub sampled: AtomicU64,
    /// Tokens that went through the policy, prompts and feedback included.
    pub fed: AtomicU64,
}

/// Running workers. Dropped, it stops them.
pub struct Pool {
    queue: Arc<Queue<Job>>,
    counters: Arc<Counters>,
    threads: Vec<JoinHandle<()>>,
}

impl Pool {
    /// Starts one worker an engine. `deliver` takes finished dialogues, in whatever order they finish, and errors, each of
    /// which ends the run.
    pub fn start(
        engines: Vec<Engine>,
        settings: &Settings,
        deliver: impl Fn(Result<Played, GenerationError>) + Send + Sync + 'static,
    ) -> std::io::Result<Self> {
        let deliver: Deliver = Arc::new(deliver);
        let (attempts, grader) = verdicts::grader_thread(Arc::clone(&settings.grader))?;
        let mut pool = Self {
            queue: Arc::new(Queue::new(engines.len(), expected_length)),
            counters: Arc::new(Counters::default()),
            threads: vec![grader],
        };
        for (index, engine) in engines.into_iter().enumerate() {
            let shared = Shared {
                environment: Arc::clone(&settings.environment),
                queue: Arc::clone(&pool.queue),
                counters: Arc::clone(&pool.counters),
                attempts: attempts.clone(),
                deliver: Arc::clone(&deliver),
            };
            let work = move || work(engine, shared);
            pool.threads.push(
                std::thread::Builder::new()
                    .name(format!("worker {index}"))
                    .spawn(work)?,
            );
        }
        Ok(pool)
    }

    /// Where jobs go; close it after the last.
    pub fn queue(&self) -> Arc<Queue<Job>> {
        Arc::clone(&self.queue)
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.queue.stop();
        for thread in self.threads.drain(..).rev() {
            let _ = thread.join();
        }
    }
}

/// What a dialogue's length goes by before it is played: the attempts that it may take.
fn expected_length(job: &Job) -> u64 {
    u64::from(job.task.attempts_allowed)
}

/// The life of a worker's thread.
fn work(engine: Engine, shared: Shared) {
    let watch = Watch(Arc::clone(&shared.deliver));
    let ended = engine().map_err(GenerationError::Load);
    if let Err(error) = ended.and_then(|backend| Worker::new(shared, backend).run()) {
        (watch.0)(Err(error));
    }
}

/// Reports a panic, which would otherwise leave everybody waiting for the dialogues lost with it.
struct Watch(Deliver);

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            (self.0)(Err(GenerationError::Worker));
        }
    }
}
