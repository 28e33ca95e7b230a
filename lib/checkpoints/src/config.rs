//! `config.json`: what a decoder looks like, in the newer and the older spelling.
//!
//! Keys that do not change the computation are ignored; a value that would change it in a way
//! that is not implemented is an error, never a silently different model.

use std::path::Path;

use crate::config_keys::Keys;
use crate::family::Family;
use crate::{ConfigError, Dtype, Rope};

/// One decoder: pre-norm residual layers of grouped-query attention with rotary embedding, and a SwiGLU, all norms
/// RMSNorm. What differs between the families that can be loaded stands here as data.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelConfig {
    pub vocab_size: usize,
    /// Width of the residual stream.
    pub hidden_size: usize,
    /// Width of the MLP's inner layer.
    pub intermediate_size: usize,
    pub num_hidden_layers: usize,
    /// Query heads; a multiple of `num_key_value_heads`.
    pub num_attention_heads: usize,
    pub num_key_value_heads: usize,
    /// Width of one head; `hidden_size / num_attention_heads` unless the file says otherwise. Even.
    pub head_dim: usize,
    /// Longest sequence that the model was made for.
    pub max_position_embeddings: usize,
    pub rms_norm_eps: f64,
    /// The projections to queries, keys and values have biases.
    pub qkv_bias: bool,
    /// Each head's queries and keys are normed, with one weight for all heads, before positions turn them.
    pub qk_norm: bool,
    /// How positions turn queries and keys.
    pub rope: Rope,
    /// The output head is the embedding matrix; no `lm_head.weight` in the file.
    pub tie_word_embeddings: bool,
    /// The type that the file says its weights are stored in.
    pub dtype: Option<Dtype>,
    /// End-of-sequence ids named here (`generation_config.json` may name more).
    pub eos_token_ids: Vec<i32>,
}

impl ModelConfig {
    /// Reads `config.json` of a model directory.
    pub fn load(directory: &Path) -> Result<Self, ConfigError> {
        Self::load_file(&directory.join("config.json"))
    }

    /// Reads a configuration file by its own name.
    pub fn load_file(path: &Path) -> Result<Self, ConfigError> {
        let keys = Keys::load(path)?;
        let family = Family::of(&keys)?;
        refuse_variants(&keys)?;
        family.refuse_variants(&keys)?;
        let num_hidden_layers = keys.count("num_hidden_layers")?;
        full_attention_everywhere(&keys, num_hidden_layers)?;
        let heads = keys.count("num_attention_heads")?;
        let config = Self {
            vocab_size: keys.count("vocab_size")?,
            hidden_size: keys.count("hidden_size")?,
            intermediate_size: keys.count("intermediate_size")?,
            num_hidden_layers,
            num_attention_heads: heads,
            num_key_value_heads: key_value_heads(&keys, heads)?,
            head_dim: head_dim(&keys, heads, family)?,
            max_position_embeddings: keys.count("max_position_embeddings")?,
            rms_norm_eps: keys
                .positive_number("rms_norm_eps")?
                .ok_or_else(|| keys.missing("rms_norm_eps", "a positive number"))?,
            qkv_bias: family.qkv_bias,
            qk_norm: family.qk_norm,
            rope: Rope::read(&keys)?,
            tie_word_embeddings: keys.flag("tie_word_embeddings")?.unwrap_or(false),
            dtype: dtype(&keys)?,
            eos_token_ids: keys.token_ids("eos_token_id")?,
        };
        Ok(config)
    }

    /// Angles per position of the rotary embedding, `[head_dim / 2]`: theta^(-2i/head_dim), scaled, in
    /// float32 as transformers rounds them.
    pub fn rotary_frequencies(&self) -> Vec<f32> {
        let exponent = |i: usize| -((2 * i) as f64) / self.head_dim as f64;
        let frequency = |i| self.rope.theta.powf(exponent(i)) as f32;
        (0..self.head_dim / 2)
            .map(|i| self.rope.scaled(frequency(i)))
            .collect()
    }

