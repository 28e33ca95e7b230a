//! Between text and token ids: tokenizer.json, special tokens, stop ids.
//!
//! Knows nothing about models' weights or what a dialogue is.

mod error;
mod stop_ids;
mod tokenizer;
mod tokenizer_config;

pub use error::TokensError;
pub use tokenizer::Tokenizer;
pub use tokenizer_config::TokenizerConfig;
