//! Tokens that stand only in the files beside `tokenizer.json`: each becomes one id there too.
//!
//! Older files keep them in `added_tokens.json` or `added_tokens_decoder`, newer ones in `extra_special_tokens`. A
//! tokenizer that does not know them splits them into pieces that the model never saw in their place.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use tokenizers::{AddedToken, Tokenizer as Inner};

use crate::{TokenizerConfig, TokensError};

const ADDED_TOKENS: &str = "added_tokens.json";
const TOKENIZER_CONFIG: &str = "tokenizer_config.json";

/// A token as one of the files declares it.
struct Declared {
    token: AddedToken,
    id: Option<u32>,
    file: &'static str,
}

/// A tokenizer with the tokens that were missing, and what is to be said about those that could not be given an id.
pub(crate) struct Extended {
    pub inner: Inner,
    pub warnings: Vec<String>,
}

/// Adds what the files in `directory` declare to the tokenizer that was read from `bytes`. `vocab_size` is the number
/// of the model's ids, where it is known.
pub(crate) fn extend(
    inner: Inner,
    bytes: &[u8],
    directory: &Path,
    vocab_size: Option<usize>,
) -> Result<Extended, TokensError> {
    let whole = inner.get_added_tokens_decoder();
    let known = |declared: &Declared| {
        let id = inner.token_to_id(&declared.token.content);
        id.is_some_and(|id| whole.contains_key(&id) && declared.id.is_none_or(|other| other == id))
    };
    let mut missing = declared(directory)?;
    missing.retain(|declared| !declared.token.content.is_empty() && !known(declared));
    if missing.is_empty() {
        let warnings = Vec::new();
        return Ok(Extended { inner, warnings });
    }
    let mut places = Places::of(&inner, vocab_size);
    for declared in missing {
        places.place(&inner, declared);
    }
    let Places {
        added,
        mut warnings,
        ..
    } = places;
    if added.is_empty() {
        return Ok(Extended { inner, warnings });
    }
    match rewritten(&inner, bytes, &added) {
        Some(inner) => Ok(Extended { inner, warnings }),
        None => {
            let names: Vec<String> = added
                .iter()
                .map(|(_, token)| format!("\"{}\"", token.content))
                .collect();
            warnings.push(format!(
                "tokenizer.json: its kind of vocabulary cannot take tokens {}: they are split into pieces",
                names.join(", ")
            ));
            Ok(Extended { inner, warnings })
        }
    }
}

/// Where tokens may go.
struct Places {
    /// Every id that is taken, and by what.
    taken: BTreeMap<u32, String>,
    vocab_size: Option<usize>,
    added: Vec<(u32, AddedToken)>,
    warnings: Vec<String>,
}

