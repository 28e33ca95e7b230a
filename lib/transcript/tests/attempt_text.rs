//! The text of a growing attempt is the text of all its tokens, whatever the pieces.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod bytes;
mod fixtures;

use bytes::Bytes;
use fixtures::{cases, fixtures, ids};
use proptest::prelude::*;
use tokens::{Tokenizer, TokensError};
use transcript::{AttemptText, Codec};

/// Strips the blank that its first token begins with, as decoders of SentencePiece models do.
struct Stripping;

impl Codec for Stripping {
    fn encode(&self, text: &str) -> Result<Vec<i32>, TokensError> {
        Bytes.encode(text)
    }

    fn decode(&self, ids: &[i32]) -> Result<String, TokensError> {
        let text = Bytes.decode(ids)?;
        Ok(text.strip_prefix(' ').map_or(text.clone(), str::to_owned))
    }
}

fn read(codec: &dyn Codec, ids: &[i32], sizes: &[usize]) -> String {
    let (mut text, mut pieces, mut rest) = (AttemptText::default(), String::new(), ids);
    for size in sizes.iter().cycle() {
        let (piece, later) = rest.split_at((*size).min(rest.len()));
        rest = later;
        pieces += text.extend(codec, piece, rest.is_empty()).unwrap();
        if rest.is_empty() {
            break;
        }
    }
    assert_eq!(text.as_str(), pieces);
    pieces
}

#[test]
fn recorded_texts_come_in_pieces_of_any_size() {
    let (Some(encoded), Some(decoded)) = (cases("encode"), cases("decode")) else {
        return;
    };
    let tokenizer = Tokenizer::load(&fixtures().unwrap().join("tiny-qwen2")).unwrap();
    for case in encoded.iter().chain(&decoded) {
        for size in [1, 2, 5, 64] {
            let text = read(&tokenizer, &ids(case), &[size]);
            let expected = case["decoded_skip_special"].as_str().unwrap();
            assert_eq!(text, expected, "{} by {size}", case["id"]);
        }
    }
}

#[test]
fn complete_text_is_not_held_back() {
    let mut text = AttemptText::default();
    let snowman = "x\u{2603}".as_bytes();
    let ids: Vec<i32> = snowman.iter().map(|byte| i32::from(*byte)).collect();
    assert_eq!(text.extend(&Bytes, &ids[..2], false).unwrap(), "x");
    assert_eq!(text.extend(&Bytes, &ids[2..3], false).unwrap(), "");
    assert_eq!(text.extend(&Bytes, &ids[3..], false).unwrap(), "\u{2603}");
    assert_eq!(text.extend(&Bytes, &ids[1..2], true).unwrap(), "\u{fffd}");
}

proptest! {
    #[test]
    fn pieces_add_up(
        text in "[ a\u{e9}\u{2603}\u{1f600}]{0,30}",
        cut in 0usize..3,
        sizes in prop::collection::vec(1usize..9, 1..6),
    ) {
        // A cut may leave half a character at the end.
        let bytes = &text.as_bytes()[..text.len().saturating_sub(cut)];
        let ids: Vec<i32> = bytes.iter().map(|byte| i32::from(*byte)).collect();
        for codec in [&Bytes as &dyn Codec, &Stripping] {
            prop_assert_eq!(read(codec, &ids, &sizes), codec.decode(&ids).unwrap());
        }
    }
}
