//! From what a user types for `--model` to a directory.

use std::path::{Path, PathBuf};

/// Why a model could not be found.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    #[error(
        "no model directory at {name}; if it is a name on the hub, `fetch-model {name}` fetches it and prints its directory"
    )]
    NoDirectory { name: String },
    #[error("{}: not a model directory, config.json is missing", path.display())]
    NoConfig { path: PathBuf },
    #[error("{}: a file, expected the directory that holds config.json and the weights", path.display())]
    File { path: PathBuf },
}

/// The model directory at `path_or_name`. Only looks on disk; names are the business of
/// `fetch-model`.
pub fn resolve(path_or_name: &str) -> Result<PathBuf, ResolveError> {
    let path = Path::new(path_or_name);
    if path.is_file() {
        return Err(ResolveError::File {
            path: path.to_owned(),
        });
    }
    if !path.is_dir() {
        return Err(ResolveError::NoDirectory {
            name: path_or_name.to_owned(),
        });
    }
    if !path.join("config.json").is_file() {
        return Err(ResolveError::NoConfig {
            path: path.to_owned(),
        });
    }
    Ok(path.to_owned())
}
