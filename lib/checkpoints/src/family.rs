//! The families of decoders that can be loaded: one row each.
//!
//! A row says what `config.json` leaves to the name of the family, and which of its switches must be off.

use crate::ConfigError;
use crate::config_keys::Keys;

/// What the name of a family says about its decoders.
pub(crate) struct Family {
    /// As `model_type` names it.
    model_type: &'static str,
    /// As `architectures` names it.
    class: &'static str,
    pub(crate) qkv_bias: bool,
    pub(crate) qk_norm: bool,
    /// Width of a head where the file is silent; `hidden_size / num_attention_heads` for most.
    pub(crate) head_dim: Option<usize>,
    /// Switches for biases that no decoder here has; the other families ignore these keys.
    no_biases: &'static [&'static str],
}

const FAMILIES: [Family; 3] = [
    // Qwen2 and Qwen2.5: arXiv 2407.10671, 2412.15115
    Family {
        model_type: "qwen2",
        class: "Qwen2ForCausalLM",
        qkv_bias: true,
        qk_norm: false,
        head_dim: None,
        no_biases: &[],
    },
    // arXiv 2505.09388
    Family {
        model_type: "qwen3",
        class: "Qwen3ForCausalLM",
        qkv_bias: false,
        qk_norm: true,
        head_dim: Some(128),
        no_biases: &["attention_bias"],
    },
    // Llama 2 and 3 (arXiv 2307.09288, 2407.21783) and what is built alike, such as SmolLM2
    Family {
        model_type: "llama",
        class: "LlamaForCausalLM",
        qkv_bias: false,
        qk_norm: false,
        head_dim: None,
        no_biases: &["attention_bias", "mlp_bias"],
    },
];

const SUPPORTED: &str =
    "\"qwen2\" (Qwen2 and Qwen2.5), \"qwen3\", \"llama\" (Llama 2 and 3, SmolLM2)";

impl Family {
    /// The family that `model_type` names; where the key is missing, the class that `architectures` names.
    pub(crate) fn of(keys: &Keys) -> Result<&'static Self, ConfigError> {
        let (key, family) = match keys.text("model_type")? {
            Some(name) => ("model_type", Self::find(|row| row.model_type == name)),
            None => {
                const KEY: &str = "architectures";
                let classes = keys
                    .texts(KEY)?
                    .ok_or_else(|| keys.missing("model_type", SUPPORTED))?;
                (KEY, Self::find(|row| classes == [row.class]))
            }
        };
        family.ok_or_else(|| keys.unsupported(key, SUPPORTED))
    }

    fn find(is_meant: impl Fn(&Self) -> bool) -> Option<&'static Self> {
        FAMILIES.iter().find(|row| is_meant(row))
    }

    /// Refuses values that would make it another computation in this family.
    pub(crate) fn refuse_variants(&self, keys: &Keys) -> Result<(), ConfigError> {
        for key in self.no_biases {
            if keys.flag(key)? == Some(true) {
                return Err(keys.unsupported(key, "false"));
            }
        }
        // Sums in slices: other roundings than those that the weights were trained with.
        const SLICES: &str = "pretraining_tp";
        match keys.optional_count(SLICES)? {
            Some(count) if count != 1 => Err(keys.unsupported(SLICES, "1")),
            _ => Ok(()),
        }
    }
}
