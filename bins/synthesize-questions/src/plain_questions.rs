//! Questions in plain words in three splits that share no task, and dialogues about tasks of the training split.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use keyed::{Key, stream};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use records::{Cell, Row};
use serde_json::json;

use crate::args::PlainArgs;
use crate::plain::{FAMILIES, Family, Task};
use crate::questions::{PATIENCE, Question, write_split};

/// Attempts allowed in demonstrations are drawn from 1 to this number.
const ATTEMPTS: u32 = 5;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Split {
    Train,
    Dev,
    Test,
}

impl Split {
    /// Where a task belongs, whatever its wording: 12 of 20 tasks to training, 3 to development, 5 to the test.
    fn of(task: &Task, seed: u64) -> Self {
        let key = Key {
            seed,
            purpose: "split of a task",
            step: 0,
            question_id: &task.content,
            index: 0,
        };
        match key.between(0, 19) {
            0..12 => Self::Train,
            12..15 => Self::Dev,
            _ => Self::Test,
        }
    }
}

pub fn write(args: &PlainArgs) -> anyhow::Result<()> {
    fs_err::create_dir_all(&args.output_dir)?;
    let splits = [
        ("train", Split::Train, args.train),
        ("dev", Split::Dev, args.dev),
        ("test", Split::Test, args.test),
    ];
    for (name, split, count) in splits {
        let mut questions = Vec::new();
        for family in &FAMILIES {
            questions.extend(distinct(family, split, args.seed, count)?);
        }
        write_split(&args.output_dir, name, "plain", questions)?;
    }
    write_demonstrations(args)
}

/// The first `count` different questions that a family draws for a split.
fn distinct(
    family: &Family,
    split: Split,
    seed: u64,
    count: usize,
) -> anyhow::Result<Vec<Question>> {
    let mut random = stream(seed, family.source, split as u64);
    let (mut seen, mut questions) = (BTreeSet::new(), Vec::with_capacity(count));
    let mut misses = 0;
    while questions.len() < count {
        let task = (family.draw)(&mut random);
        if Split::of(&task, seed) == split && seen.insert(task.question.clone()) {
            misses = 0;
            questions.push(Question {
                source: family.source,
                question: task.question,
                answer: task.answer.to_string(),
            });
            continue;
        }
        misses += 1;
        ensure!(
            misses < PATIENCE,
            "the family {} has about {} different questions for one split, expected at least {count}",
            family.source,
            questions.len()
        );
    }
    Ok(questions)
}

fn write_demonstrations(args: &PlainArgs) -> anyhow::Result<()> {
    let path = args.output_dir.join("demonstrations.jsonl");
    let failed = || format!("failed to write {}", path.display());
    let mut writer = tables::create(&path, None).with_context(failed)?;
    for (family, index) in FAMILIES.iter().cycle().zip(0..args.demonstrations) {
        let mut random = stream(args.seed, "plain demonstration", index);
        let task = training_task(family, args.seed, &mut random)?;
        let allowed = random.random_range(1..=ATTEMPTS);
        let mut row = Row::new();
        row.set("question_id", format!("plain-demonstration/{index}"));
        row.set("source", family.source.to_owned());
        row.set(
            "demonstration",
            Cell::Json(json!(dialogue(&task, allowed, args.wrong, &mut random))),
        );
        row.set("question", task.question);
        row.set("answer", task.answer.to_string());
        row.set("attempts_allowed", Cell::Int(allowed.into()));
        writer.write(row).with_context(failed)?;
    }
    writer.finish().with_context(failed)
}

fn training_task(family: &Family, seed: u64, random: &mut ChaCha8Rng) -> anyhow::Result<Task> {
    let mut drawn = (0..PATIENCE).map(|_| (family.draw)(random));
    drawn
        .find(|task| Split::of(task, seed) == Split::Train)
        .with_context(|| format!("the family {} has no task for training", family.source))
}

/// Attempts of which the last is right; each before it is wrong with probability `wrong`, and no two give one answer.
fn dialogue(task: &Task, allowed: u32, wrong: f64, random: &mut ChaCha8Rng) -> Vec<String> {
    let mut attempts: Vec<String> = Vec::new();
    while (attempts.len() as u32) + 1 < allowed && random.random_bool(wrong) {
        let attempt = task.attempt(task.slip(random));
        if !attempts.contains(&attempt) {
            attempts.push(attempt);
        }
    }
    attempts.push(task.attempt(task.answer));
    attempts
}
