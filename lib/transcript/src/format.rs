//! All that one model's dialogues are written with.

use std::path::Path;

use tokens::Tokenizer;

use crate::args::{FormatArgs, Role, Thinking};
use crate::chat::{ChatOptions, ChatTemplate, FIXED_DATE};
use crate::marks::marks;
use crate::turns::Turns;
use crate::wording::{Facts, Wording};
use crate::{Codec, FormatError, Template};

/// The system's text where a model's own template is used.
const SYSTEM: &str = "Work through the problem step by step and put the final answer within \\boxed{}. \
                      You have {attempts_allowed} attempt(s).";

/// Where the environment's words come from.
#[derive(Debug)]
pub enum Style {
    /// A template of one's own.
    Text(Template),
    /// The model's chat template.
    Chat(Box<Turns>),
}

/// How dialogues of one model are written down.
pub struct Format {
    style: Style,
    wordings: Vec<Wording>,
    codec: Box<dyn Codec>,
    /// Ends an attempt when the policy samples one of them; ascending.
    stop_ids: Vec<i32>,
    /// Closes an attempt that the policy left open.
    close: Vec<i32>,
}

/// An attempt that failed, and what the feedback on it may speak of.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    pub question: &'a str,
    pub attempts_allowed: u32,
    /// The next attempt included.
    pub attempts_left: u32,
    /// The dialogue's seed, by which its wording is drawn.
    pub seed: i64,
    /// Final answers of all attempts so far, the last one's last.
    pub answers: &'a [Option<&'a str>],
    /// Whether the policy ended the attempt with a token that [`Format::stops`].
    pub closed: bool,
}

impl Format {
    /// The format of the model in `directory`.
    pub fn open(args: &FormatArgs, directory: &Path) -> Result<Self, FormatError> {
        let tokenizer = Tokenizer::load(directory)?;
        let style = style(args, directory)?;
        let wordings = wordings(args, &style)?;
        let stop_ids = tokenizer.stop_ids()?;
        for text in texts(&style, &wordings)? {
            let needed: Vec<&str> = marks(&text).into_iter().collect();
            tokenizer
                .require_special(&needed)
                .map_err(|source| FormatError::Marks {
                    template: args.template.clone(),
                    source,
                })?;
        }
        Self::from_parts(style, wordings, Box::new(tokenizer), stop_ids)
    }

    /// A format made of parts. Where what closes a turn is a single token, sampling it ends an attempt too. A template of
    /// one's own without wordings has its usual one.
    pub fn from_parts(
        style: Style,
        mut wordings: Vec<Wording>,
        codec: Box<dyn Codec>,
        mut stop_ids: Vec<i32>,
    ) -> Result<Self, FormatError> {
        if let (Style::Text(template), true) = (&style, wordings.is_empty()) {
            wordings.push(template.usual_wording()?);
        }
        let close = closing(&style, &*codec)?;
        if let [token] = close[..] {
            stop_ids.push(token);
        }
        stop_ids.sort_unstable();
        stop_ids.dedup();
        Ok(Self {
            style,
            wordings,
            codec,
            stop_ids,
            close,
        })
    }

    pub fn codec(&self) -> &dyn Codec {
        &*self.codec
    }

    /// Whether sampling `token` ends an attempt.
    pub fn stops(&self, token: i32) -> bool {
        self.stop_ids.binary_search(&token).is_ok()
    }

    /// The wording of the feedback in the dialogue with `seed`.
    pub fn wording(&self, seed: i64) -> &Wording {
        &self.wordings[keyed::choice(seed, self.wordings.len())]
    }

    /// The ids before the first sampled token.
    pub fn prompt(&self, question: &str, attempts_allowed: u32) -> Result<Vec<i32>, FormatError> {
        let text = match &self.style {
            Style::Text(template) => template.prompt(question, attempts_allowed),
            Style::Chat(turns) => turns.prompt(question, attempts_allowed)?,
        };
        Ok(self.codec.encode(&text)?)
    }

