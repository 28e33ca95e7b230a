//! Questions as records.

use std::collections::HashSet;

use records::Row;

use crate::args::Args;
use crate::load::Question;
use crate::schedule::Pick;
use keyed::Key;

/// The dialogues of one training step, question by question, sample by sample.
pub fn training<'a>(
    questions: &'a [Question],
    picks: Vec<Pick>,
    args: &'a Args,
) -> impl Iterator<Item = Row> + 'a {
    let mut seeds = Seeds::default();
    let samples = args.samples_per_question;
    let dialogues = picks
        .into_iter()
        .flat_map(move |pick| (0..samples).map(move |n| (pick, n)));
    dialogues.map(move |(pick, sample)| {
        let question = &questions[pick.question];
        let sample = pick.occurrence as i32 * samples + sample;
        let key = Key {
            seed: args.seed,
            purpose: "attempts",
            step: args.step,
            question_id: &question.question_id,
            index: sample as u64,
        };
        let attempts = key.between(args.attempts.low, args.attempts.high);
        let seed = seeds.unused(Key {
            purpose: "dialogue",
            ..key
        });
        row(question, attempts, sample, seed)
    })
}

/// Every question once for each number of attempts (and sample).
pub fn evaluation<'a>(questions: &'a [Question], args: &'a Args) -> impl Iterator<Item = Row> + 'a {
    let mut seeds = Seeds::default();
    let each = move |question| {
        let attempts = args.attempts.low..=args.attempts.high;
        attempts.flat_map(move |attempts| {
            (0..args.samples_per_question).map(move |sample| (question, attempts, sample))
        })
    };
    questions
        .iter()
        .flat_map(each)
        .map(move |(question, attempts, sample): (&Question, _, _)| {
            let seed = seeds.unused(Key {
                seed: args.seed,
                purpose: "evaluation",
                step: attempts as u64,
                question_id: &question.question_id,
                index: sample as u64,
            });
            row(question, attempts, sample, seed)
        })
}

fn row(question: &Question, attempts: i32, sample: i32, seed: i64) -> Row {
    let mut row = Row::new();
    row.set("question_id", question.question_id.as_str());
    row.set("source", question.source.as_str());
    row.set("question", question.question.as_str());
    row.set("answer", question.answer.as_str());
    row.set("attempts_allowed", attempts);
    row.set("sample_index", sample);
    row.set("seed", seed);
    for (name, cell) in &question.kept {
        row.set(name.as_str(), cell.clone());
    }
    row
}

/// Seeds that were given away. 53 bits collide about once in a hundred million dialogues; then the
/// next number is taken.
#[derive(Default)]
struct Seeds(HashSet<i64>);

impl Seeds {
    fn unused(&mut self, key: Key) -> i64 {
        let mut seed = key.seed();
        while !self.0.insert(seed) {
            seed += 1;
        }
        seed
    }
}
