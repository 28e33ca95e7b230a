//! Settings from a TOML file: each key of the table named after the program stands for the flag of
//! that name, and is put before what was typed unless the same flag, or one that excludes it, was typed.
//!
//! A table that several programs share holds a whole group of flags, so that it stands in the file once: what is listed
//! in [`SHARED`] belongs to the flags under the help heading of that name, and to no program's own table.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, Command, parser::ValueSource};
use thiserror::Error;
use toml::{Table, Value};

use crate::suggestion::closest;

/// Help headings whose flags are set in a table of that name, in lower case. There, `command` stands for
/// `--grader-command` where no flag is called `--command`.
const SHARED: [&str; 1] = ["Grader"];

/// What can be wrong with a configuration file.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("failed to read the configuration file {}", path.display())]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{}: not valid TOML: {message}", path.display())]
    Syntax { path: PathBuf, message: String },
    #[error("{}: expected a table [{table}], found {found}", path.display())]
    NotATable {
        path: PathBuf,
        table: String,
        found: &'static str,
    },
    #[error("{}: unknown key \"{key}\" in [{table}]{hint}; known keys: {known}", path.display())]
    UnknownKey {
        path: PathBuf,
        table: String,
        key: String,
        /// Empty, or the key that was probably meant.
        hint: String,
        known: String,
    },
    #[error("{}: key \"{key}\" in [{table}]: {message}", path.display())]
    Value {
        path: PathBuf,
        table: String,
        key: String,
        message: String,
    },
}

/// A command line, and the file that part of it comes from.
pub struct Merged {
    pub words: Vec<OsString>,
    pub path: Option<PathBuf>,
}

/// The command line with the settings of the file named by `--config` put in.
pub fn merge(command: &Command, typed: Vec<OsString>) -> Result<Merged, ConfigError> {
    let mut command = command.clone();
    command.build();
    let Some((path, given)) = typed_flags(&command, &typed) else {
        let (words, path) = (typed, None);
        return Ok(Merged { words, path });
    };
    let mut words: Vec<OsString> = typed.first().cloned().into_iter().collect();
    for table in tables(&command, &path) {
        for (key, value) in &table.read()? {
            let arg = table.find(&command, key)?;
            if !given.iter().any(|other| excludes(&command, arg, other)) {
                words.extend(table.flags(&command, arg, key, value)?);
            }
        }
    }
    words.extend(typed.into_iter().skip(1));
    let path = Some(path);
    Ok(Merged { words, path })
}

/// The program's own table, then the shared ones of which it has flags.
fn tables(command: &Command, path: &Path) -> Vec<File> {
    let file = |table: String, heading| File {
        path: path.to_owned(),
        table,
        heading,
    };
    let own = file(command.get_name().to_owned(), None);
    let shared = SHARED.iter().filter(|heading| {
        let mut headings = command.get_arguments().map(Arg::get_help_heading);
        headings.any(|found| found == Some(heading))
    });
    let shared = shared.map(|heading| file(heading.to_lowercase(), Some(*heading)));
    std::iter::once(own).chain(shared).collect()
}

/// The configuration file and the ids of all flags that were typed; none where no file is named, or
/// help is asked for.
fn typed_flags(command: &Command, typed: &[OsString]) -> Option<(PathBuf, BTreeSet<String>)> {
    // What is missing here may be in the file; other mistakes are found again by the real parse.
    let lenient = command.clone().ignore_errors(true);
    let matches = lenient.try_get_matches_from(typed).ok()?;
    let path = matches.try_get_one::<PathBuf>("config").ok()??.clone();
    let given = matches.ids().filter(|id| {
        let source = matches.value_source(id.as_str());
        source == Some(ValueSource::CommandLine)
    });
    Some((path, given.map(|id| id.to_string()).collect()))
}

/// Whether a typed flag leaves no room for a setting: the same flag, one declared to conflict with
/// it, or its opposite.
fn excludes(command: &Command, arg: &Arg, typed: &str) -> bool {
    let Some(other) = command.get_arguments().find(|arg| arg.get_id() == typed) else {
        return false;
    };
    let declared = |one, two: &Arg| {
        let conflicts = command.get_arg_conflicts_with(one);
        conflicts.iter().any(|arg| arg.get_id() == two.get_id())
    };
    let opposite = |one: &Arg, two: &Arg| negated(one).as_deref() == two.get_long();
    arg.get_id() == other.get_id()
        || declared(arg, other)
        || declared(other, arg)
        || opposite(arg, other)
        || opposite(other, arg)
}

fn negated(arg: &Arg) -> Option<String> {
    arg.get_long().map(|long| format!("no-{long}"))
}

/// A file, and the table in it that is meant.
struct File {
    path: PathBuf,
    table: String,
    /// The help heading of a shared table's flags; none for the program's own.
    heading: Option<&'static str>,
}

