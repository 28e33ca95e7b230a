//! `journal open`: makes a run's folder and settles its settings, once.
//!
//! Knows nothing about stages.

use std::io::Write;

use anyhow::{Context, Result, bail};
use tables::AtomicFile;

use crate::folder::RunFolder;
use crate::settings::Settings;

/// Creates the run, or checks that an existing one has the same settings.
///
/// While no stage has run yet, other settings simply replace the old ones.
pub fn open(run: &RunFolder, settings: &Settings) -> Result<()> {
    let root = run.root();
    fs_err::create_dir_all(root)?;
    let _lock = run.lock()?;
    if run.settings().exists() {
        let old = Settings::load(&run.settings())?;
        if old == *settings {
            return Ok(());
        }
        let changed = old.differences(settings);
        if !changed.is_empty() && started(run)? {
            bail!("{}", refusal(run, &old, settings, &changed));
        }
    }
    write(run, settings)
}

fn started(run: &RunFolder) -> Result<bool> {
    Ok(run.metrics().exists() || !RunFolder::numbers_in(&run.steps())?.is_empty())
}

fn refusal(run: &RunFolder, old: &Settings, new: &Settings, changed: &[String]) -> String {
    let shown = |settings: &Settings, key: &str| {
        settings
            .get(key)
            .map_or("unset".to_owned(), ToString::to_string)
    };
    let lines: Vec<String> = changed
        .iter()
        .map(|key| {
            format!(
                "  {key}: {} there, {} now",
                shown(old, key),
                shown(new, key)
            )
        })
        .collect();
    format!(
        "{} was started with other settings:\n{}\nname another run, or remove the folder to start over",
        run.root().display(),
        lines.join("\n")
    )
}

fn write(run: &RunFolder, settings: &Settings) -> Result<()> {
    let path = run.settings();
    let mut file = AtomicFile::create(&path)?;
    file.write_all(settings.to_toml().as_bytes())
        .with_context(|| format!("failed to write {}", path.display()))?;
    file.publish()?;
    Ok(())
}
