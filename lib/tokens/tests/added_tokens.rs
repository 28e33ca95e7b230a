//! Tokens that stand only in the files beside `tokenizer.json`.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokens::{Tokenizer, TokensError, Vocabulary};

/// Letters and two merges, with one added token right behind the vocabulary; `<sep>` is an entry but no added token.
fn tokenizer() -> Value {
    let letters = [
        "h", "i", "n", "t", "<", ">", "s", "e", "p", "hi", "nt", "<sep>",
    ];
    let vocabulary: serde_json::Map<String, Value> = letters
        .iter()
        .enumerate()
        .map(|(id, token)| ((*token).to_owned(), json!(id)))
        .collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "normalizer": null,
        "added_tokens": [{"id": 12, "content": "<end>", "single_word": false, "lstrip": false,
                          "rstrip": false, "normalized": false, "special": true}],
        "pre_tokenizer": null, "post_processor": null, "decoder": {"type": "Fuse"},
        "model": {"type": "BPE", "vocab": vocabulary, "merges": [["h", "i"], ["n", "t"]], "dropout": null,
                  "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": false,
                  "byte_fallback": false, "ignore_merges": false},
    })
}

fn folder(files: &[(&str, Value)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, value: &Value| {
        std::fs::write(folder.path().join(name), value.to_string()).unwrap();
    };
    write("tokenizer.json", &tokenizer());
    write("config.json", &json!({"vocab_size": 24}));
    for (name, value) in files {
        write(name, value);
    }
    folder
}

fn load(files: &[(&str, Value)]) -> Tokenizer {
    Tokenizer::load(folder(files).path()).unwrap()
}

fn decoder(id: &str, content: &str) -> Value {
    json!({"added_tokens_decoder": {id: {"content": content, "special": true, "lstrip": false, "rstrip": false,
                                         "normalized": false, "single_word": false}}})
}

#[test]
fn a_token_of_any_of_the_files_is_one_id() {
    let config = |value: Value| ("tokenizer_config.json", value);
    let cases = [
        (config(decoder("13", "<hint>")), 13),
        // Beyond the end of the vocabulary: the ids between mean nothing.
        (config(decoder("20", "<hint>")), 20),
        (("added_tokens.json", json!({"<hint>": 17})), 17),
        (config(json!({"extra_special_tokens": ["<hint>"]})), 13),
        (
            config(json!({"extra_special_tokens": {"hint_token": "<hint>"}})),
            13,
        ),
        (
            config(json!({"additional_special_tokens": [{"content": "<hint>", "special": true}]})),
            13,
        ),
    ];
    for (file, id) in cases {
        let tokenizer = load(std::slice::from_ref(&file));
        assert_eq!(tokenizer.warnings(), [""; 0], "{file:?}");
        assert_eq!(
            tokenizer.encode("hi<hint>nt<end>").unwrap(),
            [9, id, 10, 12],
            "{file:?}"
        );
        assert_eq!(tokenizer.decode(&[9, id, 10], false).unwrap(), "hi<hint>nt");
        assert_eq!(tokenizer.decode(&[9, id, 10], true).unwrap(), "hint");
        assert_eq!(
            tokenizer.require_special(&["<hint>", "<end>"]).unwrap(),
            [id, 12]
        );
        let known: Vec<i32> = tokenizer.vocabulary(24).ids().collect();
        let expected: Vec<i32> = (0..13).chain([id]).collect();
        assert_eq!(known, expected, "{file:?}");
    }
}

#[test]
fn an_entry_of_the_vocabulary_becomes_whole_in_texts() {
    let pieces = load(&[]).encode("<sep>").unwrap();
    assert_eq!(
        pieces,
        [4, 6, 7, 8, 5],
        "without a declaration it is letters"
    );
    let tokenizer = load(&[("added_tokens.json", json!({"<sep>": 11}))]);
    assert_eq!(tokenizer.encode("hi<sep><end>").unwrap(), [9, 11, 12]);
    assert_eq!(tokenizer.warnings(), [""; 0]);
}

#[test]
fn several_tokens_and_those_that_are_there_already() {
    let config = json!({
        "added_tokens_decoder": {"12": {"content": "<end>"}, "15": {"content": "<b>"}, "14": {"content": "<a>"}},
        "extra_special_tokens": ["<end>", "<a>", "<c>"],
    });
    let tokenizer = load(&[
        ("tokenizer_config.json", config),
        ("added_tokens.json", json!({"<a>": 14, "<end>": 12})),
    ]);
    assert_eq!(
        tokenizer.encode("<c><b><a><end>").unwrap(),
        [16, 15, 14, 12]
    );
    assert_eq!(tokenizer.warnings(), [""; 0]);
}

#[test]
fn a_token_that_cannot_have_its_id_is_named() {
    let cases = [
        (
            decoder("9", "<hint>"),
            "tokenizer_config.json: token \"<hint>\" cannot have id 9, which is that of \"hi\"",
        ),
        (
            decoder("24", "<hint>"),
            "tokenizer_config.json: token \"<hint>\" cannot have id 24: the model's vocab_size is 24",
        ),
        (
            decoder("13", "<end>"),
            "tokenizer_config.json: token \"<end>\" has id 12 in tokenizer.json, not 13",
        ),
    ];
    for (config, expected) in cases {
        let tokenizer = load(&[("tokenizer_config.json", config)]);
        assert_eq!(tokenizer.warnings().len(), 1);
        assert!(
            tokenizer.warnings()[0].starts_with(expected),
            "{:?}",
            tokenizer.warnings()
        );
        assert_eq!(tokenizer.encode("hi<end>").unwrap(), [9, 12]);
        assert_eq!(tokenizer.vocabulary(24), Vocabulary::of(24, 0..13));
    }
}

#[test]
fn a_vocabulary_that_is_a_list_is_left_as_it_is() {
    let folder = folder(&[("added_tokens.json", json!({"<hint>": 2}))]);
    let mut unigram = tokenizer();
    unigram["added_tokens"] = json!([]);
    unigram["model"] = json!({"type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["h", -1.0]], "byte_fallback": false});
    std::fs::write(folder.path().join("tokenizer.json"), unigram.to_string()).unwrap();
    let tokenizer = Tokenizer::load(folder.path()).unwrap();
    let expected = "tokenizer.json: its kind of vocabulary cannot take tokens \"<hint>\"";
    assert!(
        tokenizer.warnings()[0].starts_with(expected),
        "{:?}",
        tokenizer.warnings()
    );
}

#[test]
fn declarations_that_cannot_be_read_are_named() {
    for (key, value) in [
        ("added_tokens_decoder", json!([1])),
        ("added_tokens_decoder", json!({"x": {"content": "a"}})),
        ("added_tokens_decoder", json!({"1": {"text": "a"}})),
        ("extra_special_tokens", json!("<hint>")),
        ("extra_special_tokens", json!([3])),
    ] {
        let folder = folder(&[("tokenizer_config.json", json!({key: value}))]);
        let error = Tokenizer::load(folder.path()).unwrap_err();
        assert!(matches!(error, TokensError::Mistyped { .. }), "{error}");
        let named = format!("tokenizer_config.json: key \"{key}\": expected");
        assert!(error.to_string().contains(&named), "{error}");
    }
    let folder = folder(&[("added_tokens.json", json!({"<hint>": "x"}))]);
    let error = Tokenizer::load(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("added_tokens.json: not valid JSON"),
        "{error}"
    );
}

#[test]
fn an_end_of_sequence_without_a_text_can_be_drawn() {
    let config = json!({"vocab_size": 24, "eos_token_id": 20});
    let folder = folder(&[("config.json", config)]);
    let tokenizer = Tokenizer::load(folder.path()).unwrap();
    let known: Vec<i32> = tokenizer.vocabulary(24).ids().collect();
    assert_eq!(known, (0..13).chain([20]).collect::<Vec<_>>());
}

/// A configuration of the field beside a tokenizer of the field: 640 ids leave room for its token, 512 do not.
#[test]
fn added_tokens_of_the_field() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(beside, PathBuf::from);
    let models = shared.join("field/models");
    if !models.is_dir() {
        eprintln!("skipped: no {}", models.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &str, name: &str| {
        let bytes = std::fs::read(models.join(from).join(name)).unwrap();
        std::fs::write(folder.path().join(name), bytes).unwrap();
    };
    copy("padded", "tokenizer.json");
    copy("padded", "config.json");
    let plain = Tokenizer::load(folder.path()).unwrap();
    copy("added_only", "tokenizer_config.json");
    let tokenizer = Tokenizer::load(folder.path()).unwrap();
    assert_eq!(tokenizer.encode("<|hint|>").unwrap(), [512]);
    assert!(plain.encode("<|hint|>").unwrap().len() > 1);
    let text = "Find x + 1.<|im_end|>\n\\boxed{7} \u{e9}<|endoftext|>";
    assert_eq!(tokenizer.encode(text).unwrap(), plain.encode(text).unwrap());
    assert_eq!(tokenizer.vocabulary(640), Vocabulary::of(640, 0..513));
    assert_eq!(plain.vocabulary(640), Vocabulary::of(640, 0..512));
    copy("theta_rp", "config.json");
    let tokenizer = Tokenizer::load(folder.path()).unwrap();
    let warning = &tokenizer.warnings()[0];
    assert!(
        warning.contains("token \"<|hint|>\" cannot have id 512: the model's vocab_size is 512"),
        "{warning}"
    );
}
