//! A dialogue that is played and one that is laid out as a demonstration have the same tokens, whatever the template and
//! the wording of the feedback.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::Path;

use attempts::{AttemptEnd, DialogueRules};
use generation::{Drawn, Environment, Move, Play, Rules, Task};
use grading::{Graded, Reason, Verdict, boxed_answer};
use serde_json::{Map, Value, json};
use transcript::{Format, FormatArgs, LaidOut, Written};

const QUESTION: &str = "What is 6 * 7?";
const ATTEMPTS: [&str; 3] = ["So \\boxed{41}.", "No box at all", "\\boxed{4 2} \u{2603}"];
const TEMPLATE: &str = "prompt = '{question} ({attempts_allowed}):'\nfeedback = ' No. {attempts_left} left:'\nclose = ' stop'";
const FRAMED: &str = "prompt = '<|im_start|>{question}<|im_end|>'\nfeedback = '<|im_start|>{message}<|im_end|>'\nclose = '<|im_end|>'";
const CHAT: &str = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}\
                    {% if add_generation_prompt %}<|im_start|>assistant\n<think>\n\n</think>\n\n{% endif %}";

/// A byte-level tokenizer without merges, with the marks of ChatML.
fn model(folder: &Path) {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut next = 256;
    let mut vocabulary = Map::new();
    for byte in 0..=255u8 {
        let letter = if printable(byte) {
            char::from(byte)
        } else {
            next += 1;
            char::from_u32(next - 1).unwrap()
        };
        vocabulary.insert(letter.to_string(), json!(byte));
    }
    let added = |(id, content): (i32, &str)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    };
    let marks = [(256, "<|im_start|>"), (257, "<|im_end|>")].map(added);
    let level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false});
    let tokenizer = json!({"version": "1.0", "added_tokens": marks, "normalizer": null, "pre_tokenizer": level,
        "post_processor": null, "decoder": level, "model": {"type": "BPE", "vocab": vocabulary, "merges": []}});
    let files: [(&str, &str); 5] = [
        ("tokenizer.json", &tokenizer.to_string()),
        ("tokenizer_config.json", r#"{"eos_token": "<|im_end|>"}"#),
        ("chat_template.jinja", CHAT),
        ("plain.toml", TEMPLATE),
        ("framed.toml", FRAMED),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// Plays the attempts as a policy that writes just these and ends each with end-of-sequence.
fn play(format: Format, seed: i64) -> LaidOut {
    let prompt = format.prompt(QUESTION, 4).unwrap();
    let rules = Rules {
        dialogue: DialogueRules {
            attempt_end: AttemptEnd::Eos,
            play_on: false,
        },
        check_every: 1,
        max_new_tokens: 1000,
        context: 4000,
    };
    let attempts = ATTEMPTS.map(|text| {
        let whole = format.lay_out(QUESTION, 4, seed, &[Written { text, answer: None }]);
        whole.unwrap().token_ids[prompt.len()..].to_vec()
    });
    let environment = Environment { rules, format };
    let task = Task {
        dialogue_id: "d".into(),
        prompt,
        question: QUESTION.into(),
        reference: "42".into(),
        attempts_allowed: 4,
        seed,
        context: vec![],
    };
    let mut play = Play::new(&environment, task);
    for (index, ids) in attempts.iter().enumerate() {
        for (at, token) in ids.iter().enumerate() {
            let drawn = Drawn {
                token: *token,
                logprob: 0.0,
            };
            let next = play.sampled(&environment, drawn).unwrap();
            let last = at + 1 == ids.len();
            let Move::Grade(query) = next else {
                assert!(!last, "the last token of an attempt ends it");
                continue;
            };
            assert!(last, "an attempt ends with its last token");
            let graded = Graded {
                verdict: if index + 1 == attempts.len() {
                    Verdict::Correct
                } else {
                    Verdict::Wrong
                },
                answer: boxed_answer(&query.response, "42"),
                rule: None,
                reason: Reason::External,
                detail: None,
            };
            play.graded(&environment, graded).unwrap();
        }
    }
    let finished = play.finish();
    LaidOut {
        token_ids: finished.token_ids,
        loss_mask: finished.loss_mask,
    }
}

#[test]
fn played_and_laid_out_dialogues_have_the_same_tokens() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let lists = [
        &[][..],
        &["verdict"],
        &["quote"],
        &["quote", "try-again", "attempts-left"],
    ];
    for template in ["chatml", "model", &file("plain.toml"), &file("framed.toml")] {
        for feedback in lists {
            if template.ends_with("plain.toml") && !feedback.is_empty() {
                continue;
            }
            let args = FormatArgs {
                template: template.to_owned(),
                feedback: feedback.iter().map(|name| (*name).to_owned()).collect(),
                ..FormatArgs::default()
            };
            let open = || Format::open(&args, folder.path()).unwrap();
            for seed in 0..8 {
                let written = ATTEMPTS.map(|text| (text, boxed_answer(text, "42")));
                let written: Vec<Written<'_>> = written
                    .iter()
                    .map(|(text, answer)| Written {
                        text,
                        answer: answer.as_deref(),
                    })
                    .collect();
                let laid_out = open().lay_out(QUESTION, 4, seed, &written).unwrap();
                assert_eq!(play(open(), seed), laid_out, "{template} {feedback:?}");
            }
        }
    }
}

#[test]
fn the_wording_shows_in_the_tokens() {
    let folder = tempfile::tempdir().unwrap();
    model(folder.path());
    let text = |feedback: &str| {
        let args = FormatArgs {
            feedback: vec![feedback.to_owned()],
            ..FormatArgs::default()
        };
        let format = Format::open(&args, folder.path()).unwrap();
        let ids = play(format, 0).token_ids;
        let bytes: Vec<u8> = ids.iter().filter_map(|id| u8::try_from(*id).ok()).collect();
        Value::from(String::from_utf8_lossy(&bytes).into_owned()).to_string()
    };
    // Ids of this tokenizer are the bytes themselves.
    assert!(text("attempts-left").contains("You have 3 attempt(s) left"));
    assert!(!text("verdict").contains("attempt(s) left"));
    assert!(text("quote").contains("Your answer 41 is not correct"));
    assert!(text("quote").contains("There was no final answer"));
}