    /// The ids between a failed attempt and the next sampled token. The environment closes an attempt only where the
    /// policy did not.
    pub fn feedback(&self, turn: &Turn<'_>) -> Result<Vec<i32>, FormatError> {
        match &self.style {
            Style::Text(template) => {
                let facts = turn.facts(turn.answers.len());
                let message = self.wording(turn.seed).say(facts);
                let mut ids = if turn.closed {
                    Vec::new()
                } else {
                    self.close.clone()
                };
                ids.extend(self.codec.encode(&template.framed(&message, facts))?);
                Ok(ids)
            }
            Style::Chat(turns) => {
                let wording = self.wording(turn.seed);
                let messages: Vec<String> = (1..=turn.answers.len())
                    .map(|attempts| wording.say(turn.facts(attempts)))
                    .collect();
                let text = turns.addition(turn.question, turn.attempts_allowed, &messages)?;
                let mut ids = self.codec.encode(&text)?;
                if turn.closed && ids.starts_with(&self.close) {
                    ids.drain(..self.close.len());
                }
                Ok(ids)
            }
        }
    }

    /// The ids of a written attempt, ended as a policy that learns from it should end its turn.
    pub(crate) fn attempt(&self, text: &str) -> Result<Vec<i32>, FormatError> {
        let mut ids = self.codec.encode(text)?;
        ids.extend_from_slice(&self.close);
        let ended = ids.last().is_some_and(|last| self.stops(*last));
        if let (false, Some(&stop)) = (ended, self.stop_ids.first()) {
            ids.push(stop);
        }
        Ok(ids)
    }
}

impl<'a> Turn<'a> {
    /// What was known after the first `attempts` of the dialogue.
    fn facts(&self, attempts: usize) -> Facts<'a> {
        let later = (self.answers.len() - attempts) as u32;
        let previous = attempts.checked_sub(1).map(|last| self.answers[last]);
        Facts {
            question: self.question,
            attempts_allowed: self.attempts_allowed,
            attempts_left: self.attempts_left + later,
            previous_answer: previous.flatten(),
        }
    }
}

fn style(args: &FormatArgs, directory: &Path) -> Result<Style, FormatError> {
    if args.template != "model" {
        let template = Template::load(&args.template)?;
        return match args.of_model() {
            None => Ok(Style::Text(template)),
            Some(flag) => Err(FormatError::Idle {
                name: args.template.clone(),
                flag,
            }),
        };
    }
    let options = ChatOptions {
        thinking: args.thinking.map(|thinking| thinking == Thinking::On),
        date: args.template_date.unwrap_or(FIXED_DATE),
    };
    let template = ChatTemplate::load(directory, options)?;
    let system = args.system_text.clone().unwrap_or(SYSTEM.to_owned());
    let role = match args.feedback_role.unwrap_or(Role::User) {
        Role::User => "user",
        Role::System => "system",
    };
    Ok(Style::Chat(Box::new(Turns::open(template, system, role)?)))
}

fn wordings(args: &FormatArgs, style: &Style) -> Result<Vec<Wording>, FormatError> {
    if let Style::Text(template) = style
        && !template.frames()
    {
        return match args.feedback.first() {
            None => Ok(vec![template.usual_wording()?]),
            Some(wording) => Err(FormatError::NoMessage {
                name: args.template.clone(),
                wording: wording.clone(),
            }),
        };
    }
    if args.feedback.is_empty() {
        return Ok(vec![Wording::load(Wording::NAMES[0])?]);
    }
    args.feedback
        .iter()
        .map(|name| Wording::load(name))
        .collect()
}

/// What closes a turn: the template's own mark, or the special token that a chat template writes behind an answer.
fn closing(style: &Style, codec: &dyn Codec) -> Result<Vec<i32>, FormatError> {
    match style {
        Style::Text(template) => Ok(codec.encode(&template.close)?),
        Style::Chat(turns) => {
            let addition = turns.addition("What is 2 + 3?", 2, &["This is wrong.".to_owned()])?;
            let mut ids = codec.encode(&addition)?;
            ids.truncate(1);
            // Only special tokens are no text.
            if !codec.decode(&ids)?.is_empty() {
                ids.clear();
            }
            Ok(ids)
        }
    }
}

/// Everything that the environment may write, with sample values.
fn texts(style: &Style, wordings: &[Wording]) -> Result<Vec<String>, FormatError> {
    let facts = Facts::at_first("What is 2 + 3?", 2);
    let mut texts: Vec<String> = wordings.iter().map(|wording| wording.say(facts)).collect();
    match style {
        Style::Text(template) => {
            texts.extend([&template.prompt, &template.feedback, &template.close].map(Clone::clone));
        }
        Style::Chat(turns) => {
            texts.push(turns.prompt(facts.question, 2)?);
            texts.push(turns.addition(facts.question, 2, &["This is wrong.".to_owned()])?);
        }
    }
    Ok(texts)
}
