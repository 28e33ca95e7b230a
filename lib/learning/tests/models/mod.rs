//! Small networks with fixed numbers for weights.
#![allow(clippy::unwrap_used)]

use checkpoints::{
    Dtype, ModelConfig, OutgoingTensor, Parameter, Rope, RopeScaling, Weights, write_safetensors,
};

pub const HIDDEN: usize = 8;

pub fn config(vocab_size: usize, layers: usize, tied: bool) -> ModelConfig {
    ModelConfig {
        vocab_size,
        hidden_size: HIDDEN,
        intermediate_size: 12,
        num_hidden_layers: layers,
        num_attention_heads: 2,
        num_key_value_heads: 1,
        head_dim: 4,
        max_position_embeddings: 16,
        rms_norm_eps: 1e-6,
        qkv_bias: true,
        qk_norm: false,
        rope: Rope {
            theta: 10_000.0,
            scaling: RopeScaling::Unscaled,
        },
        tie_word_embeddings: tied,
        dtype: None,
        eos_token_ids: vec![],
    }
}

/// Weights whose matrices' rows hold the numbers of the row that `row` names (parameter, own row).
pub fn weights(parameters: Vec<Parameter>, row: impl Fn(&Parameter, usize) -> usize) -> Weights {
    let folder = tempfile::tempdir().unwrap();
    let tensors = parameters.into_iter().map(|parameter| {
        let width = parameter.shape.iter().product::<usize>() / parameter.shape[0];
        let elements = (0..parameter.shape[0]).flat_map(|own| {
            let from = row(&parameter, own);
            (0..width).map(move |column| from * width + column)
        });
        let numbers: Vec<u8> = elements
            .flat_map(|at| number(&parameter.name, at).to_le_bytes())
            .collect();
        OutgoingTensor::from_bytes(parameter.name.clone(), Dtype::F32, parameter.shape, numbers)
    });
    let path = folder.path().join("model.safetensors");
    write_safetensors(&path, tensors.collect(), &[]).unwrap();
    Weights::open(folder.path()).unwrap()
}

/// Element `at` of a tensor: fixed numbers between -1 and 1.
fn number(name: &str, at: usize) -> f32 {
    let key = name.bytes().fold(at as u32 + 1, |key, byte| {
        key.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    (key.wrapping_mul(2_654_435_761) >> 8) as f32 / (1 << 23) as f32 - 1.0
}
