//! A decoder's weights, packed for the kernels. Knows nothing about sequences.

use std::sync::Arc;

use checkpoints::{ModelConfig, Weights, WeightsError};

use crate::head_norms::HeadNorms;
use crate::packed::Packed;
use crate::rotary::Rotary;
use crate::simd::{Block, LANES, Level};

/// The weights of a decoder in float32, shared by all engines that run it.
pub struct Model {
    pub(crate) shape: Shape,
    pub(crate) level: Level,
    pub(crate) layers: Vec<Layer>,
    pub(crate) norm: Vec<f32>,
    /// `[vocab, hidden]`; absent where the head's packed matrix is the embedding too.
    embedding: Option<Vec<f32>>,
    pub(crate) head: Packed,
    pub(crate) rotary: Rotary,
}

/// The sizes that the forward pass needs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub vocab: usize,
    pub hidden: usize,
    pub inner: usize,
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    pub layers: usize,
    pub context: usize,
    pub epsilon: f32,
}

impl Shape {
    pub fn query_width(&self) -> usize {
        self.heads * self.head_dim
    }

    pub fn kv_width(&self) -> usize {
        self.kv_heads * self.head_dim
    }

    /// Width of the fused projection: queries, keys, values.
    pub fn qkv_width(&self) -> usize {
        self.query_width() + 2 * self.kv_width()
    }

    /// Floats of one head of one layer in a block of positions: keys, then values.
    pub fn head_block(&self) -> usize {
        2 * self.head_dim * LANES
    }

    /// Vectors in a block of positions, all layers and heads.
    pub fn cache_block(&self) -> usize {
        self.layers * self.kv_heads * self.head_block() / LANES
    }
}

pub(crate) struct Layer {
    pub input_norm: Vec<f32>,
    pub qkv: Packed,
    pub head_norms: Option<HeadNorms>,
    pub output: Packed,
    pub mlp_norm: Vec<f32>,
    /// Gate columns, then up columns.
    pub gate_up: Packed,
    pub down: Packed,
}

impl Model {
    /// Packs the weights of a checkpoint for this processor's fastest instructions.
    ///
    /// `context` bounds the positions that can be computed.
    pub fn load(
        weights: &Weights,
        config: &ModelConfig,
        context: usize,
    ) -> Result<Arc<Self>, WeightsError> {
        Self::load_at(weights, config, context, Level::detect())
    }

    /// The same at a chosen level, which must be one of [`Level::available`].
    pub fn load_at(
        weights: &Weights,
        config: &ModelConfig,
        context: usize,
        level: Level,
    ) -> Result<Arc<Self>, WeightsError> {
        let level = if Level::available().contains(&level) {
            level
        } else {
            Level::detect()
        };
        weights.check(config)?;
        let shape = shape(config, context);
        let layers = (0..shape.layers)
            .map(|layer| Layer::load(weights, config, layer))
            .collect::<Result<_, _>>()?;
        let embedding = weights.f32("model.embed_tokens.weight")?;
        let tied = config.tie_word_embeddings;
        let head = if tied {
            Packed::stack(&[&embedding], shape.hidden)
        } else {
            Packed::stack(&[&weights.f32("lm_head.weight")?], shape.hidden)
        };
        Ok(Arc::new(Self {
            shape,
            level,
            layers,
            norm: weights.f32("model.norm.weight")?,
            embedding: (!tied).then_some(embedding),
            head,
            rotary: Rotary::new(&config.rope, shape.head_dim, context),
        }))
    }

    /// Number of ids that can be predicted.
    pub fn vocab_size(&self) -> usize {
        self.shape.vocab
    }

    /// Longest sequence.
    pub fn context(&self) -> usize {
        self.shape.context
    }

    /// Bytes of the matrices that one decoding step reads.
    pub fn bytes(&self) -> usize {
        let layers = self
            .layers
            .iter()
            .map(|l| l.qkv.bytes() + l.output.bytes() + l.gate_up.bytes() + l.down.bytes());
        layers.sum::<usize>() + self.head.bytes()
    }

    /// Bytes of keys and values of one position.
    pub fn cache_bytes_per_token(&self) -> usize {
        self.shape.cache_block() * size_of::<Block>() / LANES
    }

    /// Writes the embedding of `token` to `row`.
    pub(crate) fn embed(&self, token: usize, row: &mut [f32]) {
        match &self.embedding {
            Some(table) => row.copy_from_slice(&table[token * row.len()..][..row.len()]),
            None => {
                let panel = self.head.panel(token / LANES);
                for (value, block) in row.iter_mut().zip(panel) {
                    *value = block.0[token % LANES];
                }
            }
        }
    }
}

fn shape(config: &ModelConfig, context: usize) -> Shape {
    Shape {
        vocab: config.vocab_size,
        hidden: config.hidden_size,
        inner: config.intermediate_size,
        heads: config.num_attention_heads,
        kv_heads: config.num_key_value_heads,
        head_dim: config.head_dim,
        layers: config.num_hidden_layers,
        context,
        epsilon: config.rms_norm_eps as f32,
    }
}

impl Layer {
    fn load(weights: &Weights, config: &ModelConfig, layer: usize) -> Result<Self, WeightsError> {
        let hidden = config.hidden_size;
        let tensor = |name: &str| weights.f32(&format!("model.layers.{layer}.{name}"));
        let (q, k, v) = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj");
        let matrix = |name: &str| tensor(&format!("{name}.weight"));
        let bias = |name: &str| tensor(&format!("{name}.bias"));
        let mut qkv = Packed::stack(&[&matrix(q)?, &matrix(k)?, &matrix(v)?], hidden);
        if config.qkv_bias {
            qkv = qkv.with_bias(&[&bias(q)?, &bias(k)?, &bias(v)?]);
        }
        let head_norms = || {
            Ok(HeadNorms {
                query: matrix("self_attn.q_norm")?,
                key: matrix("self_attn.k_norm")?,
            })
        };
        Ok(Self {
            input_norm: matrix("input_layernorm")?,
            qkv,
            head_norms: config.qk_norm.then(head_norms).transpose()?,
            output: Packed::stack(
                &[&matrix("self_attn.o_proj")?],
                config.num_attention_heads * config.head_dim,
            ),
            mlp_norm: matrix("post_attention_layernorm")?,
            gate_up: Packed::stack(
                &[&matrix("mlp.gate_proj")?, &matrix("mlp.up_proj")?],
                hidden,
            ),
            down: Packed::stack(&[&matrix("mlp.down_proj")?], config.intermediate_size),
        })
    }
}
