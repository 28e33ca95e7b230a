//! Talks to the hub: what a model consists of, and its files.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use checkpoints::ModelConfig;
use hf_hub::api::RepoInfo;
use hf_hub::api::sync::{Api, ApiBuilder, ApiError, ApiRepo};
use hf_hub::{Cache, Repo, RepoType};
use stage::Context;

use crate::cache::HubCache;
use crate::error::FetchError;
use crate::files;
use crate::meter::Meter;

/// How often a broken download is taken up again before it counts as interrupted.
const RETRIES: usize = 3;

/// One model at one revision.
pub struct Hub {
    api: Api,
    cache: Cache,
    endpoint: String,
    name: String,
    revision: String,
}

impl Hub {
    pub fn new(cache: &HubCache, name: &str, revision: &str) -> Result<Self, FetchError> {
        let endpoint = std::env::var("HF_ENDPOINT")
            .ok()
            .filter(|text| !text.is_empty());
        let endpoint = endpoint.unwrap_or_else(|| "https://huggingface.co".to_owned());
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        let api = ApiBuilder::from_cache(cache.cache())
            .with_endpoint(endpoint.clone())
            .with_token(cache.token())
            .with_retries(RETRIES)
            .build()
            .map_err(|error| FetchError::of_listing(error, &endpoint))?;
        let (name, revision) = (name.to_owned(), revision.to_owned());
        Ok(Self {
            api,
            cache: cache.cache(),
            endpoint,
            name,
            revision,
        })
    }

    /// Fetches what is not there yet; gives the directory.
    pub fn fetch(&self, context: &Context) -> anyhow::Result<PathBuf> {
        let info = self.info()?;
        let files = files::wanted(info.siblings.iter().map(|file| file.rfilename.as_str()));
        required(&files)?;
        // By commit, so that all files belong together even if the branch moves meanwhile.
        let commit = self.repository(&info.sha);
        let mut directory = PathBuf::new();
        for file in files {
            let path = self.file(&commit, &info.sha, file, context)?;
            directory = path.parent().unwrap_or(Path::new("")).to_owned();
            if file == "config.json" {
                ModelConfig::load(&directory)?;
            }
        }
        self.cache
            .repo(self.at(&self.revision))
            .create_ref(&info.sha)
            .map_err(FetchError::Write)?;
        Ok(directory)
    }

    fn info(&self) -> Result<RepoInfo, FetchError> {
        let listing = self.repository(&self.revision).info();
        listing.map_err(|error| FetchError::of_listing(error, &self.endpoint))
    }

    /// One file, from the cache if it is there.
    fn file(
        &self,
        commit: &ApiRepo,
        sha: &str,
        file: &str,
        context: &Context,
    ) -> Result<PathBuf, FetchError> {
        if let Some(path) = self.cache.repo(self.at(sha)).get(file) {
            return Ok(path);
        }
        tracing::info!("fetching {file} of {}", self.name);
        let size = Cell::new(0);
        let path = commit
            .download_with_progress(file, Meter::new(context, &size))
            .map_err(|error| self.download_failed(error, file))?;
        let found = fs_err::metadata(&path)?.len();
        if found != size.get() {
            // Both the link and what it points to, or the next run would believe it.
            fs_err::remove_file(fs_err::canonicalize(&path)?)?;
            fs_err::remove_file(&path)?;
            return Err(FetchError::WrongSize {
                file: file.to_owned(),
                expected: size.get(),
                found,
            });
        }
        Ok(path)
    }

    fn download_failed(&self, error: ApiError, file: &str) -> FetchError {
        FetchError::of_download(error, file, &self.endpoint)
    }

    fn repository(&self, revision: &str) -> ApiRepo {
        self.api.repo(self.at(revision))
    }

    fn at(&self, revision: &str) -> Repo {
        Repo::with_revision(self.name.clone(), RepoType::Model, revision.to_owned())
    }
}

/// A model is refused before anything is fetched when it lacks what every use needs.
fn required(files: &[&str]) -> Result<(), FetchError> {
    let has = |wanted: fn(&str) -> bool| files.iter().any(|file| wanted(file));
    let lacks = |missing| Err(FetchError::Incomplete { missing });
    if !has(|file| file == "config.json") {
        return lacks("config.json");
    }
    if !has(|file| file == "tokenizer.json") {
        return lacks("tokenizer.json");
    }
    if !has(|file| file == "model.safetensors" || file == "model.safetensors.index.json") {
        return lacks("model.safetensors (weights in other formats are not read)");
    }
    Ok(())
}
