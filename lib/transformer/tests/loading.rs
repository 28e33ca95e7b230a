//! Loading, copying and saving: what a checkpoint must hold, and what it becomes.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

mod golden;

use std::path::Path;

use checkpoints::{CheckpointWriter, Dtype, ModelConfig, OutgoingTensor, VALUE_HEAD, Weights};
use golden::{Golden, fixtures, largest_difference};
use tch::{Device, Kind, Tensor};
use transformer::{Critic, Decoder, ModelError};

fn golden(trainable: bool) -> Option<Golden> {
    torch::set_threads(1);
    Golden::load("tiny-qwen2", "config.json", trainable)
}

/// A model directory with the configuration and tokenizer of the golden one.
fn save(directory: &Path, golden: &Golden, tensors: Vec<OutgoingTensor>) {
    let writer = CheckpointWriter::create(directory, &golden.directory).unwrap();
    writer.write(tensors).unwrap();
}

fn load(directory: &Path) -> Result<Decoder, ModelError> {
    let config = ModelConfig::load(directory).unwrap();
    Decoder::load(
        &Weights::open(directory).unwrap(),
        &config,
        Device::Cpu,
        Kind::Float,
        false,
    )
}

/// The fixture's weights after `change`, written as a new checkpoint.
fn rewritten(change: impl Fn(&mut Vec<OutgoingTensor<'_>>)) -> (tempfile::TempDir, String) {
    let golden = golden(false).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut tensors = golden.decoder.outgoing(Dtype::F32);
    change(&mut tensors);
    let writer = CheckpointWriter::create(&folder.path().join("model"), &golden.directory).unwrap();
    writer.write(tensors).unwrap();
    let error = match load(&folder.path().join("model")) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    (folder, error)
}

#[test]
fn bad_weights_are_named() {
    if fixtures().is_none() {
        return;
    }
    const NAME: &str = "model.layers.2.mlp.up_proj.weight";
    let (_folder, error) = rewritten(|tensors| tensors.retain(|tensor| tensor.name != NAME));
    assert!(
        error.ends_with(&format!("model: tensor \"{NAME}\" is missing")),
        "{error}"
    );
    let replace = |shape: Vec<usize>, bytes: Vec<u8>| {
        rewritten(move |tensors| {
            tensors.retain(|tensor| tensor.name != NAME);
            tensors.push(OutgoingTensor::from_bytes(
                NAME,
                Dtype::F32,
                shape.clone(),
                bytes.clone(),
            ));
        })
    };
    let (_folder, error) = replace(vec![64, 256], vec![0; 4 * 64 * 256]);
    let expected =
        format!("model.safetensors: tensor \"{NAME}\": expected shape [256, 64], found [64, 256]");
    assert!(error.ends_with(&expected), "{error}");
    let mut bytes = vec![0; 4 * 64 * 256];
    bytes[400..404].copy_from_slice(&f32::NAN.to_le_bytes());
    let (_folder, error) = replace(vec![256, 64], bytes);
    let expected = format!(
        "model.safetensors: tensor \"{NAME}\": element 100 is NaN, expected finite numbers"
    );
    assert!(error.ends_with(&expected), "{error}");
}

#[test]
fn a_saved_decoder_is_the_same_decoder() {
    for model in [
        "tiny-qwen2",
        "tiny-qwen2-tied-bf16",
        "tiny-qwen3",
        "tiny-llama",
    ] {
        let Some(golden) = Golden::load(model, "config.json", true) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("saved");
        let dtype = golden.decoder.config().dtype.unwrap();
        save(&saved, &golden, golden.decoder.outgoing(dtype));
        assert_eq!(
            Weights::open(&saved).unwrap().sha256(),
            golden.weights.sha256(),
            "{model}"
        );
        golden.with_weights_of(&saved).check_forward(3);
        assert!(saved.join("tokenizer.json").is_file());
    }
}

/// A worker's gradients are its own; a step of the optimiser reaches all workers.
#[test]
fn leaf_copies_share_weights_but_not_gradients() {
    let Some(golden) = golden(true) else { return };
    let copy = golden.decoder.leaf_copy().unwrap();
    let ids = Tensor::from_slice(&golden.input_ids(2)).unsqueeze(0);
    let loss = copy.hidden(&ids).unwrap().square().sum(Kind::Float);
    let worker = std::thread::spawn(move || {
        loss.backward();
        copy
    });
    let copy = worker.join().unwrap();
    let (mine, theirs) = (golden.decoder.parameters(), copy.parameters());
    assert_eq!(mine.len(), theirs.len());
    for ((name, mine), (other, theirs)) in mine.iter().zip(&theirs) {
        assert_eq!(name, other);
        assert!(!mine.grad().defined(), "{name}");
        // Without logits the output head has no part in the loss.
        assert_eq!(theirs.grad().defined(), name != "lm_head.weight", "{name}");
        assert_eq!(mine.data_ptr(), theirs.data_ptr(), "{name}");
    }
    tch::no_grad(|| {
        let mut embedding = mine[0].1.shallow_clone();
        let _ = embedding.g_mul_scalar_(2.0);
    });
    let (before, after) = (
        golden.decoder.hidden(&ids).unwrap(),
        copy.hidden(&ids).unwrap(),
    );
    assert_eq!(largest_difference(&before, &after), 0.0);
    let mut untouched = golden.with_weights_of(&golden.directory);
    untouched.directory = golden.directory.clone();
    assert!(largest_difference(&before, &untouched.decoder.hidden(&ids).unwrap()) > 1e-3);
}

#[test]
fn a_critic_begins_at_zero_and_keeps_its_head() {
    let Some(golden) = golden(false) else { return };
    let config = golden.decoder.config();
    let begin = |weights: &Weights| Critic::load(weights, config, Device::Cpu, Kind::Float, true);
    let critic = begin(&golden.weights).unwrap();
    let ids = Tensor::from_slice(&golden.input_ids(3)).unsqueeze(0);
    assert_eq!(
        critic.values(&ids).unwrap().abs().max().double_value(&[]),
        0.0
    );
    let names: Vec<String> = critic
        .parameters()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names.last().unwrap(), VALUE_HEAD);
    assert!(!names.contains(&"lm_head.weight".to_owned()));
    let logits = critic
        .decoder()
        .logits(&critic.decoder().hidden(&ids).unwrap());
    assert!(matches!(logits, Err(ModelError::NoHead)));

    let (_, mut head) = critic.parameters().pop().unwrap();
    let pattern = Tensor::arange(64, (Kind::Float, Device::Cpu)).unsqueeze(0) / 64.0;
    tch::no_grad(|| head.copy_(&pattern));
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("critic");
    save(&saved, &golden, critic.outgoing(Dtype::F32));
    let again = begin(&Weights::open(&saved).unwrap()).unwrap();
    let values = again.values(&ids).unwrap();
    assert_eq!(values.size(), [1, 44]);
    assert_eq!(
        largest_difference(&values, &critic.values(&ids).unwrap()),
        0.0
    );
    let by_hand =
        (golden.hidden(&golden.input_ids(3)) * &pattern).sum_dim_intlist(-1, false, Kind::Float);
    assert!(largest_difference(&values, &by_hand) < 1e-5);
}

