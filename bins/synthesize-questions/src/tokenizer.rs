//! A byte-level BPE tokenizer in the form of Qwen2's `tokenizer.json`, with merges learned from given texts.
//!
//! Tokens: the 256 bytes, then merges by falling frequency, then the special tokens. Digits stay single, since the
//! split pattern cuts them apart. Knows nothing about files or dialogues.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context;
use serde_json::{Value, json};
use tokenizers::pre_tokenizers::byte_level::ByteLevel;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{
    OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior,
};

/// Marks the end of a text.
pub const END_OF_TEXT: &str = "<|endoftext|>";
/// Opens a turn.
pub const TURN_START: &str = "<|im_start|>";
/// Closes a turn; the policy samples it to end an attempt.
pub const TURN_END: &str = "<|im_end|>";

const SPECIAL: [&str; 3] = [END_OF_TEXT, TURN_START, TURN_END];

/// How Qwen2 cuts text before merging: contractions, words with the sign before them, single digits, other signs,
/// line ends, spaces.
const PATTERN: &str = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

/// Pieces that occur less often than this in the texts earn no token.
const RAREST: u64 = 16;

/// The tokens of a vocabulary, in the order of their ids.
pub struct Vocabulary {
    tokens: Vec<String>,
    merges: Vec<(String, String)>,
}

impl Vocabulary {
    /// Learns merges from `texts` until there are `size` tokens, special ones included, or no pair is frequent.
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>, size: usize) -> anyhow::Result<Self> {
        let mut words = count_words(texts)?;
        let alphabet: BTreeSet<char> = ByteLevel::alphabet().into_iter().collect();
        let mut tokens: Vec<String> = alphabet.into_iter().map(String::from).collect();
        let mut merges = Vec::new();
        while tokens.len() + SPECIAL.len() < size {
            let Some((left, right)) = most_frequent_pair(&words) else {
                break;
            };
            for (pieces, _) in &mut words {
                merge(pieces, &left, &right);
            }
            tokens.push(format!("{left}{right}"));
            merges.push((left, right));
        }
        tokens.extend(SPECIAL.map(str::to_owned));
        Ok(Self { tokens, merges })
    }

    pub fn size(&self) -> usize {
        self.tokens.len()
    }

    /// The id of a special token.
    pub fn special(&self, token: &str) -> usize {
        let first = self.size() - SPECIAL.len();
        first
            + SPECIAL
                .iter()
                .position(|special| *special == token)
                .unwrap_or_default()
    }

    /// The contents of `tokenizer.json`.
    pub fn to_json(&self) -> Value {
        let ordinary = &self.tokens[..self.size() - SPECIAL.len()];
        let ids: serde_json::Map<String, Value> = ordinary
            .iter()
            .zip(0..)
            .map(|(token, id)| (token.clone(), json!(id)))
            .collect();
        let added = SPECIAL.map(|token| {
            json!({
                "id": self.special(token), "content": token, "single_word": false,
                "lstrip": false, "rstrip": false, "normalized": false, "special": true
            })
        });
        let byte_level = json!({
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false
        });
        json!({
            "version": "1.0",
            "truncation": null,
            "padding": null,
            "added_tokens": added,
            "normalizer": { "type": "NFC" },
            "pre_tokenizer": { "type": "Sequence", "pretokenizers": [
                { "type": "Split", "pattern": { "Regex": PATTERN }, "behavior": "Isolated", "invert": false },
                byte_level
            ] },
            "post_processor": byte_level,
            "decoder": byte_level,
            "model": {
                "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
                "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
                "vocab": ids, "merges": self.merges
            }
        })
    }
}

/// The words of all texts as single letters of the byte alphabet, with how often each occurs.
fn count_words<'a>(
    texts: impl Iterator<Item = &'a str>,
) -> anyhow::Result<Vec<(Vec<String>, u64)>> {
    let pattern = SplitPattern::Regex(PATTERN.to_owned());
    let split = Split::new(pattern, SplitDelimiterBehavior::Isolated, false)
        .map_err(anyhow::Error::from_boxed)?;
    let bytes = ByteLevel::new(false, false, false);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for text in texts.flat_map(between_special_tokens) {
        let mut pieces = PreTokenizedString::from(text);
        split
            .pre_tokenize(&mut pieces)
            .map_err(anyhow::Error::from_boxed)
            .context("failed to split a text")?;
        bytes
            .pre_tokenize(&mut pieces)
            .map_err(anyhow::Error::from_boxed)
            .context("failed to split a text")?;
        for (word, _, _) in pieces.get_splits(OffsetReferential::Original, OffsetType::Byte) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let letters = |word: String| word.chars().map(String::from).collect();
    Ok(counts
        .into_iter()
        .map(|(word, count)| (letters(word), count))
        .collect())
}

fn between_special_tokens(text: &str) -> Vec<&str> {
    let mut parts = vec![text];
    for token in SPECIAL {
        parts = parts
            .into_iter()
            .flat_map(|part| part.split(token))
            .collect();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The neighbours that occur most often; of equals, the first in the order of their spelling.
fn most_frequent_pair(words: &[(Vec<String>, u64)]) -> Option<(String, String)> {
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (pieces, count) in words {
        for pair in pieces.windows(2) {
            *counts.entry((&pair[0], &pair[1])).or_default() += count;
        }
    }
    let (pair, count) = counts.into_iter().rev().max_by_key(|(_, count)| *count)?;
    (count >= RAREST).then(|| (pair.0.to_owned(), pair.1.to_owned()))
}

fn merge(pieces: &mut Vec<String>, left: &str, right: &str) {
    let mut place = 0;
    while place + 1 < pieces.len() {
        if pieces[place] == left && pieces[place + 1] == right {
            let tail = pieces.remove(place + 1);
            pieces[place].push_str(&tail);
        }
        place += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use tokenizers::Tokenizer;

    use super::*;

    fn learned() -> Vocabulary {
        let text = "<|im_start|>Solve 12x+3=27.<|im_end|>x=27-3=24. \\boxed{2}".repeat(20);
        Vocabulary::learn([text.as_str()].into_iter(), 300).unwrap()
    }

    #[test]
    fn frequent_words_are_one_token_and_digits_stay_single() {
        let vocabulary = learned();
        let tokenizer = Tokenizer::from_str(&vocabulary.to_json().to_string()).unwrap();
        let encoded = tokenizer.encode("<|im_start|>Solve 12x+3", false).unwrap();
        assert_eq!(
            encoded.get_tokens(),
            ["<|im_start|>", "Solve", "Ġ", "1", "2", "x", "+", "3"]
        );
        assert_eq!(tokenizer.get_vocab_size(true), vocabulary.size());
    }

    #[test]
    fn any_text_survives_the_round_trip() {
        let tokenizer = Tokenizer::from_str(&learned().to_json().to_string()).unwrap();
        for text in ["x=27-3=24. \\boxed{2}", "naïve ≤ 𝄞\r\n\tend "] {
            let ids = tokenizer.encode(text, false).unwrap();
            assert_eq!(tokenizer.decode(ids.get_ids(), false).unwrap(), text);
        }
    }

    #[test]
    fn special_tokens_have_the_last_ids() {
        let vocabulary = learned();
        let tokenizer = Tokenizer::from_str(&vocabulary.to_json().to_string()).unwrap();
        for token in SPECIAL {
            assert_eq!(
                tokenizer.token_to_id(token),
                Some(vocabulary.special(token) as u32)
            );
        }
    }
}
