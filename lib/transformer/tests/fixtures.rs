//! The decoder against numbers computed by Hugging Face transformers in float32.
//!
//! Tolerances are those of the fixtures' own README, which says how each number was made.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

mod golden;

use golden::{Golden, largest_difference};
use tch::{Kind, Tensor};
use transformer::{KvCache, token_logprobs};

const MODELS: [(&str, &str); 8] = [
    ("tiny-qwen2", "config.json"),
    ("tiny-qwen2", "config_v4.json"),
    ("tiny-qwen2-tied-bf16", "config.json"),
    ("tiny-qwen2-tied-bf16", "config_v4.json"),
    ("tiny-qwen3", "config.json"),
    ("tiny-qwen3", "config_v4.json"),
    ("tiny-llama", "config.json"),
    ("tiny-llama", "config_v4.json"),
];

fn each_model(check: impl Fn(&Golden)) {
    torch::set_threads(1);
    for (model, config) in MODELS {
        let Some(golden) = Golden::load(model, config, false) else {
            return;
        };
        eprintln!("{model} by {config}");
        check(&golden);
    }
}

#[test]
fn hidden_states_logits_and_logprobs_agree() {
    each_model(|golden| {
        for i in 0..5 {
            golden.check_forward(i);
        }
    });
}

#[test]
fn a_sharded_copy_is_the_same_model() {
    let Some(whole) = Golden::load("tiny-qwen2", "config.json", false) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let sharded = folder.path().join("sharded");
    checkpoints::CheckpointWriter::create(&sharded, &whole.directory)
        .unwrap()
        .shard_above(300_000)
        .write(whole.decoder.outgoing(checkpoints::Dtype::F32))
        .unwrap();
    assert!(sharded.join("model.safetensors.index.json").is_file());
    assert!(!sharded.join("model.safetensors").exists());
    let sharded = whole.with_weights_of(&sharded);
    assert_eq!(sharded.weights.sha256(), whole.weights.sha256());
    for i in 0..5 {
        sharded.check_forward(i);
    }
}

/// Shards as transformers writes them.
#[test]
fn the_sharded_copy_of_qwen3_is_the_same_model() {
    let Some(whole) = Golden::load("tiny-qwen3", "config.json", false) else {
        return;
    };
    let sharded = whole.with_weights_of(&whole.directory.join("sharded"));
    assert_eq!(sharded.weights.sha256(), whole.weights.sha256());
    for i in 0..5 {
        sharded.check_forward(i);
    }
}

#[test]
fn greedy_continuations_agree_by_whole_forward_passes() {
    each_model(|golden| {
        for i in 0..5 {
            let (mut ids, mut logprobs) = (golden.input_ids(i), Vec::new());
            let length = ids.len();
            for _ in 0..32 {
                let hidden = golden.hidden(&ids).select(1, -1);
                let logits = golden.decoder.logits(&hidden).unwrap();
                let next = logits.argmax(-1, false);
                logprobs.push(
                    token_logprobs(&logits, &next, 1.0)
                        .unwrap()
                        .double_value(&[0]),
                );
                ids.push(next.int64_value(&[0]));
            }
            golden.check_greedy(i, &ids[length..], &logprobs);
        }
    });
}

/// All five sequences at once: ragged prompts in one step, then token by token.
#[test]
fn greedy_continuations_agree_through_the_cache() {
    each_model(|golden| {
        let mut cache = KvCache::new(&golden.decoder, 5, 16).unwrap();
        let mut chunks: Vec<Vec<i32>> = (0..5)
            .map(|i| golden.input_ids(i).iter().map(|id| *id as i32).collect())
            .collect();
        let (mut ids, mut logprobs) = (vec![Vec::new(); 5], vec![Vec::new(); 5]);
        for _ in 0..32 {
            let pieces: Vec<&[i32]> = chunks.iter().map(Vec::as_slice).collect();
            let logits = golden
                .decoder
                .extend(&mut cache, &[0, 1, 2, 3, 4], &pieces)
                .unwrap();
            let next = logits.argmax(-1, false);
            let drawn = token_logprobs(&logits, &next, 1.0).unwrap();
            for i in 0..5 {
                ids[i].push(next.int64_value(&[i as i64]));
                logprobs[i].push(drawn.double_value(&[i as i64]));
                chunks[i] = vec![next.int64_value(&[i as i64]) as i32];
            }
        }
        for i in 0..5 {
            golden.check_greedy(i, &ids[i], &logprobs[i]);
        }
    });
}

#[test]
fn loss_and_gradients_agree() {
    for (model, config) in MODELS {
        let Some(golden) = Golden::load(model, config, true) else {
            return;
        };
        let logprobs: Vec<Tensor> = (1..5).map(|i| golden.logprobs(i)).collect();
        let all = Tensor::cat(&logprobs, 0);
        assert_eq!(all.numel(), 162);
        let loss = -all.mean(Kind::Float);
        loss.backward();
        let expected = golden.expected("loss").double_value(&[0]);
        let found = loss.double_value(&[]);
        assert!(
            (found - expected).abs() <= 1e-5 * expected,
            "loss {found}, expected {expected}"
        );
        golden.check_gradients();
    }
}

#[test]
fn a_padded_batch_gives_what_each_sequence_gives_alone() {
    each_model(|golden| {
        let ids: Vec<Vec<i64>> = (0..5).map(|i| golden.input_ids(i)).collect();
        let longest = ids.iter().map(Vec::len).max().unwrap();
        let padded: Vec<i64> = ids
            .iter()
            .flat_map(|row| {
                row.iter()
                    .copied()
                    .chain(std::iter::repeat_n(7, longest - row.len()))
            })
            .collect();
        let batch = Tensor::from_slice(&padded).view([5, longest as i64]);
        let together = golden.decoder.hidden(&batch).unwrap();
        for (i, row) in ids.iter().enumerate() {
            let alone = golden.hidden(row).squeeze_dim(0);
            let within = together.get(i as i64).narrow(0, 0, row.len() as i64);
            let difference = largest_difference(&within, &alone);
            assert!(difference <= 1e-5, "sequence {i}: {difference}");
        }
    });
}
