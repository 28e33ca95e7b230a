//! The scheduler on an engine made up for the test: ten thousand random workloads in little memory.

use blocks::Tables;
use generation::{Backend, BackendError, Chunk, Feed, Outcome, Ready, Scheduler};
use proptest::prelude::*;

use crate::memory::{Memory, SIZE};

/// Tokens of a step that no workload of these tests reaches.
const AMPLE: usize = 10_000;

/// Remembers what it is fed and draws nothing.
struct Fake(Memory);

impl Backend for Fake {
    fn slots(&self) -> usize {
        self.0.tables.slots()
    }

    fn tables(&mut self) -> Option<&mut Tables> {
        Some(&mut self.0.tables)
    }

    fn step(&mut self, feeds: &[Feed<'_>]) -> Result<Vec<Outcome>, BackendError> {
        for feed in feeds {
            self.0.write(feed.slot, feed.tokens);
        }
        Ok(vec![Outcome::Fed; feeds.len()])
    }

    fn release(&mut self, slot: usize) {
        self.0.tables.release(slot);
    }
}

/// A dialogue: its prompt, and turns of tokens that are drawn and then fed back at once; between two it waits for a verdict.
#[derive(Clone, Debug)]
struct Work {
    prompt: usize,
    length: usize,
    turns: Vec<(usize, usize)>,
    verdict_after: usize,
}

#[derive(Clone, Debug)]
struct Player {
    index: usize,
    work: Work,
    tokens: Vec<i32>,
    turn: usize,
    drawn: usize,
    waits: usize,
}

impl Player {
    fn new(index: usize, work: Work) -> Self {
        // Dialogues with the same prompt begin alike.
        let prompt = (0..work.length).map(|at| (at + 1000 * (work.prompt + 1)) as i32);
        Self {
            index,
            tokens: prompt.collect(),
            work,
            turn: 0,
            drawn: 0,
            waits: 0,
        }
    }

    /// Takes one drawn token. True when the dialogue is over.
    fn draw(&mut self) -> bool {
        self.push();
        self.drawn += 1;
        let (drawn, feedback) = self.work.turns[self.turn];
        if self.drawn < drawn {
            return false;
        }
        self.turn += 1;
        self.drawn = 0;
        if self.turn == self.work.turns.len() {
            return true;
        }
        (0..feedback).for_each(|_| self.push());
        self.waits = self.work.verdict_after;
        false
    }

    fn push(&mut self) {
        let token = -((self.index * 1000 + self.tokens.len()) as i32);
        self.tokens.push(token);
    }

