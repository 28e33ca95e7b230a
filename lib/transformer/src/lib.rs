//! The Qwen2 decoder and its value head in tch.
