//! Typed access to the keys of one JSON configuration file.
//!
//! `null` counts as absent, as it does in Python. Knows nothing about what the keys mean.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::ConfigError;

/// The object of one file (or one nested object of it) with the path for error messages.
pub(crate) struct Keys {
    path: PathBuf,
    prefix: String,
    object: Map<String, Value>,
}

impl Keys {
    pub(crate) fn load(path: &Path) -> Result<Self, ConfigError> {
        let bytes = fs_err::read(path).map_err(ConfigError::Read)?;
        let value = serde_json::from_slice(&bytes).map_err(|source| ConfigError::Json {
            path: path.to_owned(),
            source,
        })?;
        match value {
            Value::Object(object) => Ok(Self {
                path: path.to_owned(),
                prefix: String::new(),
                object,
            }),
            _ => Err(ConfigError::NotAnObject {
                path: path.to_owned(),
            }),
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// Names of all keys that are there, ascending.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let present = self.object.iter().filter(|(_, value)| !value.is_null());
        present.map(|(name, _)| name.as_str())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }

    /// The nested object under `key`, if there is one.
    pub(crate) fn nested(&self, key: &str) -> Result<Option<Self>, ConfigError> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(Self {
                path: self.path.clone(),
                prefix: format!("{}{key}.", self.prefix),
                object: object.clone(),
            })),
            Some(found) => Err(self.mistyped(key, "an object", found)),
        }
    }

    /// A whole number of at least 1.
    pub(crate) fn count(&self, key: &str) -> Result<usize, ConfigError> {
        self.optional_count(key)?
            .ok_or_else(|| self.missing(key, "a positive integer"))
    }

    pub(crate) fn optional_count(&self, key: &str) -> Result<Option<usize>, ConfigError> {
        // Sizes beyond 2^31 are lies: no dimension of a model comes near, and products stay in i64.
        let positive = |value: &Value| {
            value
                .as_u64()
                .filter(|n| (1..=i32::MAX as u64).contains(n))
                .map(|n| n as usize)
        };
        self.optional(key, "a positive integer", positive)
    }

    /// A finite number greater than zero.
    pub(crate) fn positive_number(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        let positive = |value: &Value| value.as_f64().filter(|x| x.is_finite() && *x > 0.0);
        self.optional(key, "a positive number", positive)
    }

    pub(crate) fn number(&self, key: &str) -> Result<Option<f64>, ConfigError> {
        self.optional(key, "a number", Value::as_f64)
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, ConfigError> {
        self.optional(key, "true or false", Value::as_bool)
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.optional(key, "a string", |value| value.as_str().map(str::to_owned))
    }

    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        self.optional(key, "a list of strings", |value| {
            value
                .as_array()?
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect()
        })
    }

    /// One token id or a list of them; empty when absent.
    pub(crate) fn token_ids(&self, key: &str) -> Result<Vec<i32>, ConfigError> {
        let id = |value: &Value| value.as_u64().and_then(|id| i32::try_from(id).ok());
        let ids = self.optional(
            key,
            "a token id or a list of token ids",
            |value| match value {
                Value::Array(items) => items.iter().map(id).collect(),
                other => id(other).map(|id| vec![id]),
            },
        );
        Ok(ids?.unwrap_or_default())
    }

    fn optional<T>(
        &self,
        key: &str,
        expected: &'static str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        read(value)
            .map(Some)
            .ok_or_else(|| self.mistyped(key, expected, value))
    }

    pub(crate) fn missing(&self, key: &str, expected: &'static str) -> ConfigError {
        ConfigError::Missing {
            path: self.path.clone(),
            key: self.full(key),
            expected,
        }
    }

    fn mistyped(&self, key: &str, expected: &'static str, found: &Value) -> ConfigError {
        let (path, key) = (self.path.clone(), self.full(key));
        ConfigError::Mistyped {
            path,
            key,
            expected,
            found: shown(found),
        }
    }

    /// An error that shows the value of `key` as the file has it.
    pub(crate) fn unsupported(&self, key: &str, supported: impl Into<String>) -> ConfigError {
        ConfigError::Unsupported {
            path: self.path.clone(),
            key: self.full(key),
            value: self
                .object
                .get(key)
                .map_or_else(|| "(absent)".to_owned(), shown),
            supported: supported.into(),
        }
    }

    /// The key with the names of the objects that it stands in.
    pub(crate) fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }
}

/// A value as an error message shows it: JSON, cut where it grows long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 80 {
        return text;
    }
    text.chars().take(77).chain("...".chars()).collect()
}
