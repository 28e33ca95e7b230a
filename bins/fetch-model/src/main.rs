//! Finds a model directory by path, or fetches it from the hub by name, and prints where it is.
//!
//! The only program that uses the network. Knows nothing about what a model computes.

mod args;
mod cache;
mod error;
mod files;
mod hub;
mod meter;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use args::Args;
use cache::HubCache;
use checkpoints::{ModelConfig, Weights};
use error::FetchError;
use hub::Hub;
use stage::Context;

fn main() -> ExitCode {
    stage::main::<Args>(run)
}

fn run(args: Args, context: &Context) -> anyhow::Result<()> {
    let directory = if is_path(&args.model) {
        checkpoints::resolve(&args.model)?
    } else {
        by_name(&args, context)?
    };
    check(&directory)?;
    writeln!(std::io::stdout(), "{}", directory.display())?;
    Ok(())
}

/// Whatever exists is a path, and so is what could not be a name.
fn is_path(model: &str) -> bool {
    Path::new(model).exists() || !files::is_name(model)
}

fn by_name(args: &Args, context: &Context) -> anyhow::Result<PathBuf> {
    let cache = HubCache::from_environment()?;
    let name = &args.model;
    let cached = || cache.complete(name, &args.revision);
    if args.offline {
        let missing = || FetchError::NotCached {
            name: name.clone(),
            cache: cache.path().to_owned(),
        };
        return Ok(cached().ok_or_else(missing)?);
    }
    let fetched = Hub::new(&cache, name, &args.revision)
        .map_err(anyhow::Error::from)
        .and_then(|hub| hub.fetch(context))
        .with_context(|| format!("cannot fetch model {name}"));
    match (fetched, cached()) {
        (Err(error), Some(directory)) if is_unreachable(&error) => {
            tracing::warn!("{error:#}; using the copy that was fetched before");
            Ok(directory)
        }
        (fetched, _) => fetched,
    }
}

fn is_unreachable(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(FetchError::Unreachable { .. }))
}

/// Reads the configuration and all headers: an incomplete or unknown model is refused here, not
/// by the first stage that loads it.
fn check(directory: &Path) -> anyhow::Result<()> {
    let config = ModelConfig::load(directory)?;
    let weights = Weights::open(directory)?;
    for parameter in config.trunk_parameters() {
        weights.weight(&parameter.name, &parameter.shape)?;
    }
    Ok(())
}
