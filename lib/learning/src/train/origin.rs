//! Whether dialogues were played by the policy at hand.

use records::{FieldError, Row};

use crate::train::source::Source;

/// Compares `model_sha256` of records with the policy's weights.
pub struct PolicyCheck {
    /// None where any policy's dialogues are taken.
    expected: Option<String>,
}

impl PolicyCheck {
    /// Hashes the policy's weights, unless every policy is allowed.
    pub fn new(policy: &Source, allow_other: bool) -> Self {
        Self {
            expected: (!allow_other).then(|| policy.weights.sha256()),
        }
    }

    /// For a policy whose hash is known.
    pub fn with_sha256(sha256: &str, allow_other: bool) -> Self {
        Self {
            expected: (!allow_other).then(|| sha256.to_owned()),
        }
    }

    /// Refuses a record of another policy.
    pub fn row(&self, row: &Row) -> Result<(), FieldError> {
        let Some(expected) = &self.expected else {
            return Ok(());
        };
        let found = row.text("model_sha256")?;
        if found == expected {
            return Ok(());
        }
        let message = format!(
            "played by the policy {found}, but --policy is {expected} (--allow-other-policy takes it all the same)"
        );
        Err(row.fail("model_sha256", message))
    }
}
