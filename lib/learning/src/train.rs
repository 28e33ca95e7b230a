//! The loops: forward and backward over batches, gradients added up in a fixed order, optimiser steps, and what a run
//! keeps between them.

pub mod contribution;
pub mod execution;
pub mod flat;
pub mod forward;
pub mod gradients;
pub mod head;
pub mod initialise;
pub mod optimizer;
pub mod origin;
pub mod replica;
pub mod scoring;
pub mod source;
pub mod state;
pub mod statistics;
pub mod supervised;
pub mod update;
pub mod workers;
