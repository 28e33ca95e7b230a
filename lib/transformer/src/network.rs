//! What a decoder computes: pre-norm residual layers of grouped-query attention with rotary embedding, and a SwiGLU.
//! The configuration says whether there are q/k/v biases (Qwen2, arXiv 2407.10671) or norms of queries and keys
//! (Qwen3, arXiv 2505.09388); Llama (arXiv 2407.21783) has neither.
//!
//! Shapes: `..` is the batch's leading shape, `[batch, seq]` or `[tokens]`; D = hidden_size,
//! H = heads, G = key-value heads, E = head_dim, F = intermediate_size, V = vocab_size.

use std::ops::Range;

use checkpoints::{EMBEDDING, HEAD, ModelConfig};
use tch::{Kind, Tensor};

use crate::ModelError;
use crate::attention::Attention;
use crate::decoder::NamedTensors;
use crate::rotary::Rotary;

pub(crate) struct Network {
    embedding: Tensor, // [V, D]
    layers: Vec<Layer>,
    norm: Norm,
    head: Option<Tensor>, // [V, D]; the embedding itself when tied
    frequencies: Tensor,  // [E/2], float32
}

impl Network {
    pub(crate) fn new(config: &ModelConfig, tensors: &NamedTensors) -> Result<Self, ModelError> {
        let layer = |index| Layer::new(config, tensors, &format!("model.layers.{index}"));
        let embedding = tensors.get(EMBEDDING)?;
        let head = if config.tie_word_embeddings {
            Some(embedding.shallow_clone())
        } else {
            tensors.find(HEAD)
        };
        let frequencies =
            Tensor::f_from_slice(&config.rotary_frequencies())?.f_to_device(embedding.device())?;
        Ok(Self {
            embedding,
            layers: (0..config.num_hidden_layers)
                .map(layer)
                .collect::<Result<_, _>>()?,
            norm: Norm::new(config, tensors, "model.norm")?,
            head,
            frequencies,
        })
    }

    /// `token_ids` `[..]` int64, `positions` int64 that broadcast to `[..]` from the right; gives
    /// `[.., hidden]` after the final norm.
    pub(crate) fn hidden(
        &self,
        token_ids: &Tensor,
        positions: &Tensor,
        attention: &mut dyn Attention,
    ) -> Result<Tensor, ModelError> {
        let rotary = self.rotary(positions)?;
        let x = self.embed(token_ids)?;
        let x = self.layers(0..self.layers.len(), x, &rotary, attention)?;
        self.final_norm(&x)
    }

    /// The rotation of each position, which all layers share.
    pub(crate) fn rotary(&self, positions: &Tensor) -> Result<Rotary, ModelError> {
        Rotary::new(positions, &self.frequencies, self.embedding.kind())
    }

    /// The residual stream before the first layer, `[.., D]`.
    pub(crate) fn embed(&self, token_ids: &Tensor) -> Result<Tensor, ModelError> {
        let table = &self.embedding;
        Ok(Tensor::f_embedding(table, token_ids, -1, false, false)?)
    }

    /// Takes the residual stream `[.., D]` through some layers.
    pub(crate) fn layers(
        &self,
        layers: Range<usize>,
        mut x: Tensor,
        rotary: &Rotary,
        attention: &mut dyn Attention,
    ) -> Result<Tensor, ModelError> {
        for index in layers {
            x = self.layers[index].forward(index, &x, rotary, attention)?;
        }
        Ok(x)
    }

    /// The residual stream after the last layer, normed, `[.., D]`.
    pub(crate) fn final_norm(&self, x: &Tensor) -> Result<Tensor, ModelError> {
        self.norm.forward(x)
    }

    /// The output head `[vocab, hidden]`, where it was loaded.
    pub(crate) fn head(&self) -> Option<&Tensor> {
        self.head.as_ref()
    }
}

struct Layer {
    input_layernorm: Norm,
    self_attn: SelfAttention,
    post_attention_layernorm: Norm,
    mlp: Mlp,
}

impl Layer {
    fn new(config: &ModelConfig, tensors: &NamedTensors, name: &str) -> Result<Self, ModelError> {
        Ok(Self {
            input_layernorm: Norm::new(config, tensors, &format!("{name}.input_layernorm"))?,
            self_attn: SelfAttention::new(config, tensors, &format!("{name}.self_attn"))?,
            post_attention_layernorm: Norm::new(
                config,
                tensors,
                &format!("{name}.post_attention_layernorm"),
            )?,
            mlp: Mlp::new(tensors, &format!("{name}.mlp"))?,
        })
    }

    fn forward(
        &self,
        index: usize,
        x: &Tensor,
        rotary: &Rotary,
        attention: &mut dyn Attention,
    ) -> Result<Tensor, ModelError> {
        let normed = self.input_layernorm.forward(x)?;
        let x = x.f_add(&self.self_attn.forward(index, &normed, rotary, attention)?)?;
        let normed = self.post_attention_layernorm.forward(&x)?;
        Ok(x.f_add(&self.mlp.forward(&normed)?)?)
    }
}

