//! Learning from dialogues: PPO, supervised fine-tuning, and the scores that both need.
//!
//! Three rooms, bottom up: [`objective`] is the mathematics (losses, what a token counts, learning rate, AdamW);
//! [`batch`] says what is learned from and in which portions; [`train`] computes, adds gradients up in the order of the
//! micro-batches whatever the threads, takes optimiser steps and keeps what a run needs to go on. Knows nothing about
//! files of records, flags or how dialogues were played.

pub mod batch;
pub mod error;
pub mod objective;
pub mod train;
