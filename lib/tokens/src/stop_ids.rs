//! Which tokens end a sequence, as the files of a model directory say it.

use std::collections::BTreeSet;
use std::path::Path;

use checkpoints::eos_token_ids;

use crate::tokenizer_config::TokenizerConfig;
use crate::{Tokenizer, TokensError};

/// All ids that any of the three files names, ascending; at least one.
pub(crate) fn read(directory: &Path, tokenizer: &Tokenizer) -> Result<Vec<i32>, TokensError> {
    let mut ids = BTreeSet::new();
    for name in ["config.json", "generation_config.json"] {
        let path = directory.join(name);
        if path.is_file() {
            ids.extend(eos_token_ids(&path)?);
        }
    }
    let config = TokenizerConfig::load(directory)?;
    if let Some(token) = config.special("eos_token")? {
        ids.extend(tokenizer.require_special(&[token])?);
    }
    if ids.is_empty() {
        Err(TokensError::NoEndOfSequence {
            directory: directory.to_owned(),
        })
    } else {
        Ok(ids.into_iter().collect())
    }
}
