//! How a dialogue is written down for one model: what the environment says, which tokens end a turn, and how texts and
//! tokens become one another.
//!
//! [`Format`] is all of it: the stage that plays dialogues asks it for prompts and feedback, the one that learns from
//! demonstrations for whole dialogues, and both get the same tokens. Every segment is encoded by itself, so that no token
//! spans what the policy wrote and what the environment wrote. This crate knows nothing about rewards, graders or models'
//! weights.

mod args;
mod attempt_text;
mod chat;
mod codec;
mod error;
mod format;
mod jinja;
mod layout;
mod marks;
mod template;
mod turns;
mod wording;

pub use args::{FormatArgs, Role, Thinking};
pub use attempt_text::AttemptText;
pub use chat::{ChatOptions, ChatTemplate, Message};
pub use codec::Codec;
pub use error::FormatError;
pub use format::{Format, Style, Turn};
pub use layout::{LaidOut, Written};
pub use template::{Template, substitute};
pub use wording::Wording;
