//! Between text and token ids: tokenizer.json, special tokens, stop ids, chat templates.
//!
//! Knows nothing about models' weights or what a dialogue is.

mod chat;
mod error;
mod stop_ids;
mod text_stream;
mod tokenizer;
mod tokenizer_config;

pub use chat::{ChatTemplate, Message};
pub use error::TokensError;
pub use text_stream::TextStream;
pub use tokenizer::Tokenizer;
