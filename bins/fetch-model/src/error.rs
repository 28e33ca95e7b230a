//! Why a model could not be fetched.

use std::path::PathBuf;

use hf_hub::api::sync::ApiError;

#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error("no such model or revision at {endpoint} (a private one needs HF_TOKEN)")]
    NoSuchModel { endpoint: String },
    #[error("{endpoint} refuses access; accept the model's terms there and set HF_TOKEN")]
    NotAllowed { endpoint: String },
    #[error("cannot reach {endpoint}")]
    Unreachable {
        endpoint: String,
        source: Box<ureq::Error>,
    },
    #[error("{endpoint} does not answer as a hub does")]
    Answer { endpoint: String, source: ApiError },
    #[error("the repository has no {missing}")]
    Incomplete { missing: &'static str },
    #[error("the download of {file} was interrupted; run the same command again to go on")]
    Interrupted { file: String, source: ApiError },
    #[error(
        "{file} has {found} bytes instead of {expected}; it was removed, run the same command again"
    )]
    WrongSize {
        file: String,
        expected: u64,
        found: u64,
    },
    #[error("model {name} was not fetched before, nothing complete in {}", cache.display())]
    NotCached { name: String, cache: PathBuf },
    #[error("no home directory to keep models in; set HF_HOME")]
    NoHome,
    #[error("cannot write to the cache")]
    Write(#[from] std::io::Error),
}

impl FetchError {
    /// Why the hub did not say what it has.
    pub fn of_listing(error: ApiError, endpoint: &str) -> Self {
        let endpoint = endpoint.to_owned();
        match error {
            ApiError::RequestError(source) => match *source {
                ureq::Error::StatusCode(404) => Self::NoSuchModel { endpoint },
                // The hub says so of private models too, lest their names leak.
                ureq::Error::StatusCode(401 | 403) => Self::NotAllowed { endpoint },
                ureq::Error::StatusCode(status) if status < 500 => Self::Answer {
                    endpoint,
                    source: ApiError::RequestError(source),
                },
                ureq::Error::Json(_) => Self::Answer {
                    endpoint,
                    source: ApiError::RequestError(source),
                },
                _ => Self::Unreachable { endpoint, source },
            },
            other => Self::Answer {
                endpoint,
                source: other,
            },
        }
    }

    /// Why one file did not come.
    pub fn of_download(error: ApiError, file: &str, endpoint: &str) -> Self {
        match error {
            ApiError::RequestError(source)
                if matches!(*source, ureq::Error::StatusCode(401 | 403)) =>
            {
                Self::NotAllowed {
                    endpoint: endpoint.to_owned(),
                }
            }
            other => Self::Interrupted {
                file: file.to_owned(),
                source: other,
            },
        }
    }
}
