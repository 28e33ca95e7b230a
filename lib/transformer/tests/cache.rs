//! Cached decoding beside whole forward passes: any order, any chunks, any growth, same logits.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

mod golden;

use golden::{Golden, largest_difference};
use tch::{Device, Kind, Tensor};
use transformer::{KvCache, ModelError};

fn golden() -> Option<Golden> {
    torch::set_threads(1);
    Golden::load("tiny-qwen2", "config.json", false)
}

fn ids(golden: &Golden, sequence: usize) -> Vec<i32> {
    golden
        .input_ids(sequence)
        .iter()
        .map(|id| *id as i32)
        .collect()
}

/// Logits after the last of `ids`, `[vocab]`, without a cache.
fn whole(golden: &Golden, ids: &[i32]) -> Tensor {
    let wide: Vec<i64> = ids.iter().map(|id| i64::from(*id)).collect();
    let last = golden.hidden(&wide).select(1, -1);
    golden.decoder.logits(&last).unwrap().squeeze_dim(0)
}

fn assert_close(a: &Tensor, b: &Tensor) {
    let difference = largest_difference(a, b);
    assert!(difference <= 1e-4, "{difference}");
}

/// Chunks of every size, beginning with a capacity too small for the first.
#[test]
fn a_sequence_in_chunks_is_the_sequence() {
    let Some(golden) = golden() else { return };
    let tokens = ids(&golden, 4);
    for size in [1, 3, 7, 64, 112] {
        let mut cache = KvCache::new(&golden.decoder, 1, 1).unwrap();
        let mut end = 0;
        for chunk in tokens.chunks(size) {
            end += chunk.len();
            let logits = golden.decoder.extend(&mut cache, &[0], &[chunk]).unwrap();
            assert_eq!(cache.length(0), end);
            assert_close(&logits.get(0), &whole(&golden, &tokens[..end]));
        }
    }
}

/// Rows in any order, in slots that do not lie side by side, some resting, some prefilled while
/// others decode, a slot given to the next sequence.
#[test]
fn rows_come_and_go_in_any_order() {
    let Some(golden) = golden() else { return };
    let (long, middle, short) = (ids(&golden, 4), ids(&golden, 3), ids(&golden, 2));
    let mut cache = KvCache::new(&golden.decoder, 4, 8).unwrap();
    let decoder = &golden.decoder;
    let first = decoder
        .extend(&mut cache, &[3, 0], &[&long[..70], &short[..1]])
        .unwrap();
    assert_close(&first.get(0), &whole(&golden, &long[..70]));
    assert_close(&first.get(1), &whole(&golden, &short[..1]));
    let second = decoder
        .extend(
            &mut cache,
            &[1, 3, 0],
            &[&middle, &long[70..71], &short[1..4]],
        )
        .unwrap();
    assert_close(&second.get(0), &whole(&golden, &middle));
    assert_close(&second.get(1), &whole(&golden, &long[..71]));
    assert_close(&second.get(2), &whole(&golden, &short[..4]));
    cache.clear(3);
    let third = decoder
        .extend(&mut cache, &[3, 0], &[&short, &short[4..]])
        .unwrap();
    assert_close(&third.get(0), &whole(&golden, &short));
    assert_close(&third.get(1), &whole(&golden, &short));
    assert_eq!([0, 1, 2, 3].map(|slot| cache.length(slot)), [8, 44, 0, 8]);
}

#[test]
fn bfloat16_decodes_close_to_float32() {
    let Some(golden) = golden() else { return };
    let config = golden.decoder.config();
    let half =
        transformer::Decoder::load(&golden.weights, config, Device::Cpu, Kind::BFloat16, false);
    let half = half.unwrap();
    let tokens = ids(&golden, 3);
    let mut cache = KvCache::new(&half, 1, 64).unwrap();
    let logits = half.extend(&mut cache, &[0], &[&tokens]).unwrap();
    assert_eq!((half.kind(), logits.kind()), (Kind::BFloat16, Kind::Float));
    let expected = whole(&golden, &tokens);
    // Eight bits of mantissa through four layers.
    let allowed = 0.05 * expected.abs().max().double_value(&[]);
    assert!(largest_difference(&logits.get(0), &expected) < allowed);
    assert_eq!(cache.bytes_per_token(), 4 * 2 * 2 * 16 * 2);
}

#[test]
fn nonsense_is_refused_and_changes_nothing() {
    let Some(golden) = golden() else { return };
    let mut cache = KvCache::new(&golden.decoder, 2, 8).unwrap();
    let mut refuse = |slots: &[i64], chunks: &[&[i32]]| {
        golden
            .decoder
            .extend(&mut cache, slots, chunks)
            .unwrap_err()
    };
    assert!(matches!(
        refuse(&[2], &[&[1]]),
        ModelError::NoSuchSlot { slot: 2, slots: 2 }
    ));
    assert!(matches!(
        refuse(&[-1], &[&[1]]),
        ModelError::NoSuchSlot { .. }
    ));
    assert!(matches!(
        refuse(&[0, 0], &[&[1], &[1]]),
        ModelError::RepeatedSlot { slot: 0 }
    ));
    assert!(matches!(
        refuse(&[0, 1], &[&[1]]),
        ModelError::UnequalCounts { .. }
    ));
    assert!(matches!(
        refuse(&[0], &[&[]]),
        ModelError::EmptyChunk { slot: 0 }
    ));
    assert!(matches!(refuse(&[], &[]), ModelError::NoRows));
    for id in [-1, 512] {
        let error = refuse(&[0], &[&[1, id]]).to_string();
        assert_eq!(
            error,
            format!("token id {id} is outside the model's vocabulary of 512")
        );
    }
    assert_eq!((cache.length(0), cache.length(1)), (0, 0));
}