#[test]
fn critic_heads_of_the_wrong_shape_are_named() {
    let Some(golden) = golden(false) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut tensors = golden.decoder.outgoing(Dtype::F32);
    tensors.push(OutgoingTensor::from_bytes(
        VALUE_HEAD,
        Dtype::F32,
        [64],
        vec![0; 256],
    ));
    let path = folder.path().join("critic");
    CheckpointWriter::create(&path, &golden.directory)
        .unwrap()
        .write(tensors)
        .unwrap();
    let weights = Weights::open(&path).unwrap();
    let critic = Critic::load(
        &weights,
        golden.decoder.config(),
        Device::Cpu,
        Kind::Float,
        false,
    );
    let error = critic.err().unwrap().to_string();
    assert!(
        error.ends_with("\"value_head.weight\": expected shape [1, 64], found [64]"),
        "{error}"
    );
}

/// libtorch refuses what would read beyond the embedding; its stack trace is left out.
#[test]
fn errors_of_libtorch_are_readable() {
    let Some(golden) = golden(false) else { return };
    let ids = Tensor::from_slice(&[1i64, 512]).unsqueeze(0);
    let error = golden.decoder.hidden(&ids).unwrap_err().to_string();
    assert_eq!(error, "libtorch: index out of range in self");
}
