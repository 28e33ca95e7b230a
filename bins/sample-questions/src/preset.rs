//! The data sets whose layout is known.

use std::path::Path;

use records::Row;

use crate::answer::Form;

/// Layout of one data set.
#[derive(Debug)]
pub struct Preset {
    /// Also the `source` of its records.
    pub name: &'static str,
    /// What file names of the data set contain, letters and digits only.
    stems: &'static [&'static str],
    /// The first of these that a row has is the problem.
    pub question: &'static [&'static str],
    /// The same for the answer.
    pub answer: &'static [&'static str],
    pub form: Form,
    /// The row's own name of its data set, for layouts that many data sets share.
    pub source: Option<&'static str>,
    /// What stands in the answer where the data set knows none; such rows are left out.
    pub unanswered: &'static [&'static str],
    /// Instructions around the problem, which ask for another form of answer than dialogues do.
    pub frame: Option<(&'static str, &'static str)>,
    /// Known mistakes.
    pub corrections: &'static [Correction],
    /// Whether later rows that ask the same again are left out.
    pub unique: bool,
}

/// A row whose published answer is missing; it is only used where the question begins as stated.
#[derive(Debug)]
pub struct Correction {
    pub row: usize,
    pub question: &'static str,
    pub answer: &'static str,
}

const fn plain(name: &'static str, stems: &'static [&'static str]) -> Preset {
    Preset {
        name,
        stems,
        question: &["question", "problem"],
        answer: &["answer"],
        form: Form::Plain,
        source: None,
        unanswered: &[],
        frame: None,
        corrections: &[],
        unique: false,
    }
}

/// Every known data set.
pub const PRESETS: &[Preset] = &[
    plain("aime24", &["aime24", "aime2024"]),
    plain("amc23", &["amc23", "amc2023"]),
    plain("math500", &["math500"]),
    Preset {
        answer: &["solution"],
        form: Form::Boxed,
        ..plain("minerva_math", &["minerva"])
    },
    Preset {
        answer: &["final_answer"],
        form: Form::Listed,
        ..plain("olympiadbench", &["olympiadbench"])
    },
    plain("math_dev", &["mathdev"]),
    Preset {
        question: &["question", "input"],
        answer: &["target", "ground_truth_answer", "answer"],
        unanswered: &["", "None"],
        // Published as "None", which is what a failed evaluation left behind.
        corrections: &[
            Correction {
                row: 3380,
                question: "If $(x + y)^2 = 1$ and $xy = -4$",
                answer: "9",
            },
            Correction {
                row: 7997,
                question: "What is the largest value of $x$, if $\\frac{x}{5}",
                answer: "2",
            },
        ],
        unique: true,
        ..plain("math_train", &["mathlevel3to5", "mathtrain"])
    },
    Preset {
        form: Form::AfterHashes,
        ..plain("gsm8k", &["gsm8k"])
    },
    Preset {
        question: &["prompt"],
        answer: &["reward_model.ground_truth", "solution"],
        frame: Some((
            "Solve the following math problem step by step. The last line of your response should be of the form \
             Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\n",
            "\n\nRemember to put your answer on its own line after \"Answer:\".",
        )),
        // Published with every question a hundred times.
        unique: true,
        ..plain("dapo_math_17k", &["dapomath17k"])
    },
    Preset {
        // Six rows.
        unanswered: &[""],
        ..plain("deepscaler", &["deepscaler"])
    },
    plain("openr1_math", &["openr1math"]),
    plain("big_math", &["bigmath"]),
    Preset {
        unanswered: &["", "proof", "notfound"],
        ..plain("numina_math_1.5", &["numinamath15"])
    },
    Preset {
        answer: &["solution"],
        form: Form::Boxed,
        ..plain("numina_math_cot", &["numinamathcot"])
    },
    Preset {
        question: &["prompt"],
        answer: &["reward_model.ground_truth"],
        source: Some("data_source"),
        ..plain("verl", &[])
    },
];

impl Preset {
    /// The preset of that name; `-` and `_` are the same.
    pub fn parse(name: &str) -> Result<&'static Self, String> {
        let same = |preset: &&Self| letters(preset.name) == letters(name);
        PRESETS.iter().find(same).ok_or_else(|| {
            let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
            format!("expected one of {}", names.join(", "))
        })
    }

    /// The preset that a file's name or its first row tells.
    pub fn detect(path: &Path, first: &Row) -> Option<&'static Self> {
        if first.has("question_id") {
            return None;
        }
        let stem = letters(&tables::stem(path));
        let named = |preset: &&Self| preset.stems.iter().any(|known| stem.contains(known));
        PRESETS
            .iter()
            .find(named)
            .or_else(|| Self::of_fields(first))
    }

    fn of_fields(first: &Row) -> Option<&'static Self> {
        let hashes = first
            .text("answer")
            .is_ok_and(|answer| answer.contains("####"));
        let verl = first.find("reward_model.ground_truth").is_some() && first.has("prompt");
        let problem = first.has("problem");
        let worked = first.has("solution") && first.has("messages") && !first.has("answer");
        let name = match () {
            () if verl && first.text("data_source") == Ok("math_dapo") => "dapo_math_17k",
            () if verl => "verl",
            () if problem && first.has("correctness_math_verify") => "openr1_math",
            () if problem && first.has("llama8b_solve_rate") => "big_math",
            () if problem && first.has("problem_is_valid") => "numina_math_1.5",
            () if problem && worked => "numina_math_cot",
            () if first.has("final_answer") && first.has("is_multiple_answer") => "olympiadbench",
            () if first.has("target") && first.has("ground_truth_answer") => "math_train",
            () if first.has("question") && hashes => "gsm8k",
            () => return None,
        };
        PRESETS.iter().find(|preset| preset.name == name)
    }
}

fn letters(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric);
    kept.collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(path: &str, fields: &[(&str, &str)]) -> Option<&'static str> {
        let mut row = Row::new();
        fields
            .iter()
            .for_each(|(name, value)| row.set(*name, *value));
        Preset::detect(Path::new(path), &row).map(|preset| preset.name)
    }

    #[test]
    fn names_and_fields_tell_the_data_set() {
        assert_eq!(detected("x/MATH-500.jsonl", &[]), Some("math500"));
        assert_eq!(detected("math_dev_l3to5.jsonl", &[]), Some("math_dev"));
        assert_eq!(
            detected("math_level3to5_data.jsonl", &[]),
            Some("math_train")
        );
        let gsm8k = [("question", "?"), ("answer", "so\n#### 1")];
        assert_eq!(detected("train-0000.parquet", &gsm8k), Some("gsm8k"));
        assert_eq!(
            detected("mine.jsonl", &[("question", "?"), ("answer", "1")]),
            None
        );
    }

    #[test]
    fn records_are_no_raw_data() {
        assert_eq!(
            detected("math500.jsonl", &[("question_id", "math500/0")]),
            None
        );
    }

    #[test]
    fn names_are_forgiving() {
        assert_eq!(Preset::parse("math-train").unwrap().name, "math_train");
        assert!(Preset::parse("nonsense").unwrap_err().contains("gsm8k"));
    }
}
