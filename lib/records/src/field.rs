//! The fields whose names and types are fixed: what other programs may build on.

use std::fmt;
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Fields};

/// Version of the field table, written into the metadata of Parquet files.
pub const SCHEMA_VERSION: &str = "1";

/// Type of a known field, the same in every format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    Text,
    Bool,
    Int32,
    Int64,
    Float32,
    Bools,
    Int32s,
    Float32s,
    /// A list of [`crate::Attempt`].
    Attempts,
}

impl fmt::Display for FieldType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "string",
            Self::Bool => "bool",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Float32 => "float32",
            Self::Bools => "list<bool>",
            Self::Int32s => "list<int32>",
            Self::Float32s => "list<float32>",
            Self::Attempts => "list<struct>",
        })
    }
}

impl FieldType {
    /// The Arrow type that Parquet files are written with.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Bool => DataType::Boolean,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Float32 => DataType::Float32,
            Self::Bools => list(DataType::Boolean),
            Self::Int32s => list(DataType::Int32),
            Self::Float32s => list(DataType::Float32),
            Self::Attempts => list(DataType::Struct(attempt_fields())),
        }
    }
}

/// `element` is the name that the Parquet format gives to a list's items.
fn list(element: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("element", element, true)))
}

/// Columns of one entry of `attempts`.
pub fn attempt_fields() -> Fields {
    Fields::from(vec![
        Field::new("start", DataType::Int32, true),
        Field::new("end", DataType::Int32, true),
        Field::new("text", DataType::Utf8, true),
        Field::new("answer", DataType::Utf8, true),
        Field::new("verdict", DataType::Utf8, true),
        Field::new("stop", DataType::Utf8, true),
        Field::new("reward", DataType::Float32, true),
    ])
}

/// One line of the field table.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    pub name: &'static str,
    pub kind: FieldType,
    /// The stage that adds the field.
    pub stage: &'static str,
    pub meaning: &'static str,
}

const fn field(
    name: &'static str,
    kind: FieldType,
    stage: &'static str,
    meaning: &'static str,
) -> FieldSpec {
    FieldSpec {
        name,
        kind,
        stage,
        meaning,
    }
}

/// Every known field, in the order in which stages add them.
pub const FIELDS: &[FieldSpec] = {
    use FieldType::{Attempts, Bool, Bools, Float32, Float32s, Int32, Int32s, Int64, Text};
    const SAMPLE: &str = "sample-questions";
    const ROLLOUT: &str = "rollout";
    const GRADE: &str = "grade";
    const SCORE: &str = "score";
    const ADVANTAGES: &str = "compute-advantages";
    &[
        field("question_id", Text, SAMPLE, "stable id of the question"),
        field("source", Text, SAMPLE, "name of the data set"),
        field("question", Text, SAMPLE, "text of the problem"),
        field("answer", Text, SAMPLE, "reference answer"),
        field("attempts_allowed", Int32, SAMPLE, "attempts granted"),
        field(
            "sample_index",
            Int32,
            SAMPLE,
            "0-based sample of the question",
        ),
        field("seed", Int64, SAMPLE, "random seed of this dialogue"),
        field("dialogue_id", Text, ROLLOUT, "unique within a run"),
        field("model", Text, ROLLOUT, "name of the policy checkpoint"),
        field("model_sha256", Text, ROLLOUT, "hash over its weights"),
        field("token_ids", Int32s, ROLLOUT, "prompt and dialogue"),
        field(
            "prompt_length",
            Int32,
            ROLLOUT,
            "tokens of the first prompt",
        ),
        field("loss_mask", Bools, ROLLOUT, "true on sampled tokens"),
        field("logprobs", Float32s, ROLLOUT, "log-probability when drawn"),
        field("attempts", Attempts, ROLLOUT, "one entry per attempt"),
        field("attempts_used", Int32, ROLLOUT, "how many were used"),
        field("stop_reason", Text, ROLLOUT, "solved, exhausted, length"),
        field("feedback", Text, ROLLOUT, "wording of the feedback"),
        field("grader", Text, ROLLOUT, "who gave the verdicts, and how"),
        field("correct", Bool, GRADE, "the last attempt is right"),
        field("reward", Float32, GRADE, "reward of the dialogue"),
        field("policy_logprobs", Float32s, SCORE, "under the policy"),
        field("reference_logprobs", Float32s, SCORE, "under the reference"),
        field("values", Float32s, SCORE, "critic's values"),
        field("advantages", Float32s, ADVANTAGES, "0 off the loss mask"),
        field("returns", Float32s, ADVANTAGES, "0 off the loss mask"),
        field(
            "learn_mask",
            Bools,
            ADVANTAGES,
            "true on policy tokens that are learned from, if not all",
        ),
        field(
            "value_mask",
            Bools,
            ADVANTAGES,
            "true where the critic learns, if not at all of those",
        ),
    ]
};

/// The known field of that name.
pub fn spec(name: &str) -> Option<&'static FieldSpec> {
    FIELDS.iter().find(|field| field.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (index, field) in FIELDS.iter().enumerate() {
            assert!(FIELDS[..index].iter().all(|other| other.name != field.name));
        }
    }

    #[test]
    fn lists_name_their_items_as_parquet_does() {
        let DataType::List(item) = FieldType::Float32s.arrow() else {
            panic!("not a list");
        };
        assert_eq!(item.name(), "element");
    }
}
