//! A policy and a tokenizer made up for the test, and a run of them through the pool.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use attempts::{AttemptEnd, DialogueRules};
use blocks::Tables;
use generation::{
    Backend, BackendError, Engine, Environment, Feed, Finished, GenerationError, Job, Outcome,
    Pool, Rules, Sampler, Sampling, Settings, Task,
};
use grading::{Builtin, Grader};
use tokens::{TokensError, Vocabulary};
use transcript::{Codec, Format, Style, Template};

use crate::memory::{Memory, SIZE};

pub const EOS: i32 = 256;

/// A byte a token.
pub struct Bytes;

impl Codec for Bytes {
    fn encode(&self, text: &str) -> Result<Vec<i32>, TokensError> {
        Ok(text.bytes().map(i32::from).collect())
    }

    fn decode(&self, ids: &[i32]) -> Result<String, TokensError> {
        let bytes: Vec<u8> = ids.iter().filter_map(|id| u8::try_from(*id).ok()).collect();
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Writes `\boxed{d}` with a random digit after every `>`, then stops, or babbles for ever when asked about `!`.
pub struct Scribe {
    memory: Memory,
    context: usize,
    /// Blocks that scribes held when they ended: all must have been given back.
    held: Arc<AtomicI64>,
    sampler: Sampler,
}

impl Drop for Scribe {
    fn drop(&mut self) {
        let held = self.memory.tables.limit() - self.memory.tables.free();
        self.held.fetch_add(held as i64, Ordering::Relaxed);
    }
}

impl Scribe {
    fn next(history: &[i32]) -> Vec<f32> {
        const SCRIPT: &[u8] = b"\\boxed{#}";
        let start = history
            .iter()
            .rposition(|id| *id == i32::from(b'>'))
            .map_or(0, |at| at + 1);
        let mut logits = vec![-60.0; 257];
        match SCRIPT.get(history.len() - start) {
            _ if history.contains(&i32::from(b'!')) => {
                logits[b'a' as usize..=b'z' as usize].fill(0.0)
            }
            Some(b'#') => logits[b'0' as usize..=b'9' as usize].fill(0.0),
            Some(letter) => logits[*letter as usize] = 0.0,
            None => logits[EOS as usize] = 0.0,
        }
        logits
    }
}

impl Backend for Scribe {
    fn slots(&self) -> usize {
        self.memory.tables.slots()
    }

    fn tables(&mut self) -> Option<&mut Tables> {
        Some(&mut self.memory.tables)
    }

    fn step(&mut self, feeds: &[Feed<'_>]) -> Result<Vec<Outcome>, BackendError> {
        let outcome = |feed: &Feed<'_>| {
            self.memory.write(feed.slot, feed.tokens);
            let history = self.memory.read(feed.slot);
            assert!(
                history.len() < self.context,
                "the last token never needs to be fed"
            );
            match feed.draw {
                None => Outcome::Fed,
                Some(uniform) => self.sampler.draw(&Self::next(&history), uniform).into(),
            }
        };
        Ok(feeds.iter().map(outcome).collect())
    }

    fn release(&mut self, slot: usize) {
        self.memory.tables.release(slot);
    }
}

#[derive(Clone, Debug)]
pub struct Question {
    pub attempts: u32,
    pub seed: i64,
    pub endless: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub attempt_end: AttemptEnd,
    pub play_on: bool,
    pub check_every: usize,
    pub max_new_tokens: usize,
    pub context: usize,
}

pub const USUAL: Setup = Setup {
    attempt_end: AttemptEnd::Eos,
    play_on: false,
    check_every: 4,
    max_new_tokens: 1000,
    context: 1000,
};

pub fn environment(setup: Setup) -> Arc<Environment> {
    let template = Template {
        prompt: "{question}|{attempts_allowed}>".into(),
        feedback: "no {attempts_left}>".into(),
        close: "##".into(),
    };
    let rules = Rules {
        dialogue: DialogueRules {
            attempt_end: setup.attempt_end,
            play_on: setup.play_on,
        },
        check_every: setup.check_every,
        max_new_tokens: setup.max_new_tokens,
        context: setup.context,
    };
    let style = Style::Text(template);
    let format = Format::from_parts(style, vec![], Box::new(Bytes), vec![EOS]).unwrap();
    Arc::new(Environment { rules, format })
}

pub fn task(environment: &Environment, question: &Question) -> Task {
    let text = if question.endless { "!" } else { "q" };
    Task {
        dialogue_id: question.seed.to_string(),
        prompt: environment.format.prompt(text, question.attempts).unwrap(),
        question: text.into(),
        reference: "7".into(),
        attempts_allowed: question.attempts,
        seed: question.seed,
        context: vec![],
    }
}

/// Plays all questions on `workers` of `slots` rows each, with as much memory as they can use.
pub fn play(
    setup: Setup,
    questions: &[Question],
    workers: usize,
    slots: usize,
    grader: Arc<dyn Grader>,
) -> Result<BTreeMap<i64, Finished>, GenerationError> {
    play_within(setup, questions, workers, slots, usize::MAX, grader)
}

/// The same with `blocks` blocks a worker beyond what the longest dialogue takes.
pub fn play_within(
    setup: Setup,
    questions: &[Question],
    workers: usize,
    slots: usize,
    blocks: usize,
    grader: Arc<dyn Grader>,
) -> Result<BTreeMap<i64, Finished>, GenerationError> {
    let (environment, held) = (environment(setup), Arc::new(AtomicI64::new(0)));
    let longest = setup.context.div_ceil(SIZE);
    let engines = (0..workers).map(|_| {
        let held = Arc::clone(&held);
        let scribe = move || {
            let scribe = Scribe {
                memory: Memory::new(slots, blocks.saturating_add(longest), 2 * slots),
                context: setup.context,
                held,
                sampler: Sampler::new(Sampling::default(), Vocabulary::whole(257)),
            };
            Ok(Box::new(scribe) as Box<dyn Backend>)
        };
        Box::new(scribe) as Engine
    });
    let settings = Settings {
        environment: Arc::clone(&environment),
        grader,
    };
    let (sender, results) = mpsc::channel();
    let sender = Mutex::new(sender);
    let pool = Pool::start(engines.collect(), &settings, move |played| {
        let _ = sender.lock().unwrap().send(played);
    })
    .unwrap();
    for (index, question) in (0..).zip(questions) {
        assert!(pool.queue().push(Job {
            index,
            task: task(&environment, question)
        }));
    }
    pool.queue().close();
    let mut finished = BTreeMap::new();
    for _ in questions {
        let played = results.recv().unwrap()?;
        let seed = questions[played.index as usize].seed;
        assert!(
            finished.insert(seed, played.finished).is_none(),
            "a dialogue was played twice"
        );
    }
    drop(pool);
    assert_eq!(held.load(Ordering::Relaxed), 0, "every block is given back");
    Ok(finished)
}

pub fn builtin() -> Arc<dyn Grader> {
    Arc::new(Builtin::default())
}

pub fn one(setup: Setup, question: Question) -> Finished {
    play(setup, &[question], 1, 1, builtin())
        .unwrap()
        .into_values()
        .next()
        .unwrap()
}
