//! A run's settings: base file, then later files, then single assignments, resolved into one TOML
//! document whose tables are named after the stages that read them.
//!
//! A file may name the one that it builds on. Knows nothing about what a key means, except that the base file names the
//! keys that exist.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;
use toml::{Table, Value};

/// The table of the loop itself; stages read the tables that carry their names.
const LOOP: &str = "run";

/// Tables that an assignment may begin where the base file has none.
const STAGES: [&str; 8] = [
    "sft",
    "sample-questions",
    "rollout",
    "grader",
    "grade",
    "score",
    "compute-advantages",
    "ppo-step",
];

/// At the top of a settings file: the file that it builds on, relative to its own folder.
const BASE: &str = "base";

/// Keys that may change between two calls of `journal open`: none of them has any influence on the
/// bytes of a step that is already done.
const ADJUSTABLE: [&str; 4] = [
    "run.steps",
    "run.eval_every",
    "run.keep_checkpoints",
    "run.keep_steps",
];

#[derive(Debug, Error)]
pub enum SettingsError {
    #[error("failed to read settings")]
    Read(#[from] std::io::Error),
    #[error("{}: {message}", path.display())]
    Syntax { path: PathBuf, message: String },
    #[error("{origin}: unknown setting `{key}`{}", hint(.nearest))]
    Unknown {
        origin: String,
        key: String,
        nearest: Option<String>,
    },
    #[error("{origin}: setting `{key}`: expected {expected}, found {found}")]
    Mistyped {
        origin: String,
        key: String,
        expected: &'static str,
        found: String,
    },
    #[error("{}: builds on itself", path.display())]
    Circular { path: PathBuf },
    #[error("--set {assignment}: expected key=value")]
    NotAnAssignment { assignment: String },
    #[error("--set {key}: several tables have this key; write one of {}", .candidates.join(", "))]
    Ambiguous {
        key: String,
        candidates: Vec<String>,
    },
}

fn hint(nearest: &Option<String>) -> String {
    match nearest {
        Some(key) => format!(" (did you mean `{key}`?)"),
        None => " (+table.key=value adds one that the preset leaves out)".to_owned(),
    }
}

/// Resolved settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings(Table);

impl Settings {
    /// The first of `files` is the base and names the known keys; later files and then
    /// `assignments` (`table.key=value`, or `key=value` where only one table has the key) win.
    ///
    /// A later file may add a key to a stage's table, since the stage itself checks its keys; an assignment does so as
    /// `+table.key=value`.
    pub fn resolve(files: &[PathBuf], assignments: &[String]) -> Result<Settings, SettingsError> {
        let mut settings = Settings(Table::new());
        for (position, path) in files.iter().enumerate() {
            if position == 0 {
                settings = Settings::with_its_base(path, &[])?;
            } else {
                settings.overlay(read(path)?, &path.display().to_string())?;
            }
        }
        for assignment in assignments {
            settings.assign(assignment)?;
        }
        Ok(settings)
    }

    /// A file's settings over those of the file that it builds on, which names the known keys.
    fn with_its_base(path: &Path, above: &[PathBuf]) -> Result<Settings, SettingsError> {
        let mut table = read(path)?;
        let real = fs_err::canonicalize(path)?;
        if above.contains(&real) {
            return Err(SettingsError::Circular { path: path.into() });
        }
        let origin = path.display().to_string();
        let Some(base) = table.remove(BASE) else {
            return Ok(Settings(table));
        };
        let name = base.as_str().ok_or_else(|| SettingsError::Mistyped {
            origin: origin.clone(),
            key: BASE.into(),
            expected: "a string",
            found: base.to_string(),
        })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let above = [above, &[real]].concat();
        let mut settings = Settings::with_its_base(&folder.join(name), &above)?;
        settings.overlay(table, &origin)?;
        Ok(settings)
    }

    /// Settings that an earlier call has written.
    pub fn load(path: &Path) -> Result<Settings, SettingsError> {
        read(path).map(Settings)
    }

    /// The value at a dotted key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let mut parts = key.split('.');
        let first = self.0.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    }

    /// The value of a dotted key or of a key of [run], as text.
    pub fn text(&self, key: &str) -> Option<String> {
        let in_loop = format!("{LOOP}.{key}");
        let value = self.get(key).or_else(|| self.get(&in_loop))?;
        Some(value.as_str().map_or(value.to_string(), str::to_owned))
    }

