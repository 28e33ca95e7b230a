//! Learning: losses, AdamW, schedule, minibatches and the update loop that works on them.
//!
//! Bottom up: `losses`, `reduction`, `schedule` and `adamw` are the mathematics; `tokens`,
//! `experience`, `batches` and `plan` say what is learned from; `padded`, `forward` and `micro_batch`
//! compute; `workers`, `gradients` and `statistics` add up in a fixed order, so results do not
//! depend on threads; `optimizer` takes the step; `update`, `supervised` and `scoring` are the loops;
//! `state` keeps what a run needs to go on.
//! Knows nothing about files of records, flags or how dialogues were played.

pub mod adamw;
pub mod batches;
pub mod error;
pub mod execution;
pub mod experience;
pub mod flat;
pub mod forward;
pub mod gradients;
pub mod initialise;
pub mod losses;
pub mod micro_batch;
pub mod optimizer;
pub mod origin;
pub mod padded;
pub mod plan;
pub mod reduction;
pub mod replica;
pub mod schedule;
pub mod scoring;
pub mod source;
pub mod state;
pub mod statistics;
pub mod supervised;
pub mod tokens;
pub mod update;
pub mod workers;
