//! The files of a model directory beside its weights: configuration and tokenizer.

use std::path::Path;

use serde_json::{Value, json};

use crate::{Dtype, WriteError};

/// Copied as they are, where the source has them.
const COPIED: [&str; 9] = [
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
];

/// Copies the tokenizer's files and `config.json`, in which only the element type is changed.
pub(crate) fn copy(source: &Path, target: &Path, dtype: Dtype) -> Result<(), WriteError> {
    for name in COPIED {
        if source.join(name).is_file() {
            copy_contents(&source.join(name), &target.join(name))?;
        }
    }
    copy_config(
        &source.join("config.json"),
        &target.join("config.json"),
        dtype,
    )
}

/// Contents only: a read-only source must not make a checkpoint that cannot be pruned.
fn copy_contents(from: &Path, to: &Path) -> Result<(), WriteError> {
    Ok(fs_err::write(to, fs_err::read(from)?)?)
}

fn copy_config(from: &Path, to: &Path, dtype: Dtype) -> Result<(), WriteError> {
    let not_an_object = || WriteError::SourceConfig {
        path: from.to_owned(),
    };
    let mut config: Value =
        serde_json::from_slice(&fs_err::read(from)?).map_err(|_| not_an_object())?;
    let keys = config.as_object_mut().ok_or_else(not_an_object)?;
    // The spelling that the source uses, so that the readers that it was made for understand it.
    let key = if keys.contains_key("torch_dtype") {
        "torch_dtype"
    } else {
        "dtype"
    };
    if let Some(name) = dtype.torch_name() {
        keys.insert(key.to_owned(), json!(name));
    }
    let text = format!("{config:#}\n");
    Ok(fs_err::write(to, text)?)
}
