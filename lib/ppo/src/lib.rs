//! Losses, optimiser, schedule and the update loop.
