//! Dialogues of imperfect solvers, for supervised fine-tuning.
//!
//! Each fresh attempt is right, follows a misconception, or slips; a later attempt often repeats the one before,
//! as solvers do who do not doubt themselves. What follows a wrong answer is otherwise a different attempt. A
//! dialogue ends with the first right answer. Knows nothing about how it is laid out in tokens.

use anyhow::{Context, bail, ensure};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use records::{Cell, Row};
use serde_json::json;

use crate::args::DemonstrationArgs;
use crate::families::{self, Manner, Problem};
use keyed::stream;

/// Draws in search of an attempt that was not made yet in the dialogue.
const FRESH_DRAWS: usize = 16;

pub fn write(args: &DemonstrationArgs) -> anyhow::Result<()> {
    ensure!(
        args.misconceptions
            .max(args.later_misconceptions.unwrap_or_default())
            + args.slips
            <= 1.0,
        "misconceptions and --slips are shares of the same attempts, expected a sum of at most 1"
    );
    let questions = tables::read_all(&args.data, None)?;
    ensure!(
        !questions.is_empty(),
        "{} holds no questions",
        args.data.display()
    );
    let problems: Vec<Box<dyn Problem>> =
        questions.iter().map(problem).collect::<Result<_, _>>()?;
    let mut writer = tables::create(&args.output, None)?;
    for item in 0..args.count {
        let mut random = stream(args.seed, "demonstration", item);
        let index = random.random_range(0..problems.len());
        let allowed = random.random_range(1..=args.attempts);
        let attempts = dialogue(problems[index].as_ref(), allowed, args, &mut random);
        let mut row = questions[index].clone();
        row.set("attempts_allowed", Cell::Int(allowed.into()));
        row.set("demonstration", Cell::Json(json!(attempts)));
        writer.write(row)?;
    }
    writer
        .finish()
        .with_context(|| format!("failed to write {}", args.output.display()))
}

/// The problem behind a row of `questions`.
fn problem(row: &Row) -> anyhow::Result<Box<dyn Problem>> {
    let (source, question, answer) = (
        row.text("source")?,
        row.text("question")?,
        row.text("answer")?,
    );
    let Some(family) = families::all()
        .into_iter()
        .find(|family| family.source() == source)
    else {
        let known = families::all().map(|family| family.source()).join(", ");
        bail!(row.fail(
            "source",
            format!("expected one of {known}, found \"{source}\"")
        ));
    };
    let read = family
        .parse(question, answer)
        .filter(|problem| problem.answer() == answer);
    read.ok_or_else(|| {
        let expected = format!(
            "expected a question of the family {source} with its answer, found \"{question}\""
        );
        row.fail("question", expected).into()
    })
}

fn dialogue(
    problem: &dyn Problem,
    allowed: u32,
    args: &DemonstrationArgs,
    random: &mut ChaCha8Rng,
) -> Vec<String> {
    let solved = format!("\\boxed{{{}}}", problem.answer());
    let mut attempts: Vec<String> = Vec::new();
    for _ in 0..allowed.min(args.longest) {
        let attempt = match attempts.last() {
            Some(last) if random.random_bool(args.repeats) => last.clone(),
            _ => fresh(problem, &attempts, args, random),
        };
        let right = attempt.ends_with(&solved);
        attempts.push(attempt);
        if right {
            break;
        }
    }
    attempts
}

/// An attempt that is not among the earlier ones, where chance finds one.
fn fresh(
    problem: &dyn Problem,
    earlier: &[String],
    args: &DemonstrationArgs,
    random: &mut ChaCha8Rng,
) -> String {
    let misconceptions = match earlier {
        [] => args.misconceptions,
        _ => args.later_misconceptions.unwrap_or(args.misconceptions),
    };
    let mut attempt = problem.attempt(manner(misconceptions, args.slips, random), random);
    for _ in 1..FRESH_DRAWS {
        if !earlier.contains(&attempt) {
            break;
        }
        attempt = problem.attempt(manner(misconceptions, args.slips, random), random);
    }
    attempt
}

fn manner(misconceptions: f64, slips: f64, random: &mut ChaCha8Rng) -> Manner {
    let draw: f64 = random.random();
    if draw < misconceptions {
        Manner::Misconception
    } else if draw < misconceptions + slips {
        Manner::Slip
    } else {
        Manner::Right
    }
}
