//! A decoder restricted to a part of its ids against one that has no others.
#![allow(clippy::unwrap_used)]

mod models;

use checkpoints::{EMBEDDING, HEAD};
use learning::batch::padded::Padded;
use learning::batch::tokens::Selection;
use learning::train::execution::Execution;
use learning::train::forward::PolicyPass;
use learning::train::head::Entropy;
use models::{HIDDEN, config, weights};
use tch::{Device, Kind, Tensor};
use transformer::Decoder;

/// A decoder whose id `i` has the rows of `rows[i]` in embedding and head.
fn decoder(rows: &[usize]) -> Decoder {
    let config = config(rows.len(), 1, false);
    let weights = weights(config.parameters(), |parameter, row| {
        let by_id = [EMBEDDING, HEAD].contains(&parameter.name.as_str());
        if by_id { rows[row] } else { row }
    });
    Decoder::load(&weights, &config, Device::Cpu, Kind::Float, true).unwrap()
}

/// Log-probabilities, entropies and the gradient of the head under a loss of both.
fn outcome(decoder: &Decoder, ids: &[i32]) -> (Vec<f32>, Vec<f32>, Vec<f32>) {
    let rows = [Selection {
        ids,
        positions: &[1, 2, 3, 4],
    }];
    let batch = Padded::new(&rows, Device::Cpu);
    let execution = Execution::on(Device::Cpu, 1);
    let pass = PolicyPass::forward(decoder, &batch, Entropy::Differentiate, &execution).unwrap();
    let outputs = pass.outputs();
    let entropy = outputs.entropy.unwrap();
    let loss = outputs.logprobs.sum(Kind::Float) + entropy.square().sum(Kind::Float);
    let (place, gradient) = pass.differentiate(&loss).unwrap().remove(0);
    assert_eq!(decoder.parameters()[place].0, "lm_head.weight");
    let numbers = |tensor: &Tensor| Vec::<f32>::try_from(tensor.detach().reshape(-1)).unwrap();
    (
        numbers(&outputs.logprobs),
        numbers(&entropy),
        numbers(&gradient),
    )
}

fn close(ours: &[f32], expected: &[f32]) {
    assert_eq!(ours.len(), expected.len());
    for (ours, expected) in ours.iter().zip(expected) {
        assert!((ours - expected).abs() < 1e-5, "{ours} and {expected}");
    }
}

#[test]
fn probabilities_entropies_and_gradients_are_those_of_the_ids_that_are_left() {
    // Six ids with a meaning among eleven: two gaps, three of padding. The others stand where these are left out.
    let known = [0, 1, 3, 4, 6, 7];
    let (alone, all) = (decoder(&known), decoder(&(0..11).collect::<Vec<_>>()));
    let gapped = all.restricted(8, &[2, 5]).unwrap();
    let (compact, ids) = ([0, 5, 2, 2, 4], [0, 7, 3, 3, 6]);
    let (logprobs, entropy, gradient) = outcome(&alone, &compact);
    for decoder in [&gapped, &gapped.leaf_copy().unwrap()] {
        let (our_logprobs, our_entropy, our_gradient) = outcome(decoder, &ids);
        close(&our_logprobs, &logprobs);
        close(&our_entropy, &entropy);
        for (id, ours) in our_gradient.chunks(HIDDEN).enumerate() {
            match known.iter().position(|known| *known == id) {
                Some(row) => close(ours, &gradient[row * HIDDEN..][..HIDDEN]),
                None => assert!(
                    ours.iter().all(|element| *element == 0.0),
                    "id {id}: {ours:?}"
                ),
            }
        }
    }
    // What is left out is no trifle.
    let (unrestricted, ..) = outcome(&decoder(&(0..11).collect::<Vec<_>>()), &ids);
    assert!(
        unrestricted
            .iter()
            .zip(&logprobs)
            .all(|(all, known)| *all < known - 0.01)
    );
}

#[test]
fn the_logits_themselves_are_all_there() {
    let all = decoder(&(0..11).collect::<Vec<_>>());
    let hidden = Tensor::ones([3, HIDDEN as i64], (Kind::Float, Device::Cpu));
    let before = all.logits(&hidden).unwrap();
    assert_eq!(all.known_logits(&hidden).unwrap(), before);
    let restricted = all.restricted(8, &[2]).unwrap();
    assert_eq!(restricted.logits(&hidden).unwrap(), before);
    assert_eq!(restricted.known_logits(&hidden).unwrap().size(), [3, 8]);
}
