//! One fixture model with its expected numbers, and the comparisons that its README prescribes.

// Each test file is a program of its own and uses a part of this.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use checkpoints::{ModelConfig, Weights};
use tch::{Device, Kind, Tensor};
use transformer::{Decoder, kind_of, token_logprobs};

pub struct Golden {
    pub directory: PathBuf,
    pub weights: Weights,
    pub decoder: Decoder,
    config: ModelConfig,
    expected: Weights,
}

/// The shared fixtures' folder; where it is absent the reason is printed.
pub fn fixtures() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(beside, PathBuf::from);
    let fixtures = shared.join("fixtures");
    if !fixtures.is_dir() {
        eprintln!(
            "skipped: no fixtures at {} (set REATTEMPT_SHARED)",
            fixtures.display()
        );
        return None;
    }
    Some(fixtures)
}

impl Golden {
    pub fn load(model: &str, config: &str, trainable: bool) -> Option<Self> {
        let directory = fixtures()?.join(model);
        let config = ModelConfig::load_file(&directory.join(config)).unwrap();
        let weights = Weights::open(&directory).unwrap();
        let decoder =
            Decoder::load(&weights, &config, Device::Cpu, Kind::Float, trainable).unwrap();
        let expected = Weights::open_file(&directory.join("expected.safetensors")).unwrap();
        Some(Self {
            directory,
            weights,
            decoder,
            config,
            expected,
        })
    }

    /// The same expectations of the weights in another directory.
    pub fn with_weights_of(&self, directory: &Path) -> Self {
        let weights = Weights::open(directory).unwrap();
        let decoder = Decoder::load(&weights, &self.config, Device::Cpu, Kind::Float, false);
        let expected = Weights::open_file(&self.directory.join("expected.safetensors")).unwrap();
        Self {
            directory: directory.to_owned(),
            weights,
            decoder: decoder.unwrap(),
            config: self.config.clone(),
            expected,
        }
    }

    pub fn expected(&self, name: &str) -> Tensor {
        let view = self.expected.tensor(name).unwrap();
        let size: Vec<i64> = view.shape.iter().map(|dim| *dim as i64).collect();
        Tensor::from_data_size(view.bytes, &size, kind_of(view.dtype))
    }

    pub fn input_ids(&self, sequence: usize) -> Vec<i64> {
        Vec::try_from(self.expected(&format!("seq{sequence}.input_ids"))).unwrap()
    }

    /// `[1, seq, hidden]`
    pub fn hidden(&self, ids: &[i64]) -> Tensor {
        self.decoder
            .hidden(&Tensor::from_slice(ids).unsqueeze(0))
            .unwrap()
    }

    /// `[seq, vocab]`
    pub fn logits(&self, sequence: usize) -> Tensor {
        let hidden = self.hidden(&self.input_ids(sequence)).squeeze_dim(0);
        self.decoder.logits(&hidden).unwrap()
    }

    /// Log-probabilities of all tokens but the first, `[seq - 1]`.
    pub fn logprobs(&self, sequence: usize) -> Tensor {
        let ids = self.input_ids(sequence);
        let states = self
            .hidden(&ids)
            .squeeze_dim(0)
            .narrow(0, 0, ids.len() as i64 - 1);
        let logits = self.decoder.logits(&states).unwrap();
        token_logprobs(&logits, &Tensor::from_slice(&ids[1..]), 1.0).unwrap()
    }

    pub fn check_forward(&self, sequence: usize) {
        let ids = self.input_ids(sequence);
        let hidden = self.hidden(&ids).squeeze_dim(0);
        let logits = self.decoder.logits(&hidden).unwrap();
        self.check(&format!("seq{sequence}.last_hidden_state"), &hidden, 5e-5);
        self.check(&format!("seq{sequence}.logits"), &logits, 1e-4);
        if ids.len() > 1 {
            self.check(
                &format!("seq{sequence}.log_probs"),
                &self.logprobs(sequence),
                1e-4,
            );
        }
    }

    pub fn check_greedy(&self, sequence: usize, ids: &[i64], logprobs: &[f64]) {
        let expected = Vec::<i64>::try_from(self.expected(&format!("seq{sequence}.greedy")));
        assert_eq!(ids, expected.unwrap(), "sequence {sequence}");
        let name = format!("seq{sequence}.greedy_log_probs");
        self.check(
            &name,
            &Tensor::from_slice(logprobs).to_kind(Kind::Float),
            1e-4,
        );
    }

    pub fn check_gradients(&self) {
        let mut total = 0.0;
        let mut elementwise = 0;
        for (name, parameter) in self.decoder.parameters() {
            let gradient = parameter.grad();
            let norm = gradient.norm().double_value(&[]);
            let expected = self
                .expected(&format!("grad_norm.{name}"))
                .double_value(&[0]);
            assert!(
                (norm - expected).abs() <= 1e-5 * expected,
                "{name}: {norm}, {expected}"
            );
            total += norm * norm;
            let name = format!("grad.{name}");
            if self.expected.contains(&name) {
                let largest = self.expected(&name).abs().max().double_value(&[]);
                self.check(&name, &gradient, 2e-5 * largest);
                elementwise += 1;
            }
        }
        assert!(elementwise > 0);
        let expected = self.expected("grad_norm_total").double_value(&[0]);
        assert!((total.sqrt() - expected).abs() <= 1e-5 * expected);
    }

    fn check(&self, name: &str, found: &Tensor, tolerance: f64) {
        let expected = self.expected(name);
        assert_eq!(found.size(), expected.size(), "{name}");
        let difference = largest_difference(found, &expected);
        assert!(
            difference <= tolerance,
            "{name}: differs by {difference}, allowed {tolerance}"
        );
    }
}

/// NaN compares as infinitely far.
pub fn largest_difference(a: &Tensor, b: &Tensor) -> f64 {
    let difference = (a - b).abs().max().double_value(&[]);
    if difference.is_nan() {
        f64::INFINITY
    } else {
        difference
    }
}
