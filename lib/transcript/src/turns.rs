//! What a model's own chat template adds turn by turn.
//!
//! A template renders whole conversations; a dialogue only grows. So a longer conversation is rendered with marks in the
//! place of what the policy wrote, and what the template writes behind the last mark is what a further turn appends. The
//! rest must be what is there already, but for one thing: what the template opens an answer with (such as an empty
//! thought) it may leave out once the answer is history. The tokens that are there stay as they are.

use crate::FormatError;
use crate::chat::{ChatTemplate, Message};
use crate::wording::Facts;

/// Whether feedback is a user's or the system's message.
pub type FeedbackRole = &'static str;

/// A chat template with the words of the method around it.
#[derive(Debug)]
pub struct Turns {
    pub template: ChatTemplate,
    /// The system's text with placeholders; empty for none.
    pub system: String,
    pub feedback_role: FeedbackRole,
    /// What the template opens an answer with, and leaves out behind it.
    opening: String,
}

/// Letters of a private area around the number of an attempt: no template changes them, and no question holds them.
const MARK: (char, char) = ('\u{e0a1}', '\u{e0a2}');

impl Turns {
    /// Checks the template on a dialogue of three attempts.
    pub fn open(
        template: ChatTemplate,
        system: String,
        feedback_role: FeedbackRole,
    ) -> Result<Self, FormatError> {
        let mut turns = Self {
            template,
            system,
            feedback_role,
            opening: String::new(),
        };
        let question = "What is 2 + 3?";
        turns.opening = turns.find_opening(question)?;
        let messages = [
            "This is wrong.".to_owned(),
            "This is wrong, too.".to_owned(),
        ];
        for count in 1..=messages.len() {
            turns.addition(question, 3, &messages[..count])?;
        }
        Ok(turns)
    }

    /// The text before the first sampled token.
    pub fn prompt(&self, question: &str, attempts_allowed: u32) -> Result<String, FormatError> {
        self.template
            .render(&self.conversation(question, attempts_allowed, &[]), true)
    }

    /// What follows the last failed attempt, its close included: `messages` are all feedback of the dialogue, one for each
    /// attempt so far.
    pub fn addition(
        &self,
        question: &str,
        attempts_allowed: u32,
        messages: &[String],
    ) -> Result<String, FormatError> {
        let Some((_, earlier)) = messages.split_last() else {
            return Ok(String::new());
        };
        let before = self.conversation(question, attempts_allowed, earlier);
        let after = self.conversation(question, attempts_allowed, messages);
        let before = self.template.render(&before, true)?;
        let after = self.template.render(&after, true)?;
        let mark = mark(messages.len() - 1);
        let Some((head, tail)) = after.split_once(&mark) else {
            return Err(self.alters("assistant"));
        };
        let there = before
            .strip_suffix(self.opening.as_str())
            .unwrap_or(&before);
        if head != there && head != before {
            return Err(self.rewrites(there, head));
        }
        Ok(tail.to_owned())
    }

    fn conversation(&self, question: &str, allowed: u32, feedback: &[String]) -> Vec<Message> {
        let mut messages = Vec::new();
        if !self.system.is_empty() {
            let system = Facts::at_first(question, allowed).fill(&self.system, &[]);
            messages.push(Message::new("system", system));
        }
        messages.push(Message::new("user", question));
        for (index, message) in feedback.iter().enumerate() {
            messages.push(Message::new("assistant", mark(index)));
            messages.push(Message::new(self.feedback_role, message.as_str()));
        }
        messages
    }

    /// What an answer is opened with only as long as it is not there.
    fn find_opening(&self, question: &str) -> Result<String, FormatError> {
        let before = self.prompt(question, 1)?;
        let after = self.conversation(question, 1, &["This is wrong.".to_owned()]);
        let after = self.template.render(&after, true)?;
        let Some((head, _)) = after.split_once(&mark(0)) else {
            return Err(self.alters("assistant"));
        };
        if !before.contains(question) {
            return Err(self.alters("user"));
        }
        match before.strip_prefix(head) {
            // Behind the question: a template may not take back what was asked.
            Some(opening) if head.contains(question) => Ok(opening.to_owned()),
            _ => Err(self.rewrites(&before, head)),
        }
    }

    fn alters(&self, role: &'static str) -> FormatError {
        FormatError::Alters {
            path: self.template.path().to_owned(),
            role,
        }
    }

    /// The place where `after` stops being `before`.
    fn rewrites(&self, before: &str, after: &str) -> FormatError {
        let same = before
            .char_indices()
            .zip(after.chars())
            .find(|((_, one), other)| one != other)
            .map_or(before.len().min(after.len()), |((at, _), _)| at);
        let head = &before[..same];
        let excerpt = |text: &str| text[same..].chars().take(40).collect();
        FormatError::Rewrites {
            path: self.template.path().to_owned(),
            line: head.matches('\n').count() + 1,
            column: head.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            before: excerpt(before),
            after: excerpt(after),
        }
    }
}

fn mark(attempt: usize) -> String {
    format!("{}{attempt}{}", MARK.0, MARK.1)
}
