//! Lays a written demonstration out as the dialogue that `rollout` would have recorded. Knows nothing about tokens.

use crate::template::Template;

/// A stretch of a dialogue; segments are encoded one by one, so that no token spans two of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub text: String,
    /// Whether the policy is trained to write it.
    pub trained: bool,
}

impl Segment {
    fn environment(text: String) -> Self {
        Self {
            text,
            trained: false,
        }
    }

    fn policy(text: String) -> Self {
        Self {
            text,
            trained: true,
        }
    }
}

/// The segments of a demonstration: the prompt, then each attempt closed by the template's `close` (trained: the
/// policy learns to end its turn), with feedback between attempts.
///
/// `attempts_allowed` counts all attempts granted, so that the feedback after attempt `i` (from 0) names
/// `attempts_allowed - 1 - i` attempts left, as in a rollout.
pub fn layout(
    template: &Template,
    question: &str,
    attempts_allowed: u32,
    attempts: &[String],
) -> Vec<Segment> {
    let mut segments = vec![Segment::environment(
        template.prompt(question, attempts_allowed),
    )];
    for (used, attempt) in (1u32..).zip(attempts) {
        segments.push(Segment::policy(format!("{attempt}{}", template.close)));
        if (used as usize) < attempts.len() {
            let left = attempts_allowed.saturating_sub(used);
            segments.push(Segment::environment(template.feedback(
                question,
                attempts_allowed,
                left,
            )));
        }
    }
    segments
}
