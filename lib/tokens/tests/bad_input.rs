//! Tokenizers and templates that cannot be used: the error names the file and what is missing.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use tempfile::TempDir;
use tokens::{Tokenizer, TokensError};

/// A word-level tokenizer with one special token, small enough to write here.
const SMALL: &str = r#"{
  "version": "1.0", "truncation": null, "padding": null, "normalizer": null,
  "added_tokens": [{"id": 3, "content": "<|im_start|>", "single_word": false, "lstrip": false,
                    "rstrip": false, "normalized": false, "special": true}],
  "pre_tokenizer": {"type": "Whitespace"}, "post_processor": null, "decoder": null,
  "model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "one": 1, "two": 2}, "unk_token": "[UNK]"}
}"#;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        std::fs::write(folder.path().join(name), contents).unwrap();
    }
    folder
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

#[test]
fn an_absent_or_broken_tokenizer_is_named() {
    let error = Tokenizer::load(Path::new("/nowhere")).unwrap_err();
    assert!(
        chain(&error).contains("/nowhere/tokenizer.json"),
        "{}",
        chain(&error)
    );
    let folder = folder(&[("tokenizer.json", &SMALL[..200])]);
    let error = Tokenizer::load(folder.path()).unwrap_err().to_string();
    assert!(error.contains("tokenizer.json: not a tokenizer"), "{error}");
}

#[test]
fn missing_special_tokens_are_listed() {
    let folder = folder(&[("tokenizer.json", SMALL)]);
    let tokenizer = Tokenizer::load(folder.path()).unwrap();
    assert_eq!(tokenizer.require_special(&["<|im_start|>"]).unwrap(), [3]);
    let wanted = ["<|im_start|>", "<|im_end|>", "<|endoftext|>"];
    let error = tokenizer.require_special(&wanted).unwrap_err().to_string();
    let expected = "tokenizer.json: special tokens missing: \"<|im_end|>\", \"<|endoftext|>\"";
    assert!(error.ends_with(expected), "{error}");
}

#[test]
fn end_of_sequence_comes_from_all_three_files() {
    let folder = folder(&[
        ("tokenizer.json", SMALL),
        ("config.json", r#"{"eos_token_id": 2}"#),
        ("generation_config.json", r#"{"eos_token_id": [1, 2]}"#),
        (
            "tokenizer_config.json",
            r#"{"eos_token": {"content": "<|im_start|>"}}"#,
        ),
    ]);
    assert_eq!(
        Tokenizer::load(folder.path()).unwrap().stop_ids().unwrap(),
        [1, 2, 3]
    );
}

#[test]
fn a_model_that_never_ends_is_refused() {
    let folder = folder(&[
        ("tokenizer.json", SMALL),
        ("config.json", r#"{"eos_token_id": null}"#),
    ]);
    let error = Tokenizer::load(folder.path())
        .unwrap()
        .stop_ids()
        .unwrap_err();
    assert!(
        matches!(error, TokensError::NoEndOfSequence { .. }),
        "{error}"
    );
}

#[test]
fn an_end_of_sequence_that_is_no_token_is_named() {
    let files = [
        ("tokenizer.json", SMALL),
        ("tokenizer_config.json", r#"{"eos_token": "</s>"}"#),
    ];
    let folder = folder(&files);
    let error = Tokenizer::load(folder.path())
        .unwrap()
        .stop_ids()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("special tokens missing: \"</s>\""),
        "{error}"
    );
}
