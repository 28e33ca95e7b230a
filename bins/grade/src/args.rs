//! The command line, as typed.

use std::path::PathBuf;

use attempts::{RewardAt, RewardRules, RewardScale};
use clap::{Parser, ValueEnum};
use grading::{Options, Rules};
use judge::GraderArgs;
use stage::{IoArgs, LogArgs, parse};

const EXAMPLES: &str = "\
Examples:
  rollout --model DIR < questions.jsonl | grade --output graded.parquet
  grade --pairs < pairs.jsonl
  grade --responses --extract all < responses.jsonl
  grade --compare cases.jsonl --verdict-field math_verify
  grade --explain '1\\frac{1}{2}' '1.5'
  grade --again --profile qwen --input graded.parquet --output graded-qwen.parquet
  grade --reward-at attempts --attempt-discount 0.5 --repeat-penalty 0.1 < rollouts.jsonl

Without a mode, reads dialogues and pays by the verdicts that `rollout` wrote: adds `correct` and `reward`.
A dialogue is solved if its last attempt is right; it is answered if some attempt held a final answer. An
attempt that was cut off never ended: it is `truncated`, never right, and answered if it holds a complete
box. --again judges every attempt's text against `answer` anew and says how many verdicts changed; grader
settings without it must be those that the rows were judged by.
--pairs adds `equivalent` and `reason` to rows of `prediction` and `reference`; --responses adds
`extracted`, `rule`, `equivalent` and `reason` to rows of `response` and `reference`; both add `detail`:
what differed where the verdict is negative, else null.";

/// Flags of modes in which nothing is rewarded.
const MODES: [&str; 4] = ["pairs", "responses", "compare", "explain"];
/// `requires` alone is silent beside a flag that conflicts with what is required.
const OTHER_THAN_COMPARE: [&str; 3] = ["pairs", "responses", "explain"];

/// Gives verdicts and rewards to dialogues, and compares answers
#[derive(Parser, Debug)]
#[command(name = "grade", version, after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    pub io: IoArgs,

    /// Compare `prediction` with `reference` in each row
    #[arg(long, conflicts_with_all = ["responses", "compare", "explain", "extract", "grader_command", "grader_timeout"])]
    pub pairs: bool,

    /// Find the answer in `response` and compare it with `reference` in each row
    #[arg(long, conflicts_with_all = ["compare", "explain", "grader_command", "grader_timeout"])]
    pub responses: bool,

    /// Set our verdicts beside those of another grader in a file: agreement, and disagreements by reason
    #[arg(long, value_name = "FILE", conflicts_with_all = ["explain", "input", "input_format", "output_format", "grader_command", "grader_timeout"])]
    pub compare: Option<PathBuf>,

    /// Show how two answers are read and why they are equal or not
    #[arg(long, num_args = 2, value_names = ["PREDICTION", "REFERENCE"], allow_hyphen_values = true, conflicts_with_all = ["extract", "input", "input_format", "output_format", "grader_command", "grader_timeout"])]
    pub explain: Option<Vec<String>>,

    /// Judge every attempt anew with the grader of the flags, instead of paying by the verdicts in the rows
    #[arg(long, conflicts_with_all = MODES)]
    pub again: bool,

    #[command(flatten)]
    pub grader: GraderArgs,

    /// Reward when the last attempt is right
    #[arg(long, value_name = "REWARD", default_value_t = 1.0, allow_negative_numbers = true, value_parser = parse::finite::<f32>, conflicts_with_all = MODES)]
    pub reward_correct: f32,

    /// Reward when it is not, but some attempt held a final answer
    #[arg(long, value_name = "REWARD", default_value_t = -0.5, allow_negative_numbers = true, value_parser = parse::finite::<f32>, conflicts_with_all = MODES)]
    pub reward_wrong: f32,

    /// Reward when no attempt held a final answer
    #[arg(long, value_name = "REWARD", default_value_t = -1.0, allow_negative_numbers = true, value_parser = parse::finite::<f32>, conflicts_with_all = MODES)]
    pub reward_no_answer: f32,

    /// What a reward is given for
    #[arg(long, value_name = "WHAT", default_value = "end", conflicts_with_all = MODES)]
    pub reward_at: RewardAtName,

    /// Factor on --reward-correct for every attempt before the right one, 0 to 1
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, value_parser = parse::share::<f64>, conflicts_with_all = MODES)]
    pub attempt_discount: f64,

    /// Taken off for every answer that the grader finds equal to an earlier one of the same dialogue
    #[arg(long, value_name = "REWARD", default_value_t = 0.0, value_parser = parse::not_negative::<f64>, conflicts_with_all = MODES)]
    pub repeat_penalty: f64,

    /// --compare: field of the short answer; rows without it use the response
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "prediction",
        requires = "compare",
        conflicts_with_all = OTHER_THAN_COMPARE
    )]
    pub prediction_field: String,

    /// --compare: field of the full response
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "response",
        requires = "compare",
        conflicts_with_all = OTHER_THAN_COMPARE
    )]
    pub response_field: String,

    /// --compare: field of the reference answer
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "reference",
        requires = "compare",
        conflicts_with_all = OTHER_THAN_COMPARE
    )]
    pub reference_field: String,

    /// --compare: field of the other grader's verdict: true or false, 1 or 0, or a verdict as dialogues have them; null
    /// or absent where it gave none
    #[arg(
        long,
        value_name = "FIELD",
        default_value = "verdict",
        requires = "compare",
        conflicts_with_all = OTHER_THAN_COMPARE
    )]
    pub verdict_field: String,

    #[command(flatten)]
    pub log: LogArgs,
}

/// What a reward is given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RewardAtName {
    /// The dialogue, by how it ended
    End,
    /// Every attempt by its own verdict, as `attempts[].reward`; `reward` is their sum
    Attempts,
}

/// What the command is asked to do.
pub enum Mode {
    Dialogues,
    Pairs,
    Responses,
    Compare(PathBuf),
    Explain(String, String),
}

impl Args {
    pub fn mode(&self) -> Mode {
        match (&self.compare, self.explain.as_deref()) {
            (Some(file), _) => Mode::Compare(file.clone()),
            (None, Some([prediction, reference])) => {
                Mode::Explain(prediction.clone(), reference.clone())
            }
            _ if self.pairs => Mode::Pairs,
            _ if self.responses => Mode::Responses,
            _ => Mode::Dialogues,
        }
    }

    /// The policy of answer pairs and responses.
    pub fn options(&self) -> Options {
        self.grader.options(Rules::ALL)
    }

    pub fn rewards(&self) -> RewardRules {
        RewardRules {
            scale: RewardScale {
                correct: self.reward_correct,
                wrong: self.reward_wrong,
                no_answer: self.reward_no_answer,
            },
            at: match self.reward_at {
                RewardAtName::End => RewardAt::End,
                RewardAtName::Attempts => RewardAt::Attempts,
            },
            attempt_discount: self.attempt_discount,
            repeat_penalty: self.repeat_penalty,
        }
    }
}
