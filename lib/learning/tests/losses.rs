//! The loss fixtures: losses and gradients computed in float64, tolerances from their README.
#![allow(clippy::unwrap_used)]

mod shared;

use fixtures::floats;
use learning::objective::importance::{Importance, Level};
use learning::objective::losses::*;
use learning::objective::reduction::{LossMean, token_weights};
use learning::objective::segments::Segments;
use serde_json::Value;
use shared::{assert_close, fixture_lines, largest};
use tch::{Device, Kind, Tensor};

/// One sequence's numbers at its policy tokens only, laid end to end, and the policy tokens of each.
fn selected(case: &Value, field: &str) -> (Vec<f32>, Vec<usize>) {
    let mut flat = Vec::new();
    let mut counts = Vec::new();
    for sequence in case["sequences"].as_array().unwrap() {
        let mask = floats(&sequence["mask"]);
        let kept = floats(&sequence[field])
            .into_iter()
            .zip(&mask)
            .filter(|(_, kept)| **kept == 1.0);
        let before = flat.len();
        flat.extend(kept.map(|(number, _)| number as f32));
        counts.push(flat.len() - before);
    }
    (flat, counts)
}

fn tensor(case: &Value, field: &str) -> Tensor {
    Tensor::from_slice(&selected(case, field).0)
}

fn weights(case: &Value, mean: LossMean) -> Tensor {
    let (_, counts) = selected(case, "mask");
    let everything = vec![(0..counts.len()).collect()];
    let of_dialogue = token_weights(mean, &counts, &everything);
    let per_token: Vec<f32> = counts
        .iter()
        .zip(&of_dialogue)
        .flat_map(|(&count, &weight)| std::iter::repeat_n(weight as f32, count))
        .collect();
    Tensor::from_slice(&per_token)
}

/// Expected gradient at the policy tokens, after checking that it is 0 elsewhere.
fn expected_gradient(case: &Value, gradients: &Value) -> Vec<f64> {
    let mut flat = Vec::new();
    for (sequence, gradient) in case["sequences"]
        .as_array()
        .unwrap()
        .iter()
        .zip(gradients.as_array().unwrap())
    {
        for (mask, gradient) in floats(&sequence["mask"]).iter().zip(floats(gradient)) {
            match *mask {
                1.0 => flat.push(gradient),
                _ => assert_eq!(gradient, 0.0),
            }
        }
    }
    flat
}

fn check_gradient(leaf: &Tensor, expected: &[f64], label: &str) {
    let bound = 5e-6 * largest(expected);
    let actual: Vec<f64> = Vec::try_from(leaf.grad().to_kind(Kind::Double)).unwrap();
    assert_eq!(actual.len(), expected.len());
    for (actual, expected) in actual.iter().zip(expected) {
        assert!(
            (actual - expected).abs() <= bound,
            "{label}: {actual} against {expected}"
        );
    }
}

fn policy_tokens(case: &Value, mean: LossMean) -> PolicyTokens {
    PolicyTokens {
        logprobs: tensor(case, "log_probs").set_requires_grad(true),
        entropy: None,
        old_logprobs: tensor(case, "old_log_probs"),
        reference_logprobs: Some(tensor(case, "ref_log_probs")),
        rollout_logprobs: None,
        advantages: tensor(case, "advantages"),
        weights: weights(case, mean),
        dialogues: Segments::new(&selected(case, "mask").1, Device::Cpu),
    }
}

fn settings(case: &Value, kl_estimator: KlEstimator) -> PolicyLossSettings {
    let clip = case["clip_eps"].as_f64().unwrap();
    PolicyLossSettings {
        surrogate: Surrogate::Ppo,
        ratio: Level::Token,
        clip_low: clip,
        clip_high: clip,
        dual_clip: None,
        importance: None,
        kl_coefficient: case["kl_coef"].as_f64().unwrap(),
        kl_estimator,
        entropy_coefficient: 0.0,
    }
}

