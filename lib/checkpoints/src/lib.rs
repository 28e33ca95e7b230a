//! Hugging Face model directories: config, safetensors by memory map, hashes, atomic publication.
