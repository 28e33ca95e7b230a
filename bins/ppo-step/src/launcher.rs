//! What a launcher such as torchrun says about the other ranks.

use anyhow::{Context, Result, ensure};

/// Refuses to be one rank among several: this program trains with one so far.
pub fn check_ranks() -> Result<()> {
    let Some(text) = std::env::var("WORLD_SIZE").ok() else {
        return Ok(());
    };
    let ranks: u32 = text
        .parse()
        .with_context(|| format!("WORLD_SIZE: expected a number of ranks, found \"{text}\""))?;
    let rank = std::env::var("RANK").unwrap_or_else(|_| "unknown".to_owned());
    ensure!(
        ranks == 1,
        "started as rank {rank} of WORLD_SIZE {ranks}: only one rank is supported so far; start ppo-step by itself"
    );
    Ok(())
}
