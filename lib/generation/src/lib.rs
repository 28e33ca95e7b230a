//! Scheduler, KV cache, sampler and engine: dialogues in, tokens out.