impl File {
    fn read(&self) -> Result<Table, ConfigError> {
        let text = read(&self.path)?;
        let mut tables: Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| {
                1 + text[..span.start.min(text.len())].matches('\n').count()
            });
            ConfigError::Syntax {
                path: self.path.clone(),
                message: format!("line {line}: {}", error.message().replace('\n', "; ")),
            }
        })?;
        match tables.remove(&self.table) {
            None => Ok(Table::new()),
            Some(Value::Table(table)) => Ok(table),
            Some(other) => Err(ConfigError::NotATable {
                path: self.path.clone(),
                table: self.table.clone(),
                found: other.type_str(),
            }),
        }
    }

    /// The flag that a key stands for; `-` and `_` are the same.
    fn find<'a>(&self, command: &'a Command, key: &str) -> Result<&'a Arg, ConfigError> {
        let name = key.replace('_', "-");
        let known = || command.get_arguments().filter(|arg| self.holds(arg));
        let called = |name: &str| known().find(|arg| arg.get_long() == Some(name));
        let prefixed = || self.heading.and_then(|_| called(&self.prefixed(&name)));
        if let Some(arg) = called(&name).or_else(prefixed) {
            return Ok(arg);
        }
        let names: Vec<&str> = known().filter_map(|arg| self.key(arg)).collect();
        let hint = match shared_table(command, &name) {
            Some(table) => Some(format!(", it belongs in [{table}]")),
            None => closest(&name, &names).map(|name| format!(", did you mean \"{name}\"?")),
        };
        Err(ConfigError::UnknownKey {
            path: self.path.clone(),
            table: self.table.clone(),
            key: key.to_owned(),
            hint: hint.unwrap_or_default(),
            known: names.join(", "),
        })
    }

    fn holds(&self, arg: &Arg) -> bool {
        is_setting(arg) && shared_heading(arg) == self.heading
    }

    fn prefixed(&self, key: &str) -> String {
        format!("{}-{key}", self.table)
    }

    /// What a flag is called in this table.
    fn key<'a>(&self, arg: &'a Arg) -> Option<&'a str> {
        let long = arg.get_long()?;
        let short = self
            .heading
            .and_then(|_| long.strip_prefix(&self.prefixed("")));
        Some(short.unwrap_or(long))
    }

    /// A setting as it would be typed.
    fn flags(
        &self,
        command: &Command,
        arg: &Arg,
        key: &str,
        value: &Value,
    ) -> Result<Vec<OsString>, ConfigError> {
        let flags = match arg.get_action() {
            ArgAction::SetTrue | ArgAction::SetFalse => switch(command, arg, value),
            ArgAction::Count => count(arg, value),
            _ => values(arg, value),
        };
        flags.map_err(|message| ConfigError::Value {
            path: self.path.clone(),
            table: self.table.clone(),
            key: key.to_owned(),
            message,
        })
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        source,
    })
}

/// The shared table that an argument is set in.
fn shared_heading(arg: &Arg) -> Option<&'static str> {
    let found = arg.get_help_heading()?;
    SHARED.into_iter().find(|heading| *heading == found)
}

/// The shared table that sets the flag called `name`.
fn shared_table(command: &Command, name: &str) -> Option<String> {
    let arg = command
        .get_arguments()
        .find(|arg| arg.get_long() == Some(name))?;
    shared_heading(arg).map(str::to_lowercase)
}

/// Help, version and the file itself are not settings.
fn is_setting(arg: &Arg) -> bool {
    let asks = matches!(
        arg.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    );
    !asks && arg.get_long().is_some() && arg.get_id() != "config"
}

/// `true` is the flag; `false` is its `--no-` opposite where there is one, or nothing.
fn switch(command: &Command, arg: &Arg, value: &Value) -> Result<Vec<OsString>, String> {
    let Value::Boolean(on) = value else {
        return Err(format!("expected true or false, found {}", shown(value)));
    };
    let long = arg.get_long().unwrap_or_default();
    let opposite = negated(arg).filter(|opposite| {
        let mut all = command.get_arguments();
        all.any(|arg| arg.get_long() == Some(opposite))
    });
    Ok(match (on, opposite) {
        (true, _) => vec![format!("--{long}").into()],
        (false, Some(opposite)) => vec![format!("--{opposite}").into()],
        (false, None) => Vec::new(),
    })
}

fn count(arg: &Arg, value: &Value) -> Result<Vec<OsString>, String> {
    let times = match value {
        Value::Integer(times) => usize::try_from(*times).ok().filter(|times| *times < 10),
        Value::Boolean(on) => Some(usize::from(*on)),
        _ => None,
    };
    let times = times.ok_or_else(|| format!("expected 0 to 9, found {}", shown(value)))?;
    let flag = format!("--{}", arg.get_long().unwrap_or_default());
    Ok(vec![flag.into(); times])
}

/// One `--flag=value` for each element of a list; flags whose values are typed with commas get one list.
fn values(arg: &Arg, value: &Value) -> Result<Vec<OsString>, String> {
    let texts = match value {
        Value::Array(elements) => elements.iter().map(scalar).collect::<Result<Vec<_>, _>>()?,
        single => vec![scalar(single)?],
    };
    let long = arg.get_long().unwrap_or_default();
    let flag = |text: &str| OsString::from(format!("--{long}={text}"));
    match (texts.len(), arg.get_action(), arg.get_value_delimiter()) {
        (1, _, _) | (_, ArgAction::Append, _) => Ok(texts.iter().map(|text| flag(text)).collect()),
        (_, _, Some(delimiter)) => Ok(vec![flag(&texts.join(&delimiter.to_string()))]),
        _ => Err("expected a single value, found a list".into()),
    }
}

fn scalar(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(_) | Value::Float(_) | Value::Boolean(_) => Ok(value.to_string()),
        _ => Err(format!(
            "expected a string, a number or a list of them, found {}",
            shown(value)
        )),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Table(_) | Value::Array(_) => format!("a {}", value.type_str()),
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