#[test]
fn policy_losses_and_gradients_match_the_fixture() {
    let Some(cases) = fixture_lines("ppo_loss.jsonl") else {
        return;
    };
    let combinations = [
        ("token_mean_k3", LossMean::Token, KlEstimator::K3),
        ("token_mean_k1", LossMean::Token, KlEstimator::K1),
        ("seq_mean_k3", LossMean::Sequence, KlEstimator::K3),
        ("seq_mean_k1", LossMean::Sequence, KlEstimator::K1),
    ];
    let mut checked = 0;
    for case in cases.iter().filter(|case| case["kind"] == "policy") {
        for (name, mean, estimator) in combinations {
            let label = format!("{} {name}", case["id"]);
            let expected = &case["expected"][name];
            let tokens = policy_tokens(case, mean);
            let loss = policy_loss(&tokens, &settings(case, estimator));
            for (field, tensor) in [
                ("policy_loss", &loss.policy),
                ("kl", &loss.kl),
                ("total_loss", &loss.total),
            ] {
                assert_close(
                    tensor.double_value(&[]),
                    &expected[field],
                    1e-6,
                    2e-5,
                    &label,
                );
            }
            let clip_fraction = (&loss.outside * &tokens.weights).sum(Kind::Double);
            let mean_name = if mean == LossMean::Token {
                "token_mean"
            } else {
                "seq_mean"
            };
            assert_close(
                clip_fraction.double_value(&[]),
                &case["clip_fraction"][mean_name],
                1e-6,
                0.0,
                &label,
            );
            let distance = ((&loss.ratio - 1.0).abs() * &tokens.weights).sum(Kind::Double);
            assert_close(
                distance.double_value(&[]),
                &case["mean_abs_ratio_minus_1"][mean_name],
                1e-6,
                2e-5,
                &label,
            );
            loss.total.backward();
            check_gradient(
                &tokens.logprobs,
                &expected_gradient(case, &expected["grad_log_probs"]),
                &label,
            );
            checked += 1;
        }
    }
    assert!(checked >= 100, "only {checked} combinations found");
}

#[test]
fn value_losses_and_gradients_match_the_fixture() {
    let Some(cases) = fixture_lines("ppo_loss.jsonl") else {
        return;
    };
    let mut checked = 0;
    for case in cases.iter().filter(|case| case["kind"] == "value") {
        let range = case["value_clip"].as_f64().unwrap();
        for (name, mean, clip) in [
            ("token_mean_clip", LossMean::Token, Some(range)),
            ("token_mean_noclip", LossMean::Token, None),
            ("seq_mean_clip", LossMean::Sequence, Some(range)),
            ("seq_mean_noclip", LossMean::Sequence, None),
        ] {
            let label = format!("{} {name}", case["id"]);
            let expected = &case["expected"][name];
            let tokens = ValueTokens {
                values: tensor(case, "values").set_requires_grad(true),
                old_values: tensor(case, "old_values"),
                returns: tensor(case, "returns"),
                weights: weights(case, mean),
            };
            let loss = value_loss(&tokens, clip);
            assert_close(
                loss.double_value(&[]),
                &expected["value_loss"],
                1e-6,
                1e-5,
                &label,
            );
            loss.backward();
            check_gradient(
                &tokens.values,
                &expected_gradient(case, &expected["grad_values"]),
                &label,
            );
            checked += 1;
        }
    }
    assert!(checked >= 40, "only {checked} combinations found");
}

/// Three tokens with easy numbers; the ratio is `[1, 2, 1/2]`.
fn small_case(advantages: [f32; 3]) -> PolicyTokens {
    let ln2 = std::f32::consts::LN_2;
    PolicyTokens {
        logprobs: Tensor::from_slice(&[-1.0, -1.0, -1.0 - ln2]).set_requires_grad(true),
        entropy: Some(Tensor::from_slice(&[1.0f32, 2.0, 3.0])),
        old_logprobs: Tensor::from_slice(&[-1.0, -1.0 - ln2, -1.0]),
        reference_logprobs: None,
        rollout_logprobs: Some(Tensor::from_slice(&[
            -1.0 - 2.0 * ln2,
            -1.0 - ln2,
            -1.0 + ln2,
        ])),
        advantages: Tensor::from_slice(&advantages),
        weights: Tensor::from_slice(&[1.0f32, 1.0, 1.0]),
        dialogues: Segments::new(&[2, 1], Device::Cpu),
    }
}

fn plain_settings() -> PolicyLossSettings {
    PolicyLossSettings {
        surrogate: Surrogate::Ppo,
        ratio: Level::Token,
        clip_low: 0.2,
        clip_high: 0.28,
        dual_clip: None,
        importance: None,
        kl_coefficient: 0.01,
        kl_estimator: KlEstimator::K2,
        entropy_coefficient: 0.0,
    }
}

