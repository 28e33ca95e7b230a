//! From a record with written attempts to token ids, of which some are trained on.

use attempts::{Template, layout};
use ppo::tokens::{Limits, Tokens};
use records::{FieldError, Row};
use tokens::Tokenizer;

/// Lays demonstrations out as dialogues.
pub struct Encoder<'a> {
    pub template: &'a Template,
    pub tokenizer: &'a Tokenizer,
    /// Ids that end a turn; the first one is what a policy is taught where the template has no word for it.
    pub stop_ids: &'a [i32],
    pub limits: Limits,
}

/// One demonstration as it is written in a record.
struct Written<'a> {
    question: &'a str,
    attempts_allowed: u32,
    attempts: Vec<String>,
}

impl<'a> Written<'a> {
    fn read(row: &'a Row) -> Result<Self, FieldError> {
        let attempts: Vec<String> = row.decode("demonstration")?;
        if attempts.is_empty() {
            return Err(row.fail("demonstration", "expected at least one attempt"));
        }
        let allowed = row.int32("attempts_allowed")?;
        let attempts_allowed = u32::try_from(allowed)
            .ok()
            .filter(|&allowed| allowed as usize >= attempts.len());
        let attempts_allowed = attempts_allowed.ok_or_else(|| {
            let message = format!(
                "expected at least the {} attempts of the demonstration, found {allowed}",
                attempts.len()
            );
            row.fail("attempts_allowed", message)
        })?;
        row.text("answer")?;
        Ok(Self {
            question: row.text("question")?,
            attempts_allowed,
            attempts,
        })
    }
}

impl Encoder<'_> {
    /// The dialogue of one record: segments encoded one by one, as a rollout records them.
    pub fn encode(&self, row: &Row) -> anyhow::Result<Tokens> {
        let written = Written::read(row)?;
        let segments = layout(
            self.template,
            written.question,
            written.attempts_allowed,
            &written.attempts,
        );
        let name = row
            .origin()
            .map_or_else(|| "a demonstration".to_owned(), ToString::to_string);
        let mut tokens = Tokens {
            name,
            ids: Vec::new(),
            policy: Vec::new(),
        };
        for segment in segments {
            let mut ids = self.tokenizer.encode(&segment.text)?;
            if segment.trained {
                self.close(&mut ids);
                tokens
                    .policy
                    .extend(tokens.ids.len()..tokens.ids.len() + ids.len());
            }
            tokens.ids.append(&mut ids);
        }
        self.check(row, &tokens)?;
        Ok(tokens)
    }

    /// An attempt ends with an end-of-sequence id, or the policy would never learn to stop.
    fn close(&self, ids: &mut Vec<i32>) {
        let closed = ids.last().is_some_and(|last| self.stop_ids.contains(last));
        if let (false, Some(&stop)) = (closed, self.stop_ids.first()) {
            ids.push(stop);
        }
    }

    fn check(&self, row: &Row, tokens: &Tokens) -> Result<(), FieldError> {
        let (length, context) = (tokens.ids.len(), self.limits.context);
        if length > context {
            return Err(row.fail(
                "demonstration",
                format!("{length} tokens, but the model's context holds {context}"),
            ));
        }
        if tokens.policy.first() == Some(&0) {
            return Err(row.fail("question", "the template's prompt has no tokens"));
        }
        Ok(())
    }
}
