//! Which parameters a decoder has, by the names that checkpoints use.
//!
//! The one list from which loading, checking and writing take names and shapes.

use crate::ModelConfig;

/// Name of a critic's value head, `[1, hidden_size]`, no bias.
pub const VALUE_HEAD: &str = "value_head.weight";

/// The embedding `[vocab, hidden]`.
pub const EMBEDDING: &str = "model.embed_tokens.weight";
/// An output head of its own `[vocab, hidden]`.
pub const HEAD: &str = "lm_head.weight";

/// One parameter: its name in the checkpoint and its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub shape: Vec<usize>,
}

impl ModelConfig {
    /// All parameters from the embedding to the head. A tied head is the embedding and is not
    /// listed again.
    pub fn parameters(&self) -> Vec<Parameter> {
        let mut all = self.trunk_parameters();
        if !self.tie_word_embeddings {
            all.push(parameter(HEAD, &[self.vocab_size, self.hidden_size]));
        }
        all
    }

    /// All parameters but an untied head: what a critic shares with its policy.
    pub fn trunk_parameters(&self) -> Vec<Parameter> {
        let matrix = [self.vocab_size, self.hidden_size];
        let mut all = vec![parameter(EMBEDDING, &matrix)];
        for layer in 0..self.num_hidden_layers {
            self.layer_parameters(layer, &mut all);
        }
        all.push(parameter("model.norm.weight", &[self.hidden_size]));
        all
    }

    fn layer_parameters(&self, layer: usize, all: &mut Vec<Parameter>) {
        let (hidden, inner) = (self.hidden_size, self.intermediate_size);
        let query = self.num_attention_heads * self.head_dim;
        let key_value = self.num_key_value_heads * self.head_dim;
        let mut push = |name: &str, shape: &[usize]| {
            all.push(parameter(&format!("model.layers.{layer}.{name}"), shape));
        };
        push("input_layernorm.weight", &[hidden]);
        for (name, width) in [("q", query), ("k", key_value), ("v", key_value)] {
            push(&format!("self_attn.{name}_proj.weight"), &[width, hidden]);
            if self.qkv_bias {
                push(&format!("self_attn.{name}_proj.bias"), &[width]);
            }
        }
        if self.qk_norm {
            push("self_attn.q_norm.weight", &[self.head_dim]);
            push("self_attn.k_norm.weight", &[self.head_dim]);
        }
        push("self_attn.o_proj.weight", &[hidden, query]);
        push("post_attention_layernorm.weight", &[hidden]);
        push("mlp.gate_proj.weight", &[inner, hidden]);
        push("mlp.up_proj.weight", &[inner, hidden]);
        push("mlp.down_proj.weight", &[hidden, inner]);
    }
}

fn parameter(name: &str, shape: &[usize]) -> Parameter {
    Parameter {
        name: name.to_owned(),
        shape: shape.to_vec(),
    }
}