fn total(tokens: &PolicyTokens, settings: PolicyLossSettings) -> f64 {
    policy_loss(tokens, &settings).total.double_value(&[])
}

#[test]
fn clip_bounds_are_separate() {
    // min(r A, clip(r) A): 1, then 1.28 (clipped from above), then 1/2 (min keeps it).
    let loss = total(&small_case([1.0, 1.0, 1.0]), plain_settings());
    assert!((loss + 1.0 + 1.28 + 0.5).abs() < 1e-6, "{loss}");
    // Negative advantages: -1, -2 (min keeps it), -0.8 (clipped from below).
    let loss = total(&small_case([-1.0, -1.0, -1.0]), plain_settings());
    assert!((loss - 1.0 - 2.0 - 0.8).abs() < 1e-6, "{loss}");
}

#[test]
fn dual_clip_bounds_the_loss_at_negative_advantages_only() {
    let settings = PolicyLossSettings {
        dual_clip: Some(1.5),
        ..plain_settings()
    };
    let loss = total(&small_case([-1.0, -1.0, -1.0]), settings);
    assert!((loss - 1.0 - 1.5 - 0.8).abs() < 1e-6, "{loss}");
    let loss = total(&small_case([1.0, 1.0, 1.0]), settings);
    assert!((loss + 1.0 + 1.28 + 0.5).abs() < 1e-6, "{loss}");
}

#[test]
fn importance_weights_are_capped_and_constant() {
    // exp(old - rollout) = 4, 1, 1/2, capped at 2.
    let settings = PolicyLossSettings {
        importance: Some(Importance {
            level: Level::Token,
            cap: Some(2.0),
            bounds: None,
        }),
        ..plain_settings()
    };
    let tokens = small_case([1.0, 1.0, 1.0]);
    let loss = policy_loss(&tokens, &settings);
    assert!((loss.total.double_value(&[]) + 2.0 + 1.28 + 0.25).abs() < 1e-6);
    loss.total.backward();
    // d/d log pi of -s r A: -2, 0 (clipped), -1/2 * 1/2.
    let gradient: Vec<f64> = Vec::try_from(tokens.logprobs.grad().to_kind(Kind::Double)).unwrap();
    for (actual, expected) in gradient.iter().zip([-2.0, 0.0, -0.25]) {
        assert!((actual - expected).abs() < 1e-6, "{gradient:?}");
    }
}

#[test]
fn entropy_bonus_lowers_the_loss() {
    let tokens = small_case([1.0, 1.0, 1.0]);
    let without = total(&tokens, plain_settings());
    let with = total(
        &tokens,
        PolicyLossSettings {
            entropy_coefficient: 0.1,
            ..plain_settings()
        },
    );
    assert!((without - with - 0.6).abs() < 1e-6);
}

#[test]
fn kl_estimators_agree_to_second_order() {
    let d = Tensor::from_slice(&[0.0f32, 0.01, -0.01]);
    for (estimator, expected) in [
        (KlEstimator::K1, [0.0, 0.01, -0.01]),
        (KlEstimator::K2, [0.0, 5e-5, 5e-5]),
        (KlEstimator::K3, [0.0, 4.983e-5, 5.017e-5]),
    ] {
        let actual: Vec<f32> = Vec::try_from(kl_estimate(&d, estimator)).unwrap();
        for (actual, expected) in actual.iter().zip(expected) {
            assert!(
                (actual - expected).abs() < 2e-7,
                "{estimator:?}: {actual} against {expected}"
            );
        }
    }
}

/// One token, `distance` above its old log-probability; and its loss with the gradient.
fn one_token(distance: f32, advantage: f32, settings: PolicyLossSettings) -> (PolicyLoss, f64) {
    let tokens = PolicyTokens {
        logprobs: Tensor::from_slice(&[-0.5f32]).set_requires_grad(true),
        entropy: None,
        old_logprobs: Tensor::from_slice(&[-0.5 - distance]),
        reference_logprobs: None,
        rollout_logprobs: None,
        advantages: Tensor::from_slice(&[advantage]),
        weights: Tensor::from_slice(&[1.0f32]),
        dialogues: Segments::new(&[1], Device::Cpu),
    };
    let loss = policy_loss(&tokens, &settings);
    loss.total.backward();
    let gradient = tokens.logprobs.grad().double_value(&[0]);
    (loss, gradient)
}

