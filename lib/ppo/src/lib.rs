//! Learning: losses, AdamW, schedule, minibatches and the update loop that works on them.
//! Knows nothing about files of records, flags or how dialogues were played.

pub mod adamw;
pub mod losses;
pub mod reduction;
pub mod schedule;
