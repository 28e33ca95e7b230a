//! Settings without which a run cannot start, checked before anything is made.
//!
//! Knows nothing about what they are for: the pipeline names them, each with an example.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::settings::Settings;

/// Keys of settings and what must hold for them.
pub struct Needs<'a> {
    /// `KEY=EXAMPLE`: has a value.
    pub filled: &'a [String],
    /// `KEY=EXAMPLE`: names files that are there.
    pub files: &'a [String],
    /// `KEY`: is empty or absent, or names files that are there.
    pub optional_files: &'a [String],
}

impl Needs<'_> {
    /// All that is missing is told at once.
    pub fn check(&self, settings: &Settings) -> Result<()> {
        let mut problems = Vec::new();
        for need in self.filled.iter().chain(self.files) {
            let (key, example) = need
                .split_once('=')
                .with_context(|| format!("{need}: expected KEY=EXAMPLE"))?;
            let value = settings.text(key).unwrap_or_default();
            let problem = if value.trim().is_empty() {
                Some(format!("{key}= is missing: this setting is empty"))
            } else if self.files.contains(need) {
                absent(key, &value)
            } else {
                None
            };
            let example = |problem| format!("{problem}; for example {key}={example}");
            problems.extend(problem.map(example));
        }
        for key in self.optional_files {
            let problem = absent(key, &settings.text(key).unwrap_or_default());
            problems.extend(problem.map(|problem| format!("{problem}; {key}= does without")));
        }
        if !problems.is_empty() {
            bail!("{}", problems.join("\n"));
        }
        Ok(())
    }
}

/// What to say of the files of a list with commas that are not there; a name that is a file is no list.
fn absent(key: &str, value: &str) -> Option<String> {
    if value.trim().is_empty() || Path::new(value).is_file() {
        return None;
    }
    let absent = value.split(',').filter(|name| !Path::new(name).is_file());
    let absent: Vec<&str> = absent.collect();
    match absent.len() {
        0 => None,
        1 => Some(format!("{key}={}: no such file", absent[0])),
        _ => Some(format!("{key}={}: no such files", absent.join(","))),
    }
}