/// exp leaves float32 at 88.7: beyond, the clip's gradient would be `0 inf`.
#[test]
fn a_clipped_token_has_gradient_0_however_far_its_ratio_is() {
    for distance in [5.0, 19.0, 85.0, 95.0, 1e4, 3e38] {
        let (loss, gradient) = one_token(distance, 1.0, plain_settings());
        assert_eq!(gradient, 0.0, "{distance}");
        assert!(
            (loss.total.double_value(&[]) + 1.28).abs() < 1e-6,
            "{distance}"
        );
        assert_eq!(
            loss.bounded.double_value(&[0]),
            f64::from(u8::from(distance > 20.0))
        );
    }
}

#[test]
fn a_token_beyond_the_dual_clip_has_gradient_0() {
    let settings = PolicyLossSettings {
        dual_clip: Some(3.0),
        ..plain_settings()
    };
    for distance in [5.0, 85.0, 100.0] {
        let (loss, gradient) = one_token(distance, -1.0, settings);
        assert_eq!(gradient, 0.0, "{distance}");
        assert_eq!(loss.total.double_value(&[]), 3.0);
    }
}

/// Where nothing clips a token, the bound does: `-A exp(20)`, and no gradient beyond.
#[test]
fn the_bound_holds_where_no_clip_does() {
    let (loss, gradient) = one_token(95.0, -1.0, plain_settings());
    assert_eq!(gradient, 0.0);
    let expected = 20f64.exp();
    assert!((loss.total.double_value(&[]) / expected - 1.0).abs() < 1e-6);
    // Within it the gradient is that of the ratio, -A r.
    let (_, gradient) = one_token(2.0, -1.0, plain_settings());
    assert!((gradient / 2f64.exp() - 1.0).abs() < 1e-6, "{gradient}");
    // Far below, the ratio is all but 0.
    let (loss, gradient) = one_token(-95.0, 1.0, plain_settings());
    assert_eq!((gradient, loss.bounded.double_value(&[0])), (0.0, 1.0));
}

#[test]
fn k3_is_bounded_where_the_reference_is_far_above() {
    let d = Tensor::from_slice(&[-95.0f32, -20.0, -2.0, 95.0]).set_requires_grad(true);
    let estimate = kl_estimate(&d, KlEstimator::K3);
    let found: Vec<f64> = Vec::try_from(estimate.to_kind(Kind::Double)).unwrap();
    let most = 20f64.exp() - 21.0;
    for (found, expected) in found.iter().zip([most, most, 2f64.exp() - 3.0, 94.0]) {
        assert!(
            (found / expected - 1.0).abs() < 1e-6,
            "{found} against {expected}"
        );
    }
    estimate.sum(Kind::Float).backward();
    let gradient: Vec<f64> = Vec::try_from(d.grad().to_kind(Kind::Double)).unwrap();
    // Beyond the bound 0; else 1 - exp(-d).
    assert_eq!((gradient[0], gradient[3]), (0.0, 1.0));
    assert!((gradient[2] - (1.0 - 2f64.exp())).abs() < 1e-5);
}

fn gradient_of(tokens: &PolicyTokens, settings: PolicyLossSettings) -> Vec<f64> {
    policy_loss(tokens, &settings).total.backward();
    Vec::try_from(tokens.logprobs.grad().to_kind(Kind::Double)).unwrap()
}

fn close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (one, other) in found.iter().zip(expected) {
        assert!((one - other).abs() < 1e-6, "{found:?} against {expected:?}");
    }
}

fn corrected(level: Level, cap: Option<f64>, bounds: Option<(f64, f64)>) -> PolicyLossSettings {
    PolicyLossSettings {
        importance: Some(Importance { level, cap, bounds }),
        ..plain_settings()
    }
}

