//! Small networks with fixed numbers for weights.
#![allow(clippy::unwrap_used)]

use checkpoints::{
    Dtype, ModelConfig, OutgoingTensor, Parameter, Rope, RopeScaling, VALUE_HEAD, Weights,
    write_safetensors,
};
use tch::{Device, Kind};
use transformer::{Critic, Decoder};

pub const LAYERS: usize = 3;

fn config(tied: bool) -> ModelConfig {
    ModelConfig {
        vocab_size: 11,
        hidden_size: 8,
        intermediate_size: 12,
        num_hidden_layers: LAYERS,
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

pub fn decoder(tied: bool) -> Decoder {
    let config = config(tied);
    let weights = weights(config.parameters());
    Decoder::load(&weights, &config, Device::Cpu, Kind::Float, true).unwrap()
}

pub fn critic() -> Critic {
    let config = config(false);
    let mut parameters = config.trunk_parameters();
    parameters.push(Parameter {
        name: VALUE_HEAD.to_owned(),
        shape: vec![1, config.hidden_size],
    });
    Critic::load(
        &weights(parameters),
        &config,
        Device::Cpu,
        Kind::Float,
        true,
    )
    .unwrap()
}

fn weights(parameters: Vec<Parameter>) -> Weights {
    let folder = tempfile::tempdir().unwrap();
    let tensors = parameters.into_iter().map(|parameter| {
        let count = parameter.shape.iter().product();
        let numbers: Vec<u8> = (0..count)
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
