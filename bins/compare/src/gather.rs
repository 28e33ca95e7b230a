//! From runs' folders to the gathered file. Knows nothing about statistics.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use indexmap::IndexMap;
use records::Row;

use crate::args::Arm;
use crate::outcomes::{Digits, Outcomes, Play, Questions, RunOutcome, digit};
use crate::run::Run;

/// The way of playing that every run must have.
const CLAIM: &str = "attempts";
/// The others, gathered where they are.
const CONTROLS: [&str; 3] = ["independent", "without-verdict", "play-on"];

/// Reads all runs; they must have played the same questions.
pub fn gather(arms: &[Arm]) -> Result<Outcomes> {
    let mut questions: Option<Questions> = None;
    let mut runs = Vec::new();
    for arm in arms {
        let run = Run::new(&arm.run);
        let played = Played::read(&run.play(CLAIM))?;
        let here = played.questions();
        let known = questions.get_or_insert_with(|| here.clone());
        ensure!(
            *known == here,
            "{}: other questions than those of {}",
            run.play(CLAIM).display(),
            arms[0].run.display()
        );
        runs.push(outcome(arm, &run, &played, known)?);
    }
    let questions = questions.context("--arm: no run")?;
    Ok(Outcomes { questions, runs })
}

fn outcome(arm: &Arm, run: &Run, played: &Played, questions: &Questions) -> Result<RunOutcome> {
    let evaluations = run.evaluations()?;
    let best = evaluations
        .iter()
        .fold(None, |best: Option<(f64, u64)>, now| match best {
            Some((mean, _)) if mean >= now.mean => best,
            _ => Some((now.mean, now.step)),
        });
    let mut plays = BTreeMap::from([(CLAIM.to_owned(), played.digits(questions)?)]);
    for name in CONTROLS {
        let path = run.play(name);
        if path.exists() {
            let digits = Played::read(&path)?.digits(questions);
            plays.insert(
                name.into(),
                digits.with_context(|| path.display().to_string())?,
            );
        }
    }
    Ok(RunOutcome {
        arm: arm.name.clone(),
        seed: run.seed()?,
        model_sha256: played.model_sha256.clone(),
        best_step: best.map_or(0, |(_, step)| step),
        training: run.training()?,
        evaluations,
        plays,
    })
}

/// Graded dialogues of one model.
struct Played {
    model_sha256: String,
    /// Family of each question, in order of appearance.
    families: IndexMap<String, String>,
    /// By attempts allowed and question, a dialogue a sample.
    dialogues: BTreeMap<u32, IndexMap<String, Vec<measures::Dialogue>>>,
}

impl Played {
    fn read(path: &Path) -> Result<Played> {
        let mut played = Played {
            model_sha256: String::new(),
            families: IndexMap::new(),
            dialogues: BTreeMap::new(),
        };
        for row in tables::open(path, None)?.not_empty() {
            played.add(&row?)?;
        }
        Ok(played)
    }

    fn add(&mut self, row: &Row) -> Result<()> {
        let model = row.optional_text("model_sha256")?.unwrap_or_default();
        if self.families.is_empty() {
            self.model_sha256 = model.into();
        } else if self.model_sha256 != model {
            let found = format!("expected {}, found {model}", self.model_sha256);
            return Err(row.fail("model_sha256", found).into());
        }
        let allowed = row.int32("attempts_allowed")?;
        let allowed = u32::try_from(allowed).map_err(|_| {
            row.fail(
                "attempts_allowed",
                format!("expected 1 or more, found {allowed}"),
            )
        })?;
        let id = row.text("question_id")?;
        self.families
            .entry(id.into())
            .or_insert(row.text("source")?.into());
        let of_allowed = self.dialogues.entry(allowed).or_default();
        let dialogue = measures::Dialogue::of(row.attempts("attempts")?);
        of_allowed.entry(id.into()).or_default().push(dialogue);
        Ok(())
    }

    /// Family by family.
    fn questions(&self) -> Questions {
        let mut by_family: IndexMap<&String, Vec<&String>> = IndexMap::new();
        for (id, family) in &self.families {
            by_family.entry(family).or_default().push(id);
        }
        let families = by_family
            .iter()
            .map(|(name, ids)| ((*name).clone(), ids.len()));
        Questions {
            families: families.collect(),
            ids: by_family
                .values()
                .flatten()
                .map(|id| (*id).clone())
                .collect(),
        }
    }

    fn digits(&self, questions: &Questions) -> Result<Play> {
        let of_allowed = |(allowed, dialogues): (&u32, &IndexMap<String, Vec<_>>)| {
            let digits = Digits::of(dialogues, questions);
            Ok((
                *allowed,
                digits.with_context(|| format!("attempts_allowed {allowed}"))?,
            ))
        };
        self.dialogues.iter().map(of_allowed).collect()
    }
}

impl Digits {
    fn of(
        dialogues: &IndexMap<String, Vec<measures::Dialogue>>,
        questions: &Questions,
    ) -> Result<Digits> {
        let samples = dialogues.values().next().map_or(0, Vec::len);
        let mut digits = Digits {
            samples: u32::try_from(samples)?,
            ..Digits::default()
        };
        ensure!(
            dialogues.len() == questions.ids.len(),
            "expected {} questions, found {}",
            questions.ids.len(),
            dialogues.len()
        );
        for id in &questions.ids {
            let of_question = dialogues.get(id);
            let of_question =
                of_question.with_context(|| format!("question {id} was not played"))?;
            ensure!(
                of_question.len() == samples,
                "question {id}: expected {samples} samples, found {}",
                of_question.len()
            );
            digits.solved.push(solved(of_question)?);
            digits.second.push(second(&of_question[0]));
        }
        Ok(digits)
    }
}

fn solved(samples: &[measures::Dialogue]) -> Result<char> {
    let value = match samples {
        [only] => only.solved_at.unwrap_or(0),
        several => several.iter().filter(|one| one.solved_at.is_some()).count(),
    };
    digit(value).with_context(|| format!("expected at most 35 attempts or samples, found {value}"))
}

fn second(dialogue: &measures::Dialogue) -> char {
    match (dialogue.second_differs, dialogue.second_right.hits > 0) {
        (differs, _) if differs.trials == 0 => '-',
        (differs, right) => match (differs.hits > 0, right) {
            (false, false) => 's',
            (false, true) => 'S',
            (true, false) => 'd',
            (true, true) => 'D',
        },
    }
}
