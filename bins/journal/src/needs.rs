//! Settings without which a run cannot start, checked before anything is made.
//!
//! Knows nothing about what they are for: the pipeline names them, each with an example.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::settings::Settings;

/// Every setting of `filled` has a value, and every one of `files` names a file; both are spelled `KEY=EXAMPLE`. All that
/// is missing is told at once.
pub fn check(settings: &Settings, filled: &[String], files: &[String]) -> Result<()> {
    let mut problems = Vec::new();
    for need in filled.iter().chain(files) {
        let (key, example) = need
            .split_once('=')
            .with_context(|| format!("{need}: expected KEY=EXAMPLE"))?;
        let value = settings.text(key).unwrap_or_default();
        if value.trim().is_empty() {
            problems.push(format!(
                "{key}= is missing: this setting is empty; for example {key}={example}"
            ));
        } else if files.contains(need) && !Path::new(&value).is_file() {
            problems.push(format!(
                "{key}={value}: no such file; for example {key}={example}"
            ));
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}