struct SelfAttention {
    query: Linear,            // [H*E, D]
    key: Linear,              // [G*E, D]
    value: Linear,            // [G*E, D]
    output: Linear,           // [D, H*E]
    query_norm: Option<Norm>, // [E]
    key_norm: Option<Norm>,   // [E]
    head_dim: i64,
}

impl SelfAttention {
    fn new(config: &ModelConfig, tensors: &NamedTensors, name: &str) -> Result<Self, ModelError> {
        let projection = |short: &str| {
            let name = format!("{name}.{short}_proj");
            if config.qkv_bias {
                Linear::biased(tensors, &name)
            } else {
                Linear::plain(tensors, &name)
            }
        };
        let norm = |short: &str| {
            let norm = || Norm::new(config, tensors, &format!("{name}.{short}_norm"));
            config.qk_norm.then(norm).transpose()
        };
        Ok(Self {
            query: projection("q")?,
            key: projection("k")?,
            value: projection("v")?,
            output: Linear::plain(tensors, &format!("{name}.o_proj"))?,
            query_norm: norm("q")?,
            key_norm: norm("k")?,
            head_dim: config.head_dim as i64,
        })
    }

    fn forward(
        &self,
        layer: usize,
        x: &Tensor,
        rotary: &Rotary,
        attention: &mut dyn Attention,
    ) -> Result<Tensor, ModelError> {
        let query = self.heads(&self.query.forward(x)?)?; // [.., H, E]
        let query = rotary.turn(&normed(query, self.query_norm.as_ref())?)?;
        let key = self.heads(&self.key.forward(x)?)?; // [.., G, E]
        let key = rotary.turn(&normed(key, self.key_norm.as_ref())?)?;
        let value = self.heads(&self.value.forward(x)?)?; // [.., G, E]
        let mixed = attention.attend(layer, &query, &key, &value)?; // [.., H*E]
        self.output.forward(&mixed)
    }

    /// `[.., heads * E]` -> `[.., heads, E]`
    fn heads(&self, x: &Tensor) -> Result<Tensor, ModelError> {
        Ok(x.f_unflatten(-1, [-1, self.head_dim])?)
    }
}

fn normed(heads: Tensor, norm: Option<&Norm>) -> Result<Tensor, ModelError> {
    match norm {
        Some(norm) => norm.forward(&heads),
        None => Ok(heads),
    }
}

/// SwiGLU (Shazeer 2020, arXiv 2002.05202): down(silu(gate(x)) * up(x)).
struct Mlp {
    gate: Linear, // [F, D]
    up: Linear,   // [F, D]
    down: Linear, // [D, F]
}

impl Mlp {
    fn new(tensors: &NamedTensors, name: &str) -> Result<Self, ModelError> {
        Ok(Self {
            gate: Linear::plain(tensors, &format!("{name}.gate_proj"))?,
            up: Linear::plain(tensors, &format!("{name}.up_proj"))?,
            down: Linear::plain(tensors, &format!("{name}.down_proj"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor, ModelError> {
        let inner = self
            .gate
            .forward(x)?
            .f_silu()?
            .f_mul(&self.up.forward(x)?)?; // [.., F]
        self.down.forward(&inner)
    }
}

struct Linear {
    weight: Tensor,       // [out, in]
    bias: Option<Tensor>, // [out]
}

impl Linear {
    fn plain(tensors: &NamedTensors, name: &str) -> Result<Self, ModelError> {
        Ok(Self {
            weight: tensors.get(&format!("{name}.weight"))?,
            bias: None,
        })
    }

    fn biased(tensors: &NamedTensors, name: &str) -> Result<Self, ModelError> {
        let bias = Some(tensors.get(&format!("{name}.bias"))?);
        Ok(Self {
            bias,
            ..Self::plain(tensors, name)?
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor, ModelError> {
        Ok(x.f_linear(&self.weight, self.bias.as_ref())?)
    }
}

/// RMSNorm (Zhang and Sennrich 2019, arXiv 1910.07467): x / sqrt(mean(x^2) + eps) * weight, the
/// root in float32 whatever the type of x.
struct Norm {
    weight: Tensor, // [D], or [E] for one head
    eps: f64,
}

impl Norm {
    fn new(config: &ModelConfig, tensors: &NamedTensors, name: &str) -> Result<Self, ModelError> {
        let weight = tensors.get(&format!("{name}.weight"))?;
        Ok(Self {
            weight,
            eps: config.rms_norm_eps,
        })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor, ModelError> {
        let wide = x.f_to_kind(Kind::Float)?;
        let mean_square = wide
            .f_square()?
            .f_mean_dim([-1i64].as_slice(), true, Kind::Float)?;
        let scale = mean_square.f_add_scalar(self.eps)?.f_rsqrt()?; // [.., 1]
        Ok(wide
            .f_mul(&scale)?
            .f_to_kind(x.kind())?
            .f_mul(&self.weight)?)
    }
}