    fn longest(&self) -> usize {
        let turns = self
            .work
            .turns
            .iter()
            .map(|(drawn, feedback)| drawn + feedback);
        self.work.length + turns.sum::<usize>()
    }
}

fn work() -> impl Strategy<Value = Work> {
    let turns = prop::collection::vec((1usize..9, 1usize..5), 1..4);
    (0usize..3, 1usize..20, turns, 0usize..4).prop_map(|(prompt, length, turns, verdict_after)| {
        Work {
            prompt,
            length,
            turns,
            verdict_after,
        }
    })
}

struct Ran {
    steps: usize,
    gave_way: usize,
    fed: usize,
}

/// Plays all works and checks every step.
fn run(works: &[Work], slots: usize, spare: usize, budget: usize) -> Result<Ran, TestCaseError> {
    let players: Vec<Player> = works
        .iter()
        .cloned()
        .enumerate()
        .map(|(index, work)| Player::new(index, work))
        .collect();
    let longest = players.iter().map(Player::longest).max().unwrap_or(1);
    let limit = longest.div_ceil(SIZE) + spare;
    let mut fake = Fake(Memory::new(slots, limit, limit / 2));
    let mut scheduler = Scheduler::new(slots, budget);
    let mut queue = players.into_iter();
    let mut running: Vec<Option<Player>> = vec![None; slots];
    let mut fed_before = vec![0; slots];
    let mut ran = Ran {
        steps: 0,
        gave_way: 0,
        fed: 0,
    };
    let total: usize = works
        .iter()
        .map(|work| Player::new(0, work.clone()).longest())
        .sum();
    loop {
        for (slot, place) in running.iter_mut().enumerate() {
            if place.is_none()
                && let Some(player) = queue.next()
            {
                scheduler.admit(slot);
                fed_before[slot] = 0;
                *place = Some(player);
            }
        }
        if running.iter().all(Option::is_none) {
            break;
        }
        // Whoever waits for a verdict is not ready, and keeps its blocks unless they are needed.
        let can_go_on = |(slot, player): (usize, &Option<Player>)| {
            player
                .as_ref()
                .filter(|player| player.waits == 0)
                .map(|player| (slot, player.tokens.clone()))
        };
        let tokens: Vec<(usize, Vec<i32>)> =
            running.iter().enumerate().filter_map(can_go_on).collect();
        let ready: Vec<Ready<'_>> = tokens
            .iter()
            .map(|(slot, tokens)| Ready {
                slot: *slot,
                tokens,
            })
            .collect();
        let outside = |fake: &Fake, slot: usize| fake.0.tables.table(slot).is_empty();
        let before: Vec<bool> = (0..slots).map(|slot| outside(&fake, slot)).collect();
        let chunks = scheduler.plan(&ready, &mut fake);
        let index = |slot: usize| running[slot].as_ref().map(|player| player.index);
        let fed = chunks.iter().map(|chunk| chunk.end - chunk.start);
        let several: usize = fed.filter(|count| *count > 1).sum();
        prop_assert!(several <= budget);
        // Where the budget can be what stopped it nothing is known.
        let left_out = ready.iter().filter(|ready| outside(&fake, ready.slot));
        for left_out in left_out.filter(|_| budget == AMPLE) {
            let overtakes =
                |chunk: &&Chunk| before[chunk.slot] && index(chunk.slot) > index(left_out.slot);
            prop_assert!(
                !chunks.iter().any(|chunk| overtakes(&chunk)),
                "somebody overtakes one that waits for room"
            );
        }
        let waiting = running.iter().flatten().any(|player| player.waits > 0);
        prop_assert!(
            !chunks.is_empty() || waiting,
            "nobody goes on and nobody is waited for"
        );
        let of = |slot: usize| &tokens.iter().find(|(other, _)| *other == slot).unwrap().1;
        let feeds = chunks.iter().map(|chunk| Feed {
            slot: chunk.slot,
            tokens: &of(chunk.slot)[chunk.start..chunk.end],
            draw: None,
        });
        let feeds: Vec<Feed<'_>> = feeds.collect();
        fake.step(&feeds).unwrap();
        for &Chunk { slot, start, end } in &chunks {
            prop_assert_eq!(
                &fake.0.read(slot)[..],
                &of(slot)[..end],
                "what is fed stands behind what was fed"
            );
            if start < fed_before[slot] {
                ran.gave_way += 1;
            }
            fed_before[slot] = end;
            ran.fed += end - start;
        }
        for place in running.iter_mut() {
            if let Some(player) = place
                && player.waits > 0
            {
                player.waits -= 1;
            }
        }
        for Chunk { slot, end, .. } in chunks {
            let player = running[slot].as_mut().unwrap();
            if end == player.tokens.len() && player.draw() {
                running[slot] = None;
                scheduler.leave(slot, &mut fake);
            }
        }
        ran.steps += 1;
        // One token a step is the least that the oldest makes; each may have to be read again for each that is older.
        prop_assert!(
            ran.steps <= 8 * (total + works.len()) * slots + 100,
            "somebody is starved"
        );
    }
    prop_assert_eq!(fake.0.tables.free(), limit, "every block is given back");
    Ok(ran)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]
    #[test]
    fn no_workload_leaks_starves_or_overwrites(
        works in prop::collection::vec(work(), 1..12),
        slots in 1usize..6,
        spare in 0usize..8,
        budget in prop_oneof![1usize..40, Just(AMPLE)],
    ) {
        run(&works, slots, spare, budget)?;
    }
}

fn alike(count: usize, length: usize) -> Vec<Work> {
    let work = Work {
        prompt: 0,
        length,
        turns: vec![(10, 1)],
        verdict_after: 0,
    };
    vec![work; count]
}

#[test]
fn a_prompt_is_fed_once_for_all_its_samples() {
    let ran = run(&alike(8, 41), 8, 1000, AMPLE).unwrap();
    // Forty tokens once; each sample's last prompt token, and nine of the ten that it draws.
    assert_eq!(ran.fed, 40 + 8 * 10);
    assert_eq!(ran.steps, 10);
}

#[test]
fn in_little_memory_the_youngest_give_way_and_still_end() {
    let works: Vec<Work> = (0..6)
        .map(|prompt| Work {
            prompt,
            ..alike(1, 8)[0].clone()
        })
        .collect();
    let ran = run(&works, 6, 5, AMPLE).unwrap();
    assert!(ran.gave_way > 0);
}

#[test]
fn a_long_prompt_is_fed_in_chunks_beside_the_others() {
    let long = Work {
        prompt: 1,
        ..alike(1, 100)[0].clone()
    };
    let works = [alike(1, 4), vec![long]].concat();
    let ran = run(&works, 2, 1000, 10).unwrap();
    // The short one is done when the long prompt has been read; then ten draws, of which the first comes with the last chunk.
    assert_eq!(ran.steps, 11 + 9);
}
