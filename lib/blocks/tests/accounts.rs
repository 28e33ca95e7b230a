//! Random holders of blocks against a plain account of who holds what.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::collections::BTreeMap;

use blocks::{BlockId, Full, Tables};
use proptest::prelude::*;

const SIZE: usize = 4;

#[test]
fn a_prompt_is_found_by_those_who_begin_alike() {
    let mut tables = Tables::new(3, SIZE, 100, 10);
    let prompt: Vec<i32> = (0..10).collect();
    assert_eq!(tables.begin(0, &prompt), 0);
    tables.reserve(0, 10).unwrap();
    tables.advance(0, 10);
    // Two whole blocks; the third is not full.
    assert_eq!(tables.begin(1, &prompt), 8);
    assert_eq!(tables.table(1), &tables.table(0)[..2]);
    // The same first block alone.
    assert_eq!(tables.begin(2, &[0, 1, 2, 3, 4, 5, 9, 9, 9]), 4);
    // The last token is always fed.
    tables.release(2);
    assert_eq!(tables.begin(2, &prompt[..8]), 4);
    for slot in 0..3 {
        tables.release(slot);
    }
    assert_eq!(tables.free(), 100);
    assert_eq!(tables.begin(0, &prompt), 8, "kept after the last holder");
}

#[test]
fn a_prompt_in_the_making_is_found_as_soon_as_its_blocks_are_taken() {
    let mut tables = Tables::new(2, SIZE, 100, 10);
    let prompt: Vec<i32> = (0..12).collect();
    tables.begin(0, &prompt);
    tables.reserve(0, 6).unwrap();
    assert_eq!(tables.begin(1, &prompt), 4);
    tables.release(1);
    tables.advance(0, 6);
    tables.reserve(0, 6).unwrap();
    assert_eq!(tables.begin(1, &prompt), 8);
}

#[test]
fn what_is_kept_gives_way() {
    let mut tables = Tables::new(1, SIZE, 3, 3);
    let prompt: Vec<i32> = (0..12).collect();
    tables.begin(0, &prompt);
    tables.reserve(0, 12).unwrap();
    tables.advance(0, 12);
    tables.release(0);
    let other: Vec<i32> = (100..112).collect();
    tables.begin(0, &other);
    tables.reserve(0, 4).unwrap();
    tables.release(0);
    // The end of the prompt went first: its beginning is of use without it.
    assert_eq!(tables.begin(0, &prompt), 8);
}

#[test]
fn too_few_blocks_are_refused_and_nothing_is_taken() {
    let mut tables = Tables::new(2, SIZE, 3, 0);
    tables.reserve(0, 8).unwrap();
    assert_eq!(tables.reserve(1, 5), Err(Full { needed: 2, free: 1 }));
    assert_eq!((tables.free(), tables.table(1)), (1, &[][..]));
}

#[derive(Clone, Debug)]
enum Act {
    Begin {
        slot: usize,
        prompt: usize,
        length: usize,
    },
    Feed {
        slot: usize,
        count: usize,
    },
    Release {
        slot: usize,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let slot = 0usize..5;
    prop_oneof![
        (slot.clone(), 0usize..3, 1usize..30).prop_map(|(slot, prompt, length)| Act::Begin {
            slot,
            prompt,
            length
        }),
        (slot.clone(), 1usize..12).prop_map(|(slot, count)| Act::Feed { slot, count }),
        slot.prop_map(|slot| Act::Release { slot }),
    ]
}

/// What a sequence holds by the plain account: all its tokens, and how many are written.
#[derive(Default)]
struct Written {
    tokens: Vec<i32>,
    length: usize,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn nothing_is_lost_or_overwritten(acts in prop::collection::vec(act(), 1..60), limit in 1usize..24, keep in 0usize..12) {
        let mut tables = Tables::new(5, SIZE, limit, keep);
        let mut written: Vec<Written> = (0..5).map(|_| Written::default()).collect();
        let mut memory: BTreeMap<BlockId, [i32; SIZE]> = BTreeMap::new();
        for act in acts {
            match act {
                Act::Begin { slot, prompt, length } => {
                    // Three prompts that part after 0, 5 and 9 tokens.
                    let parts = [0, 5, 9][prompt];
                    let tokens: Vec<i32> = (0..length).map(|at| if at < parts { at } else { at + 100 * (prompt + 1) } as i32).collect();
                    let shared = tables.begin(slot, &tokens);
                    prop_assert!(shared < length && shared.is_multiple_of(SIZE));
                    written[slot] = Written { tokens, length: shared };
                }
                Act::Feed { slot, count } => {
                    let state = &mut written[slot];
                    let before = tables.free();
                    if tables.reserve(slot, count).is_err() {
                        prop_assert_eq!(tables.free(), before);
                        continue;
                    }
                    for at in state.length..state.length + count {
                        if at >= state.tokens.len() {
                            state.tokens.push(-(at as i32) - 1000 * slot as i32);
                        }
                        let block = tables.table(slot)[at / SIZE];
                        memory.entry(block).or_default()[at % SIZE] = state.tokens[at];
                    }
                    tables.advance(slot, count);
                    state.length += count;
                }
                Act::Release { slot } => {
                    tables.release(slot);
                    written[slot] = Written::default();
                }
            }
            let mut holders: BTreeMap<BlockId, usize> = BTreeMap::new();
            for (slot, state) in written.iter().enumerate() {
                prop_assert_eq!(tables.length(slot), state.length);
                for (index, block) in tables.table(slot).iter().enumerate() {
                    *holders.entry(*block).or_default() += 1;
                    for at in index * SIZE..((index + 1) * SIZE).min(state.length) {
                        prop_assert_eq!(memory[block][at % SIZE], state.tokens[at], "slot {} position {}", slot, at);
                    }
                }
            }
            prop_assert_eq!(tables.free(), limit - holders.len());
        }
        for slot in 0..5 {
            tables.release(slot);
        }
        prop_assert_eq!(tables.free(), limit);
    }
}
