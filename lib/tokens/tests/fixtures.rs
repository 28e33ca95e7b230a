//! The tokenizer against the `tokenizers` library's own results; exact.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use serde_json::Value;
use tokens::Tokenizer;

fn fixtures() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(beside, PathBuf::from);
    let fixtures = shared.join("fixtures");
    if !fixtures.is_dir() {
        eprintln!(
            "skipped: no fixtures at {} (set REATTEMPT_SHARED)",
            fixtures.display()
        );
        return None;
    }
    Some(fixtures)
}

fn cases(kind: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(fixtures()?.join("tokenizer_cases.jsonl")).unwrap();
    let cases = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let cases: Vec<Value> = cases.filter(|case| case["kind"] == kind).collect();
    assert!(!cases.is_empty());
    Some(cases)
}

fn ids(case: &Value) -> Vec<i32> {
    serde_json::from_value(case["ids"].clone()).unwrap()
}

/// The same tokenizer in the newer and the older spelling of its merges.
fn tokenizers() -> Option<Vec<Tokenizer>> {
    let directory = fixtures()?.join("tiny-qwen2");
    let load = |name: &&str| Tokenizer::load_file(&directory.join(name)).unwrap();
    Some(
        ["tokenizer.json", "tokenizer_v4.json"]
            .iter()
            .map(load)
            .collect(),
    )
}

#[test]
fn texts_become_the_expected_ids() {
    let Some(cases) = cases("encode") else { return };
    for tokenizer in tokenizers().unwrap() {
        for case in &cases {
            let found = tokenizer.encode(case["text"].as_str().unwrap()).unwrap();
            assert_eq!(found, ids(case), "{}", case["id"]);
        }
    }
}

#[test]
fn ids_become_the_expected_texts() {
    let Some(mut cases) = cases("encode") else {
        return;
    };
    cases.extend(crate::cases("decode").unwrap());
    for tokenizer in tokenizers().unwrap() {
        for case in &cases {
            for (key, skip_special) in [("decoded", false), ("decoded_skip_special", true)] {
                let found = tokenizer.decode(&ids(case), skip_special).unwrap();
                assert_eq!(found, case[key].as_str().unwrap(), "{} {key}", case["id"]);
            }
        }
    }
}

#[test]
fn special_tokens_and_stop_ids_are_found() {
    let Some(tokenizers) = tokenizers() else {
        return;
    };
    for tokenizer in tokenizers {
        let special = tokenizer
            .require_special(&["<|im_start|>", "<|im_end|>"])
            .unwrap();
        assert_eq!(special, [510, 511]);
        assert_eq!(tokenizer.stop_ids().unwrap(), [509]);
        tokenizer.check_vocabulary(512).unwrap();
        let error = tokenizer.check_vocabulary(511).unwrap_err().to_string();
        assert!(
            error.contains("\"<|im_end|>\" has id 511, but the model's vocab_size is 511"),
            "{error}"
        );
    }
}
