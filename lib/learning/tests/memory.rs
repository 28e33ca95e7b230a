//! What is kept in memory does not change what is learned: recomputed layers to the last bit, portions of the head to
//! rounding.
#![allow(clippy::unwrap_used)]

mod models;

use checkpoints::{Parameter, VALUE_HEAD};
use learning::batch::padded::Padded;
use learning::batch::tokens::Selection;
use learning::train::execution::Execution;
use learning::train::forward::{CriticPass, Parts, PolicyPass, policy_outputs};
use learning::train::head::Entropy;
use models::{HIDDEN, config, weights};
use tch::{Device, Kind, Tensor};
use transformer::{Critic, Decoder};

const LAYERS: usize = 3;

fn decoder(tied: bool) -> Decoder {
    let config = config(11, LAYERS, tied);
    let weights = weights(config.parameters(), |_, row| row);
    Decoder::load(&weights, &config, Device::Cpu, Kind::Float, true).unwrap()
}

fn critic() -> Critic {
    let config = config(11, LAYERS, false);
    let mut parameters = config.trunk_parameters();
    parameters.push(Parameter {
        name: VALUE_HEAD.to_owned(),
        shape: vec![1, HIDDEN],
    });
    let weights = weights(parameters, |_, row| row);
    Critic::load(&weights, &config, Device::Cpu, Kind::Float, true).unwrap()
}

/// Two dialogues of different lengths: five and three tokens to learn from.
fn batch() -> Padded {
    let rows = [
        Selection {
            ids: &[3, 1, 4, 1, 5, 9, 2, 6],
            positions: &[1, 2, 4, 5, 7],
        },
        Selection {
            ids: &[2, 7, 1, 8, 2],
            positions: &[2, 3, 4],
        },
    ];
    Padded::new(&rows, Device::Cpu)
}

fn execution(recomputed_layers: usize, head_tokens: Option<usize>) -> Execution {
    Execution {
        recomputed_layers,
        head_tokens,
        ..Execution::on(Device::Cpu, 1)
    }
}

/// The sum of the parts of each parameter; every parameter must have one.
fn numbers(parts: Parts, parameters: usize) -> Vec<Vec<f32>> {
    let mut sums: Vec<Option<Tensor>> = (0..parameters).map(|_| None).collect();
    for (place, part) in parts {
        sums[place] = Some(match sums[place].take() {
            None => part,
            Some(sum) => sum + part,
        });
    }
    let numbers = |sum: Option<Tensor>| Vec::try_from(sum.unwrap().reshape([-1])).unwrap();
    sums.into_iter().map(numbers).collect()
}

/// Log-probabilities, and gradients of a loss of them and, if wanted, of the entropies.
fn of_policy(tied: bool, entropy: Entropy, execution: &Execution) -> (Vec<f32>, Vec<Vec<f32>>) {
    let (decoder, batch) = (decoder(tied), batch());
    let pass = PolicyPass::forward(&decoder, &batch, entropy, execution).unwrap();
    let outputs = pass.outputs();
    let weights = Tensor::arange(8, (Kind::Float, Device::Cpu)) - 3.5;
    let mut loss = (outputs.logprobs.exp() * &weights).sum(Kind::Float);
    match (entropy, &outputs.entropy) {
        (Entropy::Differentiate, Some(entropy)) => {
            loss += (entropy.square() * &weights).sum(Kind::Float);
        }
        (Entropy::Measure, Some(entropy)) => assert!(!entropy.requires_grad()),
        _ => {}
    }
    let logprobs = Vec::try_from(outputs.logprobs.detach()).unwrap();
    let parameters = decoder.parameters().len();
    (
        logprobs,
        numbers(pass.differentiate(&loss).unwrap(), parameters),
    )
}

fn of_critic(execution: &Execution) -> Vec<Vec<f32>> {
    let (critic, batch) = (critic(), batch());
    let pass = CriticPass::forward(&critic, &batch, execution).unwrap();
    let loss = (pass.values() - 0.3).square().sum(Kind::Float);
    numbers(
        pass.differentiate(&loss).unwrap(),
        critic.parameters().len(),
    )
}

const ENTROPIES: [Entropy; 3] = [Entropy::Skip, Entropy::Measure, Entropy::Differentiate];

#[test]
fn recomputed_layers_have_the_same_gradients_to_the_last_bit() {
    for (tied, entropy) in [false, true]
        .into_iter()
        .flat_map(|tied| ENTROPIES.map(|entropy| (tied, entropy)))
    {
        let kept = of_policy(tied, entropy, &execution(0, None));
        assert!(
            kept.1
                .iter()
                .all(|part| part.iter().any(|number| *number != 0.0))
        );
        for layers in [1, 2, LAYERS, usize::MAX] {
            assert!(
                of_policy(tied, entropy, &execution(layers, None)) == kept,
                "{layers}"
            );
        }
    }
    let kept = of_critic(&execution(0, None));
    for layers in [1, LAYERS, usize::MAX] {
        assert!(of_critic(&execution(layers, None)) == kept, "{layers}");
    }
}

#[test]
fn portions_of_the_head_add_up() {
    for (tied, entropy) in [false, true]
        .into_iter()
        .flat_map(|tied| ENTROPIES.map(|entropy| (tied, entropy)))
    {
        let (logprobs, gradients) = of_policy(tied, entropy, &execution(0, None));
        for tokens in [1, 3, 7] {
            let portions = execution(1, Some(tokens));
            let (ours, our_gradients) = of_policy(tied, entropy, &portions);
            close(&ours, &logprobs);
            for (ours, whole) in our_gradients.iter().zip(&gradients) {
                close(ours, whole);
            }
            let scored = policy_outputs(&decoder(tied), &batch(), entropy, &portions).unwrap();
            assert!(!scored.logprobs.requires_grad());
            close(&Vec::try_from(scored.logprobs).unwrap(), &logprobs);
        }
        // One portion is the whole.
        assert!(of_policy(tied, entropy, &execution(0, Some(8))) == (logprobs, gradients));
    }
}

fn close(ours: &[f32], expected: &[f32]) {
    assert_eq!(ours.len(), expected.len());
    let largest = expected
        .iter()
        .fold(0f32, |most, number| most.max(number.abs()));
    for (ours, expected) in ours.iter().zip(expected) {
        assert!(
            (ours - expected).abs() <= 2e-5 * largest.max(1.0),
            "{ours} and {expected}"
        );
    }
}
