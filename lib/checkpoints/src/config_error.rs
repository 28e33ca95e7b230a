//! What can be wrong with a `config.json`.

use std::path::PathBuf;

/// A configuration that cannot be read or asks for what is not there.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the model's configuration")]
    Read(#[source] std::io::Error),
    #[error("{}: not valid JSON", path.display())]
    Json {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error("{}: expected a JSON object", path.display())]
    NotAnObject { path: PathBuf },
    #[error("{}: key \"{key}\" is missing, expected {expected}", path.display())]
    Missing {
        path: PathBuf,
        key: String,
        expected: &'static str,
    },
    #[error("{}: key \"{key}\": expected {expected}, found {found}", path.display())]
    Mistyped {
        path: PathBuf,
        key: String,
        expected: &'static str,
        found: String,
    },
    #[error("{}: key \"{key}\": {value} is not supported, supported: {supported}", path.display())]
    Unsupported {
        path: PathBuf,
        key: String,
        value: String,
        supported: String,
    },
}