    /// A whole number at a dotted key; `None` where the key is absent.
    pub fn count(&self, key: &str) -> Result<Option<u64>, SettingsError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        let number = value
            .as_integer()
            .and_then(|number| u64::try_from(number).ok());
        number.map(Some).ok_or_else(|| SettingsError::Mistyped {
            origin: "settings.toml".into(),
            key: key.into(),
            expected: "a whole number of at least 0",
            found: value.to_string(),
        })
    }

    /// Dotted keys at which `self` and `new` differ, adjustable ones left out.
    pub fn differences(&self, new: &Settings) -> Vec<String> {
        let (old, new) = (self.leaves(), new.leaves());
        let keys = old
            .keys()
            .chain(new.keys().filter(|key| !old.contains_key(*key)));
        let changed = keys.filter(|key| old.get(*key) != new.get(*key) && !adjustable(key));
        let mut changed: Vec<String> = changed.cloned().collect();
        changed.sort();
        changed
    }

    /// The document that stages read with `--config`.
    pub fn to_toml(&self) -> String {
        format!(
            "# Resolved by `journal open`; stages read the table with their name.\n\n{}",
            self.0
        )
    }

    fn leaves(&self) -> BTreeMap<String, &Value> {
        let mut leaves = BTreeMap::new();
        collect_leaves("", &self.0, &mut leaves);
        leaves
    }

    fn overlay(&mut self, table: Table, origin: &str) -> Result<(), SettingsError> {
        let mut later = BTreeMap::new();
        collect_leaves("", &table, &mut later);
        for (key, value) in later {
            let stage_key = key.split_once('.').filter(|(name, _)| *name != LOOP);
            let fresh = stage_key.and_then(|(name, rest)| match self.0.get(name) {
                Some(Value::Table(_)) if self.get(&key).is_none() => Some((name, rest)),
                _ => None,
            });
            match fresh {
                Some((name, rest)) => self.insert(name, rest, value.clone(), origin)?,
                None => self.replace(&key, value.clone(), origin)?,
            }
        }
        Ok(())
    }

    fn assign(&mut self, assignment: &str) -> Result<(), SettingsError> {
        let (key, text) =
            assignment
                .split_once('=')
                .ok_or_else(|| SettingsError::NotAnAssignment {
                    assignment: assignment.into(),
                })?;
        let origin = format!("--set {assignment}");
        let key = key.trim();
        if let Some(key) = key.strip_prefix('+') {
            return self.add(key, text.trim(), &origin);
        }
        let key = self.full_key(key)?;
        let known = self.get(&key).ok_or_else(|| self.unknown(&key, &origin))?;
        let value = read_value(known, text.trim());
        self.replace(&key, value, &origin)
    }

    /// Sets a key that a stage knows and the base file leaves out; the stage itself checks it.
    fn add(&mut self, key: &str, text: &str, origin: &str) -> Result<(), SettingsError> {
        if self.get(key).is_some() {
            return self.assign(&format!("{key}={text}"));
        }
        let stage_key = key.split_once('.').filter(|(table, _)| *table != LOOP);
        let is_table = |table: &str| self.get(table).is_some_and(Value::is_table);
        let known = stage_key.filter(|(table, _)| is_table(table) || STAGES.contains(table));
        let (table, name) = known.ok_or_else(|| self.unknown(key, origin))?;
        let value = toml_value(text).unwrap_or_else(|| Value::String(text.into()));
        self.insert(table, name, value, origin)
    }

    /// `run.key`, or the only table's key of that name, for a key without a table.
    fn full_key(&self, key: &str) -> Result<String, SettingsError> {
        if self.get(key).is_some_and(|value| !value.is_table()) || key.contains('.') {
            return Ok(key.into());
        }
        let in_loop = format!("{LOOP}.{key}");
        if self.get(&in_loop).is_some() {
            return Ok(in_loop);
        }
        let tables = self.0.iter().filter(|(_, value)| value.get(key).is_some());
        let mut candidates: Vec<String> = tables.map(|(name, _)| format!("{name}.{key}")).collect();
        match candidates.len() {
            0 => Ok(key.into()),
            1 => Ok(candidates.remove(0)),
            _ => Err(SettingsError::Ambiguous {
                key: key.into(),
                candidates,
            }),
        }
    }

    fn replace(&mut self, key: &str, value: Value, origin: &str) -> Result<(), SettingsError> {
        let known = self.get(key).ok_or_else(|| self.unknown(key, origin))?;
        if kind(known) != kind(&value) {
            return Err(SettingsError::Mistyped {
                origin: origin.into(),
                key: key.into(),
                expected: kind(known),
                found: value.to_string(),
            });
        }
        match key.rsplit_once('.') {
            Some((table, name)) => self.insert(table, name, value, origin),
            None => {
                self.0.insert(key.into(), value);
                Ok(())
            }
        }
    }

    /// Puts `value` under `table` (dotted, existing) at `name` (dotted where it adds tables).
    fn insert(
        &mut self,
        table: &str,
        name: &str,
        value: Value,
        origin: &str,
    ) -> Result<(), SettingsError> {
        let path = format!("{table}.{name}");
        let mut parts: Vec<&str> = path.split('.').collect();
        let last = parts.pop().unwrap_or_default();
        let mut at = &mut self.0;
        for part in parts {
            let entry = at.entry(part).or_insert_with(|| Value::Table(Table::new()));
            let Value::Table(next) = entry else {
                return Err(SettingsError::Mistyped {
                    origin: origin.into(),
                    key: path.clone(),
                    expected: kind(entry),
                    found: "a table".into(),
                });
            };
            at = next;
        }
        at.insert(last.into(), value);
        Ok(())
    }

    fn unknown(&self, key: &str, origin: &str) -> SettingsError {
        let leaves = self.leaves();
        let distances = leaves.keys().map(|known| (distance(known, key), known));
        let nearest = distances
            .min()
            .filter(|(distance, _)| *distance <= 1 + last_part(key).len() / 4);
        SettingsError::Unknown {
            origin: origin.into(),
            key: key.into(),
            nearest: nearest.map(|(_, known)| known.clone()),
        }
    }
}

