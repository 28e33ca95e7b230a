//! A dialogue as learning sees it: ids, and which of them the policy wrote.
//! Knows nothing about models, tensors or losses.

use ::tokens::Vocabulary;
use records::{FieldError, Row};

/// Token ids of one dialogue and the positions of its policy tokens.
#[derive(Clone, Debug)]
pub struct Tokens {
    /// Says which dialogue this is in messages: file, line and id.
    pub name: String,
    pub ids: Vec<i32>,
    /// Positions of policy tokens in `ids`, ascending, none of them 0: the log-probability and the
    /// value of token `t` come from the state before it.
    pub policy: Vec<usize>,
}

/// The tokens of a dialogue that a pass is about.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// All ids of the dialogue.
    pub ids: &'a [i32],
    /// Ascending, none of them 0.
    pub positions: &'a [usize],
}

/// What the model at hand can take.
#[derive(Clone, Debug)]
pub struct Limits {
    pub vocabulary: Vocabulary,
    pub context: usize,
}

impl Limits {
    /// What both models can take.
    pub fn narrower(&self, other: &Self) -> Self {
        Self {
            vocabulary: self.vocabulary.intersection(&other.vocabulary),
            context: self.context.min(other.context),
        }
    }
}

impl Tokens {
    /// Reads `token_ids` and `loss_mask` of a record.
    pub fn from_row(row: &Row, limits: &Limits) -> Result<Self, FieldError> {
        row.same_length(&["loss_mask"])?;
        let ids = row.int32s("token_ids")?;
        check_ids(row, ids, limits)?;
        let mask = row.bools("loss_mask")?;
        if mask.first() == Some(&true) {
            return Err(row.fail(
                "loss_mask",
                "expected false at the first token: no state lies before it",
            ));
        }
        let policy: Vec<usize> = (0..mask.len()).filter(|&position| mask[position]).collect();
        check_policy_ids(row, ids, &policy, limits)?;
        Ok(Self {
            name: name_of(row),
            ids: ids.to_vec(),
            policy,
        })
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// All policy tokens.
    pub fn selection(&self) -> Selection<'_> {
        Selection {
            ids: &self.ids,
            positions: &self.policy,
        }
    }

    /// A per-token list from entries at the policy tokens; 0 elsewhere.
    pub fn spread(&self, at_policy: &[f32]) -> Vec<f32> {
        let mut per_token = vec![0.0; self.ids.len()];
        for (&position, &value) in self.policy.iter().zip(at_policy) {
            per_token[position] = value;
        }
        per_token
    }
}

fn check_ids(row: &Row, ids: &[i32], limits: &Limits) -> Result<(), FieldError> {
    if ids.is_empty() {
        return Err(row.fail("token_ids", "expected at least one token"));
    }
    if ids.len() > limits.context {
        let message = format!(
            "{} tokens, but the model's context holds {}",
            ids.len(),
            limits.context
        );
        return Err(row.fail("token_ids", message));
    }
    let outside = |&id: &i32| usize::try_from(id).map_or(true, |id| id >= limits.vocabulary.size());
    match ids.iter().position(outside) {
        None => Ok(()),
        Some(position) => Err(row.fail(
            "token_ids",
            format!(
                "id {} at position {position} is outside the vocabulary of {}",
                ids[position],
                limits.vocabulary.size()
            ),
        )),
    }
}

/// Ids that mean nothing have no probability, so no policy has sampled them.
fn check_policy_ids(
    row: &Row,
    ids: &[i32],
    policy: &[usize],
    limits: &Limits,
) -> Result<(), FieldError> {
    let meaningless = |&&position: &&usize| !limits.vocabulary.contains(ids[position]);
    match policy.iter().find(meaningless) {
        None => Ok(()),
        Some(&position) => Err(row.fail(
            "token_ids",
            format!(
                "id {} at position {position} is no token of the model's tokenizer, so no policy can have sampled it",
                ids[position]
            ),
        )),
    }
}

/// Where the record was read and, if it has one, its id.
fn name_of(row: &Row) -> String {
    let origin = row.origin().map(ToString::to_string);
    let id = row.text("dialogue_id").ok().map(str::to_owned);
    match (origin, id) {
        (Some(origin), Some(id)) => format!("{origin} ({id})"),
        (Some(name), None) | (None, Some(name)) => name,
        (None, None) => "a dialogue".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten ids, of which 7 is a gap and 9 padding.
    fn limits() -> Limits {
        Limits {
            vocabulary: Vocabulary::of(10, (0..9).filter(|id| *id != 7)),
            context: 4,
        }
    }

    fn row(ids: &[i32], mask: &[bool]) -> Row {
        let mut row = Row::new();
        row.set("dialogue_id", "d/1");
        row.set("token_ids", ids.to_vec());
        row.set("loss_mask", mask.to_vec());
        row
    }

    fn message(ids: &[i32], mask: &[bool]) -> String {
        Tokens::from_row(&row(ids, mask), &limits())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn entries_go_to_policy_tokens() {
        let tokens =
            Tokens::from_row(&row(&[1, 2, 3, 4], &[false, true, false, true]), &limits()).unwrap();
        assert_eq!(tokens.policy, [1, 3]);
        assert_eq!(tokens.spread(&[1.5, 2.5]), [0.0, 1.5, 0.0, 2.5]);
        assert_eq!(tokens.name, "d/1");
    }

    #[test]
    fn what_the_model_cannot_take_is_refused() {
        assert!(message(&[1, 10], &[false, true]).contains("id 10 at position 1"));
        assert!(message(&[-1, 1], &[false, true]).contains("id -1 at position 0"));
        assert!(
            message(&[1; 5], &[false; 5]).contains("5 tokens, but the model's context holds 4")
        );
        for id in [7, 9] {
            let sampled = message(&[1, id], &[false, true]);
            let expected = format!("id {id} at position 1 is no token of the model's tokenizer");
            assert!(sampled.contains(&expected), "{sampled}");
            // In a prompt it is only another row of the embedding.
            Tokens::from_row(&row(&[id, 1], &[false, true]), &limits()).unwrap();
        }
        assert!(message(&[1, 2], &[true, true]).contains("no state lies before it"));
        assert!(message(&[1, 2], &[false]).contains("expected 2 elements"));
        assert!(message(&[], &[]).contains("at least one token"));
    }
}
