//! Plays many multi-attempt dialogues at once: scheduler, sampler and engines; dialogues in, tokens out.
//!
//! A [`Pool`] runs one worker a backend. Each worker keeps a batch of dialogues whose rows join as others leave; a
//! [`Scheduler`] says what is fed in the next step (a prompt or feedback, in chunks, or the token just drawn), the backend
//! computes it and draws the next tokens; another thread grades. Every draw is keyed by the dialogue's seed and the
//! token's position, and the native backend computes a row's logits to the same bits in any company, so a dialogue does
//! not depend on batch size, order, threads or shards. This crate knows nothing about records on disk or command lines.

mod backend;
mod environment;
mod error;
mod play;
mod pool;
mod queue;
mod sampler;
mod scheduler;
mod task;
mod verdicts;
mod worker;

pub use backend::{Backend, BackendError, Feed, NativeBackend, Outcome, TorchBackend};
pub use environment::{Environment, Rules};
pub use error::GenerationError;
pub use play::{Finished, Move, Play};
pub use pool::{Counters, Engine, Pool, Settings};
pub use queue::Queue;
pub use sampler::{Drawn, Sampler, Sampling};
pub use scheduler::{Chunk, Ready, Scheduler};
pub use task::{Job, Played, Query, Task};