/// Slips between two keys; a forgotten or wrong table is none.
fn distance(known: &str, key: &str) -> usize {
    let of_last_parts = strsim::damerau_levenshtein(last_part(known), last_part(key));
    strsim::damerau_levenshtein(known, key).min(of_last_parts)
}

fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn read(path: &Path) -> Result<Table, SettingsError> {
    let text = fs_err::read_to_string(path)?;
    text.parse()
        .map_err(|error: toml::de::Error| SettingsError::Syntax {
            path: path.into(),
            message: error.to_string().trim_end().to_owned(),
        })
}

fn collect_leaves<'a>(prefix: &str, table: &'a Table, leaves: &mut BTreeMap<String, &'a Value>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            Value::Table(inner) => collect_leaves(&key, inner, leaves),
            leaf => {
                leaves.insert(key, leaf);
            }
        }
    }
}

/// Text from the command line as a value: as it stands where a string is known, TOML otherwise.
fn read_value(known: &Value, text: &str) -> Value {
    match (known, toml_value(text)) {
        (Value::String(_), Some(Value::String(quoted))) => Value::String(quoted),
        (Value::String(_), _) | (_, None) => Value::String(text.into()),
        (_, Some(value)) => value,
    }
}

fn toml_value(text: &str) -> Option<Value> {
    let mut table = format!("value = {text}").parse::<Table>().ok()?;
    table.remove("value")
}

/// Whole and decimal numbers are one kind: `1` and `1.0` are both fine for a rate.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a string",
        Value::Integer(_) | Value::Float(_) => "a number",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a table",
    }
}

/// Threads are adjustable because every stage gives the same bytes whatever their number.
fn adjustable(key: &str) -> bool {
    ADJUSTABLE.contains(&key) || key.ends_with(".threads")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    fn resolved(assignments: &[&str]) -> Result<Settings, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("base.toml");
        fs_err::write(&path, "[run]\nsteps = 3\n[rollout]\ntemperature = 1.0\n").unwrap();
        let assignments: Vec<String> = assignments.iter().map(ToString::to_string).collect();
        Settings::resolve(&[path], &assignments).map_err(|error| error.to_string())
    }

    #[test]
    fn a_plus_adds_what_the_preset_leaves_out() {
        let settings = resolved(&[
            "+rollout.feedback=[\"verdict\", \"quote\"]",
            "+rollout.thinking=off",
            "+rollout.top-k=5",
            "+rollout.temperature=0.5",
            "+score.micro-batch-tokens=640",
        ])
        .unwrap();
        assert_eq!(
            settings.get("rollout.thinking").unwrap().as_str(),
            Some("off")
        );
        assert_eq!(settings.get("rollout.top-k").unwrap().as_integer(), Some(5));
        let begun = settings.get("score.micro-batch-tokens").unwrap();
        assert_eq!(begun.as_integer(), Some(640));
        assert_eq!(
            settings
                .get("rollout.feedback")
                .unwrap()
                .as_array()
                .unwrap()
                .len(),
            2
        );
        assert_eq!(
            settings.get("rollout.temperature").unwrap().as_float(),
            Some(0.5)
        );
        for (wrong, part) in [
            ("+rollot.thinking=off", "unknown setting `rollot.thinking`"),
            ("+run.stepz=1", "did you mean `run.steps`"),
            ("+rollout.temperature=hot", "expected a number"),
            ("rollout.thinking=off", "+table.key=value adds one"),
        ] {
            let error = resolved(&[wrong]).unwrap_err();
            assert!(error.contains(part), "{error}");
        }
    }
}
