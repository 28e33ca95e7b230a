//! The command line, as typed.

use std::path::PathBuf;

use attempts::RewardScale;
use clap::{Parser, ValueEnum};
use grading::{Options, Rules};
use stage::{IoArgs, LogArgs};

const EXAMPLES: &str = "\
Examples:
  rollout --model DIR < questions.jsonl | grade --output graded.parquet
  grade --pairs < pairs.jsonl
  grade --responses --extract all < responses.jsonl
  grade --compare cases.jsonl --verdict-field math_verify
  grade --explain '1\\frac{1}{2}' '1.5'

Without a mode, reads dialogues: every attempt's text is graded against `answer` again, and `correct`,
`grader` and `reward` are added. An attempt that was cut off without an answer stays `truncated`.
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
    #[arg(long, conflicts_with_all = ["responses", "compare", "explain", "extract"])]
    pub pairs: bool,

    /// Find the answer in `response` and compare it with `reference` in each row
    #[arg(long, conflicts_with_all = ["compare", "explain"])]
    pub responses: bool,

    /// Set our verdicts beside those of another grader in a file: agreement, and disagreements by reason
    #[arg(long, value_name = "FILE", conflicts_with_all = ["explain", "input", "input_format", "output_format"])]
    pub compare: Option<PathBuf>,

    /// Show how two answers are read and why they are equal or not
    #[arg(long, num_args = 2, value_names = ["PREDICTION", "REFERENCE"], allow_hyphen_values = true, conflicts_with_all = ["extract", "input", "input_format", "output_format"])]
    pub explain: Option<Vec<String>>,

    /// Policy of equality
    #[arg(long, value_enum, default_value = "strict")]
    pub profile: Profile,

    /// Where answers may be found [default: boxed for dialogues, all otherwise]
    #[arg(long, value_enum, value_name = "RULES")]
    pub extract: Option<Extract>,

    /// Program that reads {"response", "reference", ...} lines and answers verdict lines, in place of the built-in grader
    #[arg(long, value_name = "CMD", conflicts_with_all = ["pairs", "responses", "compare", "explain", "profile", "extract"])]
    pub grader_command: Option<String>,

    /// Reward when the last attempt is right
    #[arg(long, value_name = "REWARD", default_value_t = 1.0, allow_negative_numbers = true, value_parser = finite, conflicts_with_all = MODES)]
    pub reward_correct: f32,

    /// Reward when it is not, but some attempt held a final answer
    #[arg(long, value_name = "REWARD", default_value_t = -0.5, allow_negative_numbers = true, value_parser = finite, conflicts_with_all = MODES)]
    pub reward_wrong: f32,

    /// Reward when no attempt held a final answer
    #[arg(long, value_name = "REWARD", default_value_t = -1.0, allow_negative_numbers = true, value_parser = finite, conflicts_with_all = MODES)]
    pub reward_no_answer: f32,

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

/// Named policies of [`Options`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// The documented policy
    Strict,
    /// The looser rules of the Qwen2.5-Math evaluation, for comparison with published scores
    Qwen,
    /// Exact and symmetric: no rounding, no dropped percent signs
    Exact,
}

/// Named sets of extraction rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Extract {
    /// The last complete \boxed{} or \fbox{}
    Boxed,
    /// Also "the answer is ...", "Answer: ...", "#### ..."
    Stated,
    /// Also the last formula, number, choice letter or truth value
    All,
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

    /// The policy with the extraction rules of the mode.
    pub fn options(&self) -> Options {
        let options = match self.profile {
            Profile::Strict => Options::default(),
            Profile::Qwen => Options::qwen(),
            Profile::Exact => Options::exact(),
        };
        options.with_rules(match (self.extract, self.mode()) {
            (Some(Extract::Boxed), _) | (None, Mode::Dialogues) => Rules::BOXED,
            (Some(Extract::Stated), _) => Rules::STATED,
            (Some(Extract::All), _) | (None, _) => Rules::ALL,
        })
    }

    pub fn rewards(&self) -> RewardScale {
        RewardScale {
            correct: self.reward_correct,
            wrong: self.reward_wrong,
            no_answer: self.reward_no_answer,
        }
    }
}

fn finite(text: &str) -> Result<f32, String> {
    text.parse::<f32>()
        .ok()
        .filter(|number| number.is_finite())
        .ok_or_else(|| "expected a finite number".to_owned())
}