impl Places {
    fn of(inner: &Inner, vocab_size: Option<usize>) -> Self {
        let taken = inner.get_vocab(true).into_iter();
        Self {
            taken: taken.map(|(token, id)| (id, token)).collect(),
            vocab_size,
            added: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Gives a token its id, unless it cannot have it.
    fn place(&mut self, inner: &Inner, declared: Declared) {
        let content = declared.token.content.clone();
        let present = inner.token_to_id(&content);
        if let (Some(present), Some(id)) = (present, declared.id)
            && present != id
        {
            self.warn(
                &declared,
                &format!("has id {present} in tokenizer.json, not {id}"),
            );
            return;
        }
        if self.added.iter().any(|(_, token)| token.content == content) {
            return;
        }
        let next = self.taken.last_key_value().map_or(0, |(last, _)| last + 1);
        let id = present.or(declared.id).unwrap_or(next);
        let other = self.taken.get(&id).filter(|other| **other != content);
        if let Some(other) = other.cloned() {
            self.warn(
                &declared,
                &format!("cannot have id {id}, which is that of \"{other}\""),
            );
        } else if let Some(size) = self.vocab_size.filter(|size| id as usize >= *size) {
            self.warn(
                &declared,
                &format!("cannot have id {id}: the model's vocab_size is {size}"),
            );
        } else {
            self.taken.insert(id, content);
            self.added.push((id, declared.token));
        }
    }

    fn warn(&mut self, declared: &Declared, why: &str) {
        let consequence = "texts that hold it are tokenized as tokenizer.json does";
        self.warnings.push(format!(
            "{}: token \"{}\" {why}; {consequence}",
            declared.file, declared.token.content
        ));
    }
}

/// The same tokenizer with `added`. Ids are only kept by the vocabulary itself (a list of added tokens is numbered from
/// its end), so that is where all added tokens go; none where the vocabulary is not a table of ids.
fn rewritten(inner: &Inner, bytes: &[u8], added: &[(u32, AddedToken)]) -> Option<Inner> {
    let mut file: Value = serde_json::from_slice(bytes).ok()?;
    let vocabulary = file.pointer_mut("/model/vocab")?.as_object_mut()?;
    let before = inner.get_added_tokens_decoder();
    for (id, token) in before
        .iter()
        .chain(added.iter().map(|(id, token)| (id, token)))
    {
        vocabulary.insert(token.content.clone(), json!(id));
    }
    let list = file.as_object_mut()?.entry("added_tokens");
    let list = list.or_insert_with(|| json!([])).as_array_mut()?;
    for (id, token) in added {
        let mut entry = serde_json::to_value(token).ok()?;
        entry.as_object_mut()?.insert("id".to_owned(), json!(id));
        list.push(entry);
    }
    let inner = Inner::from_bytes(serde_json::to_vec(&file).ok()?).ok()?;
    let placed = |(id, token): &(u32, AddedToken)| inner.token_to_id(&token.content) == Some(*id);
    added.iter().all(placed).then_some(inner)
}

/// What the files declare, those with an id first.
fn declared(directory: &Path) -> Result<Vec<Declared>, TokensError> {
    let config = TokenizerConfig::load(directory)?;
    let mut all = decoder_tokens(&config)?;
    all.extend(added_tokens_file(directory)?);
    for key in ["extra_special_tokens", "additional_special_tokens"] {
        all.extend(special_tokens(&config, key)?);
    }
    all.sort_by_key(|declared| (declared.id.is_none(), declared.id));
    Ok(all)
}

/// `added_tokens_decoder`: ids to tokens.
fn decoder_tokens(config: &TokenizerConfig) -> Result<Vec<Declared>, TokensError> {
    const KEY: &str = "added_tokens_decoder";
    let wrong = || config.mistyped(KEY, "an object from ids to tokens");
    let Some(value) = config.get(KEY) else {
        return Ok(Vec::new());
    };
    let declare = |(id, token): (&String, &Value)| {
        Some(Declared {
            token: token_of(token)?,
            id: Some(id.parse().ok()?),
            file: TOKENIZER_CONFIG,
        })
    };
    let tokens = value.as_object().ok_or_else(wrong)?.iter();
    tokens
        .map(|entry| declare(entry).ok_or_else(wrong))
        .collect()
}

/// `added_tokens.json`: texts to ids.
fn added_tokens_file(directory: &Path) -> Result<Vec<Declared>, TokensError> {
    let path = directory.join(ADDED_TOKENS);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let bytes = fs_err::read(&path).map_err(TokensError::Read)?;
    let ids: BTreeMap<String, u32> =
        serde_json::from_slice(&bytes).map_err(|source| TokensError::Json { path, source })?;
    let declare = |(text, id)| Declared {
        token: AddedToken::from(text, true),
        id: Some(id),
        file: ADDED_TOKENS,
    };
    Ok(ids.into_iter().map(declare).collect())
}

/// A list of tokens, or in older files an object from their names to tokens.
fn special_tokens(
    config: &TokenizerConfig,
    key: &'static str,
) -> Result<Vec<Declared>, TokensError> {
    let wrong = || config.mistyped(key, "a list of tokens");
    let tokens: Vec<&Value> = match config.get(key) {
        None => Vec::new(),
        Some(Value::Array(tokens)) => tokens.iter().collect(),
        Some(Value::Object(tokens)) => tokens.values().collect(),
        Some(_) => return Err(wrong()),
    };
    let declare = |token| {
        Some(Declared {
            token: token_of(token)?,
            id: None,
            file: TOKENIZER_CONFIG,
        })
    };
    let declared = tokens.into_iter();
    declared
        .map(|token| declare(token).ok_or_else(wrong))
        .collect()
}

/// A token: its text, or an object with `content` and how it is matched.
fn token_of(value: &Value) -> Option<AddedToken> {
    if let Some(text) = value.as_str() {
        return Some(AddedToken::from(text, true));
    }
    let flag = |key: &str, usual: bool| value.get(key).and_then(Value::as_bool).unwrap_or(usual);
    let special = flag("special", true);
    let token = AddedToken::from(value.get("content")?.as_str()?, special);
    let normalized = flag("normalized", !special);
    Some(
        token
            .single_word(flag("single_word", false))
            .lstrip(flag("lstrip", false))
            .rstrip(flag("rstrip", false))
            .normalized(normalized),
    )
}
