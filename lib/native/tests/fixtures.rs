//! The engine against recorded logits and continuations of small checkpoints, and against itself: any batch, any
//! chunks, any threads, any instructions.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test fails by panicking and says why it was skipped

use std::path::PathBuf;
use std::sync::Arc;

use checkpoints::{ModelConfig, Weights};
use native::{Engine, EngineError, Level, Model, Threads};

const MODELS: [&str; 4] = [
    "tiny-qwen2",
    "tiny-qwen2-tied-bf16",
    "tiny-qwen3",
    "tiny-llama",
];

fn fixtures() -> Option<PathBuf> {
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let folder = shared.join("fixtures");
    if !folder.is_dir() {
        println!("skipped: no folder {}", folder.display());
        return None;
    }
    Some(folder)
}

fn load(folder: &std::path::Path, level: Level) -> Arc<Model> {
    let config = ModelConfig::load(folder).unwrap();
    Model::load_at(
        &Weights::open(folder).unwrap(),
        &config,
        config.max_position_embeddings,
        level,
    )
    .unwrap()
}

/// The recorded sequences: ids, logits `[T, V]`, greedy continuation.
struct Recorded {
    ids: Vec<i32>,
    logits: Vec<f32>,
    greedy: Vec<i32>,
}

fn recorded(folder: &std::path::Path) -> Vec<Recorded> {
    let expected = Weights::open_file(&folder.join("expected.safetensors")).unwrap();
    let integers = |name: String| -> Vec<i32> {
        let bytes = expected.tensor(&name).unwrap().bytes;
        bytes
            .chunks_exact(8)
            .map(|b| i64::from_le_bytes(b.try_into().unwrap()) as i32)
            .collect()
    };
    let sequences = (0..5).map(|i| Recorded {
        ids: integers(format!("seq{i}.input_ids")),
        logits: expected.f32(&format!("seq{i}.logits")).unwrap(),
        greedy: integers(format!("seq{i}.greedy")),
    });
    sequences.collect()
}

/// Logits after every token, fed in chunks of `size`.
fn teacher_forced(engine: &mut Engine, slot: usize, ids: &[i32], size: usize) -> Vec<Vec<f32>> {
    let chunks = ids.chunks(size);
    let logits = chunks
        .map(|chunk| engine.extend(&[(slot, chunk)]).unwrap().to_vec())
        .collect();
    engine.release(slot);
    logits
}

fn bits(logits: &[f32]) -> Vec<u32> {
    logits.iter().map(|x| x.to_bits()).collect()
}

fn argmax(logits: &[f32]) -> i32 {
    (0..logits.len())
        .max_by(|a, b| logits[*a].total_cmp(&logits[*b]))
        .unwrap() as i32
}

#[test]
fn logits_agree_with_the_recorded_ones() {
    let Some(fixtures) = fixtures() else { return };
    for name in MODELS {
        let folder = fixtures.join(name);
        let mut engine = Engine::new(load(&folder, Level::detect()), 1, Threads::Caller);
        for sequence in recorded(&folder) {
            let rows = teacher_forced(&mut engine, 0, &sequence.ids, 1).concat();
            assert_eq!(rows.len(), sequence.logits.len());
            let gap = rows
                .iter()
                .zip(&sequence.logits)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(gap <= 1e-4, "{name}: logits differ by {gap}");
        }
    }
}

#[test]
fn a_sharded_copy_has_the_same_bits() {
    let Some(fixtures) = fixtures() else { return };
    let folder = fixtures.join("tiny-qwen3");
    let ids = &recorded(&folder)[4].ids;
    let logits = |folder: &std::path::Path| {
        let mut engine = Engine::new(load(folder, Level::detect()), 1, Threads::Caller);
        bits(engine.extend(&[(0, ids)]).unwrap())
    };
    assert_eq!(logits(&folder.join("sharded")), logits(&folder));
}

#[test]
fn greedy_continuations_are_the_recorded_ones() {
    let Some(fixtures) = fixtures() else { return };
    for name in MODELS {
        let folder = fixtures.join(name);
        let mut engine = Engine::new(load(&folder, Level::detect()), 1, Threads::Caller);
        for sequence in recorded(&folder) {
            let mut next = argmax(engine.extend(&[(0, &sequence.ids)]).unwrap());
            let mut continuation = vec![next];
            while continuation.len() < sequence.greedy.len() {
                next = argmax(engine.extend(&[(0, &[next])]).unwrap());
                continuation.push(next);
            }
            engine.release(0);
            assert_eq!(continuation, sequence.greedy, "{name}");
        }
    }
}

