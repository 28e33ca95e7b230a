//! Schedules and AdamW against the fixtures.
#![allow(clippy::unwrap_used)]

mod shared;

use std::collections::BTreeMap;

use fixtures::floats;
use learning::objective::adamw::{AdamW, AdamWSettings, clip_coefficient, gradient_norm};
use learning::objective::schedule::{Schedule, constant_with_warmup, cosine_with_min_rate};
use safetensors::SafeTensors;
use serde_json::Value;
use shared::{assert_close, fixture_json};
use tch::{Device, Kind, Tensor};

#[test]
fn learning_rates_match_the_fixture() {
    let Some(fixture) = fixture_json("schedule.json") else {
        return;
    };
    for schedule in fixture["schedules"].as_array().unwrap() {
        let peak = schedule["base_lr"].as_f64().unwrap();
        let warmup = schedule["warmup_steps"].as_u64().unwrap();
        for (step, expected) in floats(&schedule["step"])
            .iter()
            .zip(schedule["lr"].as_array().unwrap())
        {
            let step = *step as u64;
            let actual = match schedule["name"].as_str().unwrap() {
                "cosine_with_min_lr" => {
                    let total = schedule["max_steps"].as_u64().unwrap();
                    let floor = schedule["min_lr"].as_f64().unwrap() / peak;
                    cosine_with_min_rate(step, peak, floor, warmup, total)
                }
                _ => constant_with_warmup(step, peak, warmup),
            };
            assert_close(
                actual,
                expected,
                1e-22,
                1e-10,
                &format!("{} step {step}", schedule["note"]),
            );
        }
    }
}

#[test]
fn warm_ups_match_the_fixture() {
    let Some(fixture) = fixture_json("schedule.json") else {
        return;
    };
    for count in fixture["step_counts"].as_array().unwrap() {
        let number = |field: &str| count[field].as_u64().unwrap();
        let schedule = Schedule::cosine(1.0, 0.1, 0.03, number("max_steps"));
        assert_eq!(schedule.warmup_steps, number("warmup_steps"));
    }
}

/// The tensors of the optimiser fixture laid end to end in the order of the json.
struct Flat<'data> {
    file: SafeTensors<'data>,
    names: Vec<(String, i64)>,
}

impl Flat<'_> {
    fn gather(&self, prefix: &str) -> Tensor {
        let parts: Vec<Tensor> = self
            .names
            .iter()
            .map(|(name, _)| {
                let view = self.file.tensor(&format!("{prefix}/{name}")).unwrap();
                Tensor::f_from_data_size(
                    view.data(),
                    &[(view.data().len() / 4) as i64],
                    Kind::Float,
                )
                .unwrap()
            })
            .collect();
        Tensor::cat(&parts, 0)
    }

    fn ranges(&self) -> BTreeMap<&str, std::ops::Range<i64>> {
        let mut start = 0;
        self.names
            .iter()
            .map(|(name, elements)| {
                start += elements;
                (name.as_str(), start - elements..start)
            })
            .collect()
    }
}

fn check(actual: &Tensor, expected: &Tensor, absolute: f64, relative: f64, label: &str) {
    let bound = expected.abs() * relative + absolute;
    let worst = ((actual - expected).abs() - bound).max().double_value(&[]);
    assert!(worst <= 0.0, "{label}: beyond the bound by {worst:e}");
}

fn play(run: &Value, flat: &Flat) {
    let name = run["name"].as_str().unwrap();
    let decay = run["weight_decay"].as_object().unwrap();
    let ranges = flat.ranges();
    let decayed: Vec<_> = decay
        .iter()
        .filter(|(_, rate)| rate.as_f64().unwrap() > 0.0)
        .map(|(name, _)| ranges[name.as_str()].clone())
        .collect();
    let weight_decay = decay
        .values()
        .map(|rate| rate.as_f64().unwrap())
        .fold(0.0, f64::max);
    let parameters = flat.gather("init");
    let settings = AdamWSettings {
        weight_decay,
        ..Default::default()
    };
    let mut optimiser = AdamW::new(settings, parameters.numel() as i64, Device::Cpu);
    for (step, rate) in floats(&run["lr"]).into_iter().enumerate() {
        let gradient = flat.gather(&format!("grad/{step:02}"));
        let norm = gradient_norm(&gradient);
        let label = format!("{name} step {step}");
        assert_close(
            norm,
            &run["grad_norm_before_clip"][step],
            1e-9,
            1e-6,
            &label,
        );
        let coefficient = clip_coefficient(norm, run["max_grad_norm"].as_f64());
        if run["max_grad_norm"].is_number() {
            assert_close(
                coefficient,
                &run["clip_coefficient"][step],
                1e-9,
                1e-6,
                &label,
            );
        }
        optimiser.update(&parameters, &(gradient * coefficient), rate, &decayed);
        if [5, 10, 15, 20].contains(&(step + 1)) {
            let at = format!("{name}/step{:02}", step + 1);
            check(
                &parameters,
                &flat.gather(&format!("{at}/param")),
                2e-6,
                0.0,
                &label,
            );
            check(
                &optimiser.exp_avg,
                &flat.gather(&format!("{at}/exp_avg")),
                1e-8,
                1e-5,
                &label,
            );
            check(
                &optimiser.exp_avg_sq,
                &flat.gather(&format!("{at}/exp_avg_sq")),
                1e-8,
                1e-5,
                &label,
            );
        }
    }
}

#[test]
fn adamw_matches_the_fixture() {
    let Some(fixture) = fixture_json("adamw.json") else {
        return;
    };
    let bytes = std::fs::read(fixtures::folder().unwrap().join("adamw.safetensors")).unwrap();
    let shapes = fixture["shapes"].as_object().unwrap();
    let names = shapes
        .iter()
        .map(|(name, shape)| (name.clone(), floats(shape).iter().product::<f64>() as i64))
        .collect();
    let flat = Flat {
        file: SafeTensors::deserialize(&bytes).unwrap(),
        names,
    };
    for run in fixture["runs"].as_array().unwrap() {
        play(run, &flat);
    }
}

#[test]
fn a_large_buffer_is_updated_to_its_last_element() {
    let elements = 100_003;
    let mut optimiser = AdamW::new(AdamWSettings::default(), elements, Device::Cpu);
    let parameters = Tensor::zeros([elements], (Kind::Float, Device::Cpu));
    optimiser.update(&parameters, &parameters.ones_like(), 0.5, &[]);
    // The first update of Adam is the rate times the sign of the gradient.
    let worst = (&parameters + 0.5).abs().max().double_value(&[]);
    assert!(worst < 1e-6, "{worst}");
}
