//! Splits: distinct questions of every family, divided so that none is in two files.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};
use records::Row;

use crate::args::QuestionArgs;
use crate::families::{self, Family};
use keyed::stream;

/// Draws in a row without a new question after which a family counts as used up.
pub const PATIENCE: usize = 10_000;

/// One question, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub source: &'static str,
    pub question: String,
    pub answer: String,
}

pub fn write(args: &QuestionArgs) -> anyhow::Result<()> {
    let mut splits = [
        ("test", args.test),
        ("dev", args.dev),
        ("train", args.train),
    ]
    .map(|(name, count)| (name, count, Vec::new()));
    for family in families::all() {
        let total = args.test + args.dev + args.train;
        let mut questions = distinct(family, args.seed, total)?.into_iter();
        for (_, count, split) in &mut splits {
            split.extend(questions.by_ref().take(*count));
        }
    }
    check_disjoint(splits.iter().map(|(_, _, split)| split.as_slice()))?;
    fs_err::create_dir_all(&args.output_dir)?;
    for (name, _, split) in splits {
        write_split(&args.output_dir, name, "tiny", split)?;
    }
    Ok(())
}

/// The first `count` different questions that a family draws.
fn distinct(family: &dyn Family, seed: u64, count: usize) -> anyhow::Result<Vec<Question>> {
    let mut random = stream(seed, family.source(), 0);
    let (mut seen, mut questions) = (BTreeSet::new(), Vec::with_capacity(count));
    let mut misses = 0;
    while questions.len() < count {
        let problem = family.draw(&mut random);
        let question = problem.question();
        if seen.insert(question.clone()) {
            let answer = problem.answer();
            questions.push(Question {
                source: family.source(),
                question,
                answer,
            });
            misses = 0;
            continue;
        }
        misses += 1;
        ensure!(
            misses < PATIENCE,
            "the family {} has about {} different questions, expected at least {count}",
            family.source(),
            questions.len()
        );
    }
    Ok(questions)
}

/// Holds the promise of the splits, whatever becomes of the families.
fn check_disjoint<'a>(splits: impl Iterator<Item = &'a [Question]>) -> anyhow::Result<()> {
    let mut seen = BTreeSet::new();
    for question in splits.flatten() {
        ensure!(
            seen.insert(&question.question),
            "drawn twice: {}",
            question.question
        );
    }
    Ok(())
}

/// Writes one split; ids begin with `set` and its name.
pub fn write_split(
    directory: &Path,
    name: &str,
    set: &str,
    split: Vec<Question>,
) -> anyhow::Result<()> {
    let path = directory.join(format!("{name}.jsonl"));
    let failed = || format!("failed to write {}", path.display());
    let mut writer = tables::create(&path, None).with_context(failed)?;
    for (index, question) in split.into_iter().enumerate() {
        let mut row = Row::new();
        row.set("question_id", format!("{set}-{name}/{index}"));
        row.set("source", question.source.to_owned());
        row.set("question", question.question);
        row.set("answer", question.answer);
        writer.write(row).with_context(failed)?;
    }
    writer.finish().with_context(failed)
}