/// Token weights exp(old - rollout) are 4, 1 and 1/2; the first two tokens are one dialogue.
#[test]
fn importance_weights_of_tokens_and_dialogues() {
    let weights = |settings: PolicyLossSettings| -> Vec<f64> {
        let loss = policy_loss(&small_case([1.0; 3]), &settings);
        Vec::try_from(loss.importance.unwrap().to_kind(Kind::Double)).unwrap()
    };
    let (token, sequence) = (Level::Token, Level::Sequence);
    close(&weights(corrected(token, None, None)), &[4.0, 1.0, 0.5]);
    close(
        &weights(corrected(token, None, Some((0.6, 5.0)))),
        &[4.0, 1.0, 0.0],
    );
    close(
        &weights(corrected(token, Some(2.0), Some((0.6, 5.0)))),
        &[2.0, 1.0, 0.0],
    );
    close(&weights(corrected(sequence, None, None)), &[4.0, 4.0, 0.5]);
    close(
        &weights(corrected(sequence, Some(3.0), None)),
        &[3.0, 3.0, 0.5],
    );
    close(
        &weights(corrected(sequence, None, Some((0.0, 3.0)))),
        &[0.0, 0.0, 0.5],
    );
}

#[test]
fn a_dialogue_that_is_left_out_has_no_gradient_from_the_surrogate() {
    let settings = PolicyLossSettings {
        kl_coefficient: 0.0,
        ..corrected(Level::Sequence, None, Some((0.0, 3.0)))
    };
    // The third token: -(1/2) r A = -1/4.
    close(
        &gradient_of(&small_case([1.0; 3]), settings),
        &[0.0, 0.0, -0.25],
    );
}

/// Log-ratios are 0 and ln 2 in the first dialogue, so its ratio is sqrt 2, and ln 1/2 in the second.
#[test]
fn the_ratio_of_a_sequence_is_the_geometric_mean_of_its_tokens() {
    let settings = |clip_high: f64| PolicyLossSettings {
        ratio: Level::Sequence,
        clip_high,
        ..plain_settings()
    };
    let root = 2f64.sqrt();
    let loss = policy_loss(&small_case([1.0; 3]), &settings(0.28));
    close(
        &Vec::<f64>::try_from(loss.ratio.to_kind(Kind::Double)).unwrap(),
        &[root, root, 0.5],
    );
    assert!((loss.total.double_value(&[]) + 1.28 + 1.28 + 0.5).abs() < 1e-6);
    // Unclipped, each token's gradient is its ratio times its advantage; clipped, the whole dialogue has none.
    let gradient = |clip| gradient_of(&small_case([1.0, 2.0, 1.0]), settings(clip));
    close(&gradient(1.0), &[-root, -2.0 * root, -0.5]);
    close(&gradient(0.28), &[0.0, 0.0, -0.5]);
}

/// With one advantage a dialogue and the mean over sequences, the gradient is that of equation 5 written out.
#[test]
fn sequence_ratios_have_the_gradient_of_the_paper() {
    let weights = [1.0 / 4.0, 1.0 / 4.0, 1.0 / 2.0];
    let (advantages, settings) = (
        [0.7f32, 0.7, -1.3],
        PolicyLossSettings {
            ratio: Level::Sequence,
            clip_high: 9.0,
            clip_low: 0.9,
            ..plain_settings()
        },
    );
    let mut tokens = small_case(advantages);
    tokens.weights = Tensor::from_slice(&weights.map(|weight| weight as f32));
    let found = gradient_of(&tokens, settings);
    let plain = small_case(advantages);
    let moved = &plain.logprobs - &plain.old_logprobs;
    let of = |from: i64, count: i64| moved.narrow(0, from, count).mean(Kind::Float).exp();
    // -1/2 (s_1 A_1 + s_2 A_2), two sequences
    let loss = (of(0, 2) * -0.7 + of(2, 1) * 1.3) * 0.5;
    loss.backward();
    let expected: Vec<f64> = Vec::try_from(plain.logprobs.grad().to_kind(Kind::Double)).unwrap();
    close(&found, &expected);
}

/// Every token keeps its gradient, `-sg(clip(r)) A`; ratios are 1, 2 and 1/2.
#[test]
fn cispo_clips_the_weight_and_not_the_gradient() {
    let settings = PolicyLossSettings {
        surrogate: Surrogate::Cispo,
        ..plain_settings()
    };
    let tokens = small_case([1.0, 1.0, -1.0]);
    let loss = policy_loss(&tokens, &settings).total.double_value(&[]);
    // log pi is -1, -1 and -1 - ln 2
    let expected = 1.0 + 1.28 - 0.8 * (1.0 + std::f64::consts::LN_2);
    assert!((loss - expected).abs() < 1e-6, "{loss}");
    close(
        &gradient_of(&small_case([1.0, 1.0, -1.0]), settings),
        &[-1.0, -1.28, 0.8],
    );
}
