//! The gathered file: what every run did, question by question, in a form small enough to keep. Knows nothing about
//! runs' folders or statistics.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// Everything that was gathered.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcomes {
    pub questions: Questions,
    pub runs: Vec<RunOutcome>,
}

/// The test questions, in the order of every string of digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    /// Names of families, and how many questions of each stand one after the other.
    pub families: Vec<(String, usize)>,
    /// Over ids and families: runs with other questions cannot be compared.
    pub ids: Vec<String>,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOutcome {
    pub arm: String,
    pub seed: u64,
    pub model_sha256: String,
    /// The step whose checkpoint played; the best on the development questions.
    pub best_step: u64,
    pub training: Training,
    pub evaluations: Vec<Evaluation>,
    /// By way of playing: attempts, independent, without-verdict, play-on.
    pub plays: BTreeMap<String, Play>,
}

/// The course of a training; all lists step by step from 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Training {
    pub dialogues: u64,
    /// Wall seconds of all stages.
    pub seconds: f64,
    pub policy_tokens: Vec<u64>,
    pub reward: Vec<f64>,
    pub accuracy: Vec<f64>,
}

/// Greedy accuracy on the development questions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    pub step: u64,
    /// Over all numbers of attempts: what `best_step` goes by.
    pub mean: f64,
    /// By attempts allowed.
    pub accuracy: BTreeMap<u32, f64>,
}

/// The test questions played in one way, by attempts allowed.
pub type Play = BTreeMap<u32, Digits>;

/// One character a question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digits {
    /// Samples of each question.
    pub samples: u32,
    /// One sample: the attempt that was right first, 0 where none was. Several samples: how many were right. Digits go on
    /// from 9 with a, b, c.
    pub solved: String,
    /// The second attempt: `-` there was none, `s` the same answer again and wrong, `S` the same and right, `d` another
    /// answer and wrong, `D` another and right. Of several samples the first one's.
    pub second: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Record {
    Questions(Questions),
    Run(Box<RunOutcome>),
}

impl Outcomes {
    /// One line for the questions, one for every run.
    pub fn to_jsonl(&self) -> Result<String> {
        let mut text = serde_json::to_string(&Record::Questions(self.questions.clone()))? + "\n";
        for run in &self.runs {
            text += &serde_json::to_string(&Record::Run(Box::new(run.clone())))?;
            text.push('\n');
        }
        Ok(text)
    }

    /// The runs of several files together; the same run twice is an error.
    pub fn load(paths: &[PathBuf]) -> Result<Outcomes> {
        let (mut known, mut runs): (Option<Questions>, Vec<RunOutcome>) = (None, Vec::new());
        for path in paths {
            for (at, text) in fs_err::read_to_string(path)?.lines().enumerate() {
                let place = || format!("{} line {}", path.display(), at + 1);
                match serde_json::from_str(text).with_context(place)? {
                    Record::Questions(questions) => {
                        let same = known.as_ref().is_none_or(|known| *known == questions);
                        ensure!(same, "{}: other questions than before", place());
                        known = Some(questions);
                    }
                    Record::Run(run) => {
                        let questions = known.as_ref();
                        let questions = questions
                            .with_context(|| format!("{}: no line of questions before", place()))?;
                        run.check(questions).with_context(place)?;
                        let twice = runs
                            .iter()
                            .any(|other| other.arm == run.arm && other.seed == run.seed);
                        ensure!(
                            !twice,
                            "{}: {} of seed {} again",
                            place(),
                            run.arm,
                            run.seed
                        );
                        runs.push(*run);
                    }
                }
            }
        }
        let questions = known.context("--input: no line of questions in the files")?;
        ensure!(!runs.is_empty(), "--input: no line of a run in the files");
        Ok(Outcomes { questions, runs })
    }
}

impl Questions {
    /// The family of each question, as a number.
    pub fn strata(&self) -> Vec<usize> {
        let families = self.families.iter().enumerate();
        families
            .flat_map(|(at, (_, count))| std::iter::repeat_n(at, *count))
            .collect()
    }
}

impl RunOutcome {
    fn check(&self, questions: &Questions) -> Result<()> {
        let wanted = questions.ids.len();
        for (name, play) in &self.plays {
            for (allowed, digits) in play {
                for text in [&digits.solved, &digits.second] {
                    ensure!(
                        text.len() == wanted && text.is_ascii(),
                        "plays.{name}.{allowed}: expected {wanted} characters, found {}",
                        text.chars().count()
                    );
                }
            }
        }
        Ok(())
    }

    pub fn policy_tokens(&self) -> u64 {
        self.training.policy_tokens.iter().sum()
    }
}

/// 0 to 35 as one character.
pub fn digit(value: usize) -> Option<char> {
    char::from_digit(u32::try_from(value).ok()?, 36)
}