#[test]
fn chunks_levels_and_threads_give_the_same_bits() {
    let Some(fixtures) = fixtures() else { return };
    for name in MODELS {
        let folder = fixtures.join(name);
        let ids = &recorded(&folder)[4].ids;
        let mut plain = Engine::new(load(&folder, Level::Portable), 1, Threads::Caller);
        let straight = teacher_forced(&mut plain, 0, ids, 1);
        for level in Level::available() {
            for threads in [1, 2, 3] {
                let mut engine =
                    Engine::new(load(&folder, level), 1, Threads::new(threads).unwrap());
                for size in [1, 5, 16, 100, 112] {
                    let chunked = teacher_forced(&mut engine, 0, ids, size);
                    for (at, logits) in chunked.iter().enumerate() {
                        let position = ((at + 1) * size).min(ids.len()) - 1;
                        let same = bits(logits) == bits(&straight[position]);
                        assert!(
                            same,
                            "{name} {level:?} {threads} threads, chunks of {size}, position {position}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_sequence_has_the_same_bits_in_any_company() {
    let Some(fixtures) = fixtures() else { return };
    for name in ["tiny-qwen2", "tiny-qwen3"] {
        bits_in_any_company(&fixtures.join(name));
    }
}

fn bits_in_any_company(folder: &std::path::Path) {
    let model = load(folder, Level::detect());
    let ids = recorded(folder)[4].ids.clone();
    let sequences: Vec<&[i32]> = (0..70)
        .map(|i| &ids[i % 40..][..1 + (i * 7) % 60])
        .collect();
    let mut alone = Engine::new(Arc::clone(&model), 1, Threads::Caller);
    let expected: Vec<_> = sequences
        .iter()
        .map(|s| bits(teacher_forced(&mut alone, 0, s, 200).last().unwrap()))
        .collect();
    let mut together = Engine::new(Arc::clone(&model), 70, Threads::Caller);
    // All at once, out of order; then again in two halves of each sequence, over recycled memory.
    let order: Vec<usize> = (0..70).map(|i| (i * 29) % 70).collect();
    let vocab = model.vocab_size();
    let all: Vec<_> = order.iter().map(|&i| (i, sequences[i])).collect();
    let logits = together.extend(&all).unwrap().to_vec();
    for (row, &i) in order.iter().enumerate() {
        assert_eq!(
            bits(&logits[row * vocab..][..vocab]),
            expected[i],
            "sequence {i}"
        );
        together.release(i);
    }
    let long: Vec<_> = order
        .iter()
        .copied()
        .filter(|&i| sequences[i].len() > 1)
        .collect();
    let firsts: Vec<_> = long
        .iter()
        .map(|&i| (69 - i, &sequences[i][..sequences[i].len() / 2]))
        .collect();
    together.extend(&firsts).unwrap();
    let seconds: Vec<_> = long
        .iter()
        .rev()
        .map(|&i| (69 - i, &sequences[i][sequences[i].len() / 2..]))
        .collect();
    let logits = together.extend(&seconds).unwrap();
    for (row, &i) in long.iter().rev().enumerate() {
        assert_eq!(
            bits(&logits[row * vocab..][..vocab]),
            expected[i],
            "sequence {i} in halves"
        );
    }
}

#[test]
fn impossible_passes_are_refused_and_change_nothing() {
    let Some(fixtures) = fixtures() else { return };
    let mut engine = Engine::new(
        load(&fixtures.join(MODELS[0]), Level::detect()),
        2,
        Threads::Caller,
    );
    let long = vec![1; 513];
    let refused =
        |engine: &mut Engine, chunks: &[(usize, &[i32])]| engine.extend(chunks).unwrap_err();
    assert_eq!(
        refused(&mut engine, &[(2, &[1])]),
        EngineError::NoSuchSlot { slot: 2, slots: 2 }
    );
    assert_eq!(
        refused(&mut engine, &[(0, &[1]), (0, &[2])]),
        EngineError::RepeatedSlot { slot: 0 }
    );
    assert_eq!(
        refused(&mut engine, &[(1, &[])]),
        EngineError::EmptyChunk { slot: 1 }
    );
    assert_eq!(
        refused(&mut engine, &[(0, &[512])]),
        EngineError::UnknownToken {
            token: 512,
            vocab: 512
        }
    );
    assert_eq!(
        refused(&mut engine, &[(0, &[-1])]),
        EngineError::UnknownToken {
            token: -1,
            vocab: 512
        }
    );
    let context = EngineError::ContextExceeded {
        length: 513,
        context: 512,
    };
    assert_eq!(refused(&mut engine, &[(1, &[1]), (0, &long)]), context);
    assert_eq!((engine.length(0), engine.length(1)), (0, 0));
    engine.extend(&[(0, &long[1..])]).unwrap();
    assert_eq!(refused(&mut engine, &[(0, &[1])]), context);
}
