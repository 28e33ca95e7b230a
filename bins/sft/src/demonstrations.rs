//! From a record with written attempts to token ids, of which some are trained on.

use grading::boxed_answer;
use learning::batch::tokens::{Limits, Tokens};
use records::{FieldError, Row};
use transcript::{Format, Written};

/// Lays demonstrations out as dialogues.
pub struct Encoder<'a> {
    pub format: &'a Format,
    pub limits: Limits,
}

/// One demonstration as it is written in a record.
struct Demonstration<'a> {
    question: &'a str,
    reference: &'a str,
    attempts_allowed: u32,
    /// Draws the wording of the feedback; 0 where the record has none.
    seed: i64,
    attempts: Vec<String>,
}

impl<'a> Demonstration<'a> {
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
        let seed = if row.has("seed") {
            row.int64("seed")?
        } else {
            0
        };
        Ok(Self {
            question: row.text("question")?,
            reference: row.text("answer")?,
            seed,
            attempts_allowed,
            attempts,
        })
    }
}

impl Encoder<'_> {
    /// The dialogue of one record, in the tokens that a rollout would have recorded.
    pub fn encode(&self, row: &Row) -> anyhow::Result<Tokens> {
        let demonstration = Demonstration::read(row)?;
        let answers: Vec<Option<String>> = demonstration
            .attempts
            .iter()
            .map(|text| boxed_answer(text, demonstration.reference))
            .collect();
        let written = demonstration.attempts.iter().zip(&answers);
        let written: Vec<Written<'_>> = written
            .map(|(text, answer)| Written {
                text,
                answer: answer.as_deref(),
            })
            .collect();
        let laid_out = self.format.lay_out(
            demonstration.question,
            demonstration.attempts_allowed,
            demonstration.seed,
            &written,
        )?;
        let trained = laid_out.loss_mask.iter().enumerate();
        let tokens = Tokens {
            name: row
                .origin()
                .map_or_else(|| "a demonstration".to_owned(), ToString::to_string),
            policy: trained.filter_map(|(at, on)| on.then_some(at)).collect(),
            ids: laid_out.token_ids,
        };
        self.check(row, &tokens)?;
        Ok(tokens)
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