    /// Query heads that share one key-value head.
    pub fn query_heads_per_group(&self) -> usize {
        self.num_attention_heads / self.num_key_value_heads
    }
}

/// The end-of-sequence ids that the configuration file at `path` names, whatever else it holds.
pub fn eos_token_ids(path: &Path) -> Result<Vec<i32>, ConfigError> {
    Keys::load(path)?.token_ids("eos_token_id")
}

/// The number of ids that the configuration file at `path` says the model has, whatever else it holds.
pub fn vocab_size(path: &Path) -> Result<Option<usize>, ConfigError> {
    Keys::load(path)?.optional_count("vocab_size")
}

/// Refuses values that would make it another computation.
fn refuse_variants(keys: &Keys) -> Result<(), ConfigError> {
    if keys.text("hidden_act")?.is_some_and(|name| name != "silu") {
        return Err(keys.unsupported("hidden_act", "\"silu\""));
    }
    for key in ["use_sliding_window", "use_mrope"] {
        if keys.flag(key)? == Some(true) {
            return Err(keys.unsupported(key, "false"));
        }
    }
    if keys
        .number("attention_dropout")?
        .is_some_and(|share| share != 0.0)
    {
        return Err(keys.unsupported("attention_dropout", "0.0"));
    }
    if keys.get("quantization_config").is_some() {
        return Err(keys.unsupported("quantization_config", "weights that are not quantised"));
    }
    Ok(())
}

fn full_attention_everywhere(keys: &Keys, layers: usize) -> Result<(), ConfigError> {
    let Some(types) = keys.texts("layer_types")? else {
        return Ok(());
    };
    if types.iter().any(|name| name != "full_attention") {
        return Err(keys.unsupported("layer_types", "\"full_attention\" in every layer"));
    }
    if types.len() != layers {
        return Err(keys.unsupported(
            "layer_types",
            format!("one entry for each of {layers} layers"),
        ));
    }
    Ok(())
}

fn key_value_heads(keys: &Keys, heads: usize) -> Result<usize, ConfigError> {
    let count = keys.optional_count("num_key_value_heads")?.unwrap_or(heads);
    if !heads.is_multiple_of(count) {
        return Err(keys.unsupported(
            "num_key_value_heads",
            format!("a divisor of num_attention_heads ({heads})"),
        ));
    }
    Ok(count)
}

fn head_dim(keys: &Keys, heads: usize, family: &Family) -> Result<usize, ConfigError> {
    let hidden = keys.count("hidden_size")?;
    let (key, dim) = match keys.optional_count("head_dim")?.or(family.head_dim) {
        Some(dim) => ("head_dim", dim),
        None if hidden.is_multiple_of(heads) => ("hidden_size", hidden / heads),
        None => {
            let supported = format!("a multiple of num_attention_heads ({heads})");
            return Err(keys.unsupported("hidden_size", supported));
        }
    };
    // The rotary embedding turns pairs of elements.
    if !dim.is_multiple_of(2) {
        return Err(keys.unsupported(key, "an even width of the heads"));
    }
    Ok(dim)
}

/// The stored type, where the file names one; `"auto"` leaves it to the weights. Older files write `"torch.float32"`.
fn dtype(keys: &Keys) -> Result<Option<Dtype>, ConfigError> {
    for key in ["dtype", "torch_dtype"] {
        let Some(name) = keys.text(key)? else {
            continue;
        };
        return match name.strip_prefix("torch.").unwrap_or(&name) {
            "auto" => Ok(None),
            "float32" => Ok(Some(Dtype::F32)),
            "bfloat16" => Ok(Some(Dtype::BF16)),
            "float16" => Ok(Some(Dtype::F16)),
            _ => Err(keys.unsupported(key, "\"float32\", \"bfloat16\", \"float16\", \"auto\"")),
        };
    }
    Ok(None)
}
