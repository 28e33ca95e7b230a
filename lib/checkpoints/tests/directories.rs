//! Weights of whole model directories: sharded or not, complete or not.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use checkpoints::{
    CheckpointWriter, Dtype, ModelConfig, OutgoingTensor, Weights, write_safetensors,
};
use tempfile::TempDir;

const CONFIG: &str = r#"{"model_type": "qwen2", "vocab_size": 8, "hidden_size": 4,
  "intermediate_size": 6, "num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 1,
  "max_position_embeddings": 16, "rms_norm_eps": 1e-6, "torch_dtype": "float32"}"#;

/// Name, shape and values of a tensor.
type Tensor = (String, Vec<usize>, Vec<f32>);

/// A source directory and tensors that fit its configuration.
fn model() -> (TempDir, ModelConfig, Vec<Tensor>) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), CONFIG).unwrap();
    std::fs::write(folder.path().join("tokenizer.json"), "{}").unwrap();
    let config = ModelConfig::load(folder.path()).unwrap();
    let values = |count: usize| {
        (0..count)
            .map(|i| i as f32 / 8.0 - 1.0)
            .collect::<Vec<f32>>()
    };
    let tensors = config.parameters().into_iter().map(|parameter| {
        let count = parameter.shape.iter().product();
        (parameter.name, parameter.shape, values(count))
    });
    let tensors = tensors.collect();
    (folder, config, tensors)
}

fn write(
    to: &Path,
    source: &Path,
    tensors: &[(String, Vec<usize>, Vec<f32>)],
    shard: u64,
    dtype: Dtype,
) {
    let outgoing = tensors
        .iter()
        .map(|(name, shape, values)| OutgoingTensor::from_f32(name, dtype, shape.clone(), values));
    let writer = CheckpointWriter::create(to, source)
        .unwrap()
        .shard_above(shard);
    writer.write(outgoing.collect()).unwrap();
}

#[test]
fn shards_and_metadata_do_not_change_the_hash_but_every_element_does() {
    let (source, config, mut tensors) = model();
    let folder = tempfile::tempdir().unwrap();
    let (whole, sharded) = (folder.path().join("whole"), folder.path().join("sharded"));
    write(&whole, source.path(), &tensors, u64::MAX, Dtype::F32);
    write(&sharded, source.path(), &tensors, 200, Dtype::F32);
    let shards = std::fs::read_dir(&sharded)
        .unwrap()
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .ends_with(".safetensors")
        });
    assert!(shards.count() > 1);
    let hash = |directory: &Path| {
        let weights = Weights::open(directory).unwrap();
        weights.check(&config).unwrap();
        weights.sha256()
    };
    assert_eq!(hash(&whole), hash(&sharded));
    // Tensors of one byte more or less of metadata lie elsewhere in the file.
    let plain = folder.path().join("plain");
    std::fs::create_dir(&plain).unwrap();
    let outgoing = tensors.iter().map(|(name, shape, values)| {
        OutgoingTensor::from_f32(name, Dtype::F32, shape.clone(), values)
    });
    write_safetensors(&plain.join("model.safetensors"), outgoing.collect(), &[]).unwrap();
    assert_eq!(hash(&plain), hash(&whole));

    let narrow = folder.path().join("narrow");
    write(&narrow, source.path(), &tensors, u64::MAX, Dtype::BF16);
    assert_ne!(
        hash(&narrow),
        hash(&whole),
        "another element type is another hash"
    );
    tensors[3].2[1] += 1.0;
    let changed = folder.path().join("changed");
    write(&changed, source.path(), &tensors, u64::MAX, Dtype::F32);
    assert_ne!(hash(&changed), hash(&whole));
}

#[test]
fn missing_tensors_and_wrong_shapes_are_named() {
    let (source, config, mut tensors) = model();
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("model");
    tensors[4].1 = vec![2, 4].into_iter().rev().collect();
    let name = tensors[4].0.clone();
    write(&directory, source.path(), &tensors, u64::MAX, Dtype::F32);
    let error = Weights::open(&directory)
        .unwrap()
        .check(&config)
        .unwrap_err()
        .to_string();
    let expected = format!("tensor \"{name}\": expected shape [2, 4], found [4, 2]");
    assert!(error.ends_with(&expected), "{error}");

    tensors.remove(4);
    write(&directory, source.path(), &tensors, u64::MAX, Dtype::F32);
    let error = Weights::open(&directory)
        .unwrap()
        .check(&config)
        .unwrap_err()
        .to_string();
    assert!(
        error.ends_with(&format!("model: tensor \"{name}\" is missing")),
        "{error}"
    );
}

#[test]
fn an_index_that_does_not_fit_its_shards_is_named() {
    let (source, _, tensors) = model();
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("model");
    write(&directory, source.path(), &tensors, 200, Dtype::F32);
    let index = directory.join("model.safetensors.index.json");
    let text = std::fs::read_to_string(&index).unwrap();
    let refusal = |text: &str| {
        std::fs::write(&index, text).unwrap();
        Weights::open(&directory).unwrap_err().to_string()
    };
    let error = refusal(&text.replace("\"lm_head.weight\"", "\"lm_head.bias\""));
    assert!(
        error.contains("tensor \"lm_head.bias\" should be in shard \"model-00001-of-"),
        "{error}"
    );
    let error = refusal(&text.replace("model-00001-of-", "../model-00001-of-"));
    assert!(error.contains("is not a plain file name"), "{error}");
    let error = refusal("{}");
    assert!(error.contains("not a safetensors index"), "{error}");
    let error = refusal(&text.replace("model-00001-of-", "model-00009-of-"));
    assert!(error.contains("shard \"model-00009-of-"), "{error}");
    assert!(
        error.contains("which should hold tensor \"lm_head.weight\", is missing"),
        "{error}"
    );
}
