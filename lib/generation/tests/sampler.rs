//! The sampler against distributions computed in float64, and its keyed random numbers.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use generation::{Drawn, Sampler, Sampling};
use keyed::uniform;
use proptest::prelude::*;

/// Probabilities after temperature, top-k and top-p, by the definition.
fn distribution(logits: &[f32], sampling: Sampling) -> Vec<f64> {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let weight =
        |logit: &f32| (f64::from(logit - greatest) / f64::from(sampling.temperature)).exp();
    let mut weights: Vec<f64> = logits.iter().map(weight).collect();
    let mut order: Vec<usize> = (0..logits.len()).collect();
    order.sort_by(|a, b| logits[*b].total_cmp(&logits[*a]).then(a.cmp(b)));
    if sampling.top_k > 0 {
        order.truncate(sampling.top_k);
    }
    let whole: f64 = order.iter().map(|token| weights[*token]).sum();
    let mut sum = 0.0;
    let enough = order.iter().position(|token| {
        sum += weights[*token];
        sum >= whole * f64::from(sampling.top_p)
    });
    order.truncate(enough.map_or(order.len(), |last| last + 1));
    let kept: f64 = order.iter().map(|token| weights[*token]).sum();
    for (token, weight) in weights.iter_mut().enumerate() {
        *weight = if order.contains(&token) {
            *weight / kept
        } else {
            0.0
        };
    }
    weights
}

#[test]
fn frequencies_follow_the_distribution() {
    let logits = [0.0f32, 1.0, -1.0, 2.0, 0.5, 0.5, -3.0];
    for sampling in [
        Sampling::default(),
        Sampling {
            temperature: 0.5,
            ..Sampling::default()
        },
        Sampling {
            top_k: 3,
            ..Sampling::default()
        },
        Sampling {
            top_p: 0.7,
            ..Sampling::default()
        },
        Sampling {
            temperature: 2.0,
            top_k: 5,
            top_p: 0.8,
        },
    ] {
        let expected = distribution(&logits, sampling);
        let mut sampler = Sampler::new(sampling);
        let mut counts = [0u32; 7];
        const DRAWS: u32 = 40_000;
        for position in 0..DRAWS {
            let Drawn { token, logprob } = sampler
                .draw(&logits, uniform(7, position as usize))
                .unwrap();
            counts[token as usize] += 1;
            assert!(
                (f64::from(logprob) - expected[token as usize].ln()).abs() < 1e-5,
                "{sampling:?}"
            );
        }
        for (count, share) in counts.iter().zip(&expected) {
            // Five standard deviations of a binomial count.
            let spread = (f64::from(DRAWS) * share * (1.0 - share)).sqrt();
            let gap = (f64::from(*count) - f64::from(DRAWS) * share).abs();
            assert!(
                gap <= 5.0 * spread,
                "{sampling:?}: {count} draws where {share} was expected"
            );
        }
    }
}

#[test]
fn greedy_takes_the_lowest_of_equal_ids_and_is_certain() {
    let mut sampler = Sampler::new(Sampling {
        temperature: 0.0,
        ..Sampling::default()
    });
    let drawn = sampler.draw(&[1.0, 3.0, 3.0, 2.0], 0.99).unwrap();
    assert_eq!(
        drawn,
        Drawn {
            token: 1,
            logprob: 0.0
        }
    );
    assert!(drawn.logprob.is_sign_positive());
}

#[test]
fn logits_that_are_not_finite_are_refused() {
    let mut sampler = Sampler::new(Sampling::default());
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        assert_eq!(sampler.draw(&[0.0, bad, 1.0], 0.5), None);
    }
}

#[test]
fn random_numbers_differ_between_seeds_and_positions() {
    let mut seen: Vec<u64> = (0..100)
        .flat_map(|seed| (0..100).map(move |at| uniform(seed, at).to_bits()))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 10_000);
    let mean: f64 = (0..10_000).map(|at| uniform(-1, at)).sum::<f64>() / 10_000.0;
    assert!((mean - 0.5).abs() < 0.02, "{mean}");
    // The documented construction, so that records can be drawn again elsewhere.
    assert_eq!(uniform(0, 0), uniform(0, 0));
}

proptest! {
    #[test]
    fn draws_are_inverse_cumulative(
        logits in prop::collection::vec(-8.0f32..8.0, 1..700),
        point in 0.0f64..1.0,
        top_k in 0usize..20,
        top_p in 0.05f32..1.0,
    ) {
        for sampling in [Sampling::default(), Sampling { temperature: 0.8, top_k, top_p }] {
            let expected = distribution(&logits, sampling);
            let drawn = Sampler::new(sampling).draw(&logits, point).unwrap();
            let token = drawn.token as usize;
            let below: f64 = expected[..token].iter().sum();
            // Rounding may move a boundary by a few parts in ten million.
            prop_assert!(below <= point + 1e-5 && point <= below + expected[token] + 1e-5);
            prop_assert!((f64::from(drawn.logprob) - expected[token].ln()).abs() < 1e-4);
        }
    }
}
