//! Random weights for a model that starts from nothing.

use checkpoints::{Dtype, ModelConfig, OutgoingTensor, Parameter};
use tch::{Device, Kind, Tensor};

/// Weights as the family's authors draw them: matrices from a normal distribution with mean 0 and
/// standard deviation `deviation`, norm weights 1, biases 0.
///
/// The stream of each parameter is keyed by `seed` and its place in the checkpoint's order.
pub fn random_weights(
    config: &ModelConfig,
    deviation: f64,
    seed: u64,
) -> Vec<OutgoingTensor<'static>> {
    let parameters = config.parameters().into_iter().enumerate();
    parameters
        .map(|(index, parameter)| {
            let Parameter { name, shape } = parameter;
            let (key, dims) = (
                seed.wrapping_mul(1_000_003).wrapping_add(index as u64),
                shape.clone(),
            );
            let is_bias = name.ends_with(".bias");
            OutgoingTensor::lazy(name, Dtype::F32, shape, move || {
                let numbers = Vec::<f32>::try_from(draw(&dims, is_bias, deviation, key))?;
                Ok(numbers
                    .iter()
                    .flat_map(|number| number.to_le_bytes())
                    .collect::<Vec<u8>>()
                    .into())
            })
        })
        .collect()
}

/// The elements of one parameter, `[elements]` float32.
fn draw(shape: &[usize], is_bias: bool, deviation: f64, key: u64) -> Tensor {
    let elements = shape.iter().product::<usize>() as i64;
    let options = (Kind::Float, Device::Cpu);
    match (shape.len(), is_bias) {
        (_, true) => Tensor::zeros([elements], options),
        (1, false) => Tensor::ones([elements], options),
        _ => {
            tch::manual_seed(key as i64);
            Tensor::randn([elements], options) * deviation
        }
    }
}
