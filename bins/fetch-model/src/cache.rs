//! The hub's cache on this machine, laid out as all programs of the hub expect it.

use std::path::{Path, PathBuf};

use checkpoints::Weights;
use hf_hub::{Cache, Repo, RepoType};

use crate::error::FetchError;

/// Where fetched models are kept, and the user's access token.
pub struct HubCache {
    cache: Cache,
    token: Option<String>,
}

impl HubCache {
    /// `HF_HUB_CACHE`, or `hub` in `HF_HOME` or in `~/.cache/huggingface`; the token is
    /// `HF_TOKEN` or what logging in left beside the cache.
    pub fn from_environment() -> Result<Self, FetchError> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        let home = match (set("HF_HOME"), set("HOME")) {
            (Some(home), _) => PathBuf::from(home),
            (None, Some(user)) => Path::new(&user).join(".cache/huggingface"),
            (None, None) => return Err(FetchError::NoHome),
        };
        let folder = set("HF_HUB_CACHE").map_or_else(|| home.join("hub"), PathBuf::from);
        let token = match set("HF_TOKEN") {
            Some(token) => token.into_string().ok(),
            None => std::fs::read_to_string(home.join("token")).ok(),
        };
        let token = token
            .map(|token| token.trim().to_owned())
            .filter(|token| !token.is_empty());
        // Links in the cache are made between absolute paths.
        Ok(Self {
            cache: Cache::new(std::path::absolute(folder)?),
            token,
        })
    }

    pub fn path(&self) -> &Path {
        self.cache.path()
    }

    pub fn cache(&self) -> Cache {
        self.cache.clone()
    }

    pub fn token(&self) -> Option<String> {
        self.token.clone()
    }

    /// The directory of a model that was fetched before and is all there.
    pub fn complete(&self, name: &str, revision: &str) -> Option<PathBuf> {
        let repository = Repo::with_revision(name.to_owned(), RepoType::Model, revision.to_owned());
        let config = self.cache.repo(repository).get("config.json")?;
        let directory = config.parent()?.to_owned();
        let whole = directory.join("tokenizer.json").is_file() && Weights::open(&directory).is_ok();
        whole.then_some(directory)
    }
}
