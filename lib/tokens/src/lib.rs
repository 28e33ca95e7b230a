//! tokenizer.json, special tokens, stop ids and chat templates.
