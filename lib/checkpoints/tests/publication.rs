//! Model directories appear whole or not at all.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use checkpoints::{CheckpointWriter, Dtype, OutgoingTensor, StagedDirectory, WriteError, resolve};

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn source(folder: &Path) -> std::path::PathBuf {
    let source = folder.join("source");
    std::fs::create_dir(&source).unwrap();
    let files = [
        (
            "config.json",
            r#"{"model_type": "qwen2", "torch_dtype": "float32", "hidden_size": 4}"#,
        ),
        ("tokenizer.json", "{}"),
        ("tokenizer_config.json", r#"{"eos_token": "<|im_end|>"}"#),
        ("generation_config.json", r#"{"eos_token_id": [1, 2]}"#),
        ("chat_template.jinja", "{{ messages }}"),
        ("model.safetensors", "not copied"),
        ("README.md", "not copied"),
    ];
    for (name, text) in files {
        std::fs::write(source.join(name), text).unwrap();
    }
    source
}

fn tensor(value: f32) -> OutgoingTensor<'static> {
    OutgoingTensor::from_bytes("a", Dtype::BF16, [1], value.to_le_bytes()[2..].to_vec())
}

#[test]
fn a_checkpoint_takes_configuration_and_tokenizer_along() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path());
    let destination = folder.path().join("runs/new/policy");
    CheckpointWriter::create(&destination, &source)
        .unwrap()
        .write(vec![tensor(1.0)])
        .unwrap();
    let expected = [
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ];
    assert_eq!(names(&destination), expected);
    let config = std::fs::read_to_string(destination.join("config.json")).unwrap();
    assert!(config.contains("\"torch_dtype\": \"bfloat16\""), "{config}");
    assert!(config.contains("\"hidden_size\": 4"), "{config}");
    assert_eq!(names(destination.parent().unwrap()), ["policy"]);
    assert_eq!(resolve(destination.to_str().unwrap()).unwrap(), destination);
}

#[test]
fn nothing_is_seen_before_publication_and_a_dropped_one_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let destination = folder.path().join("17");
    let staged = StagedDirectory::create(&destination).unwrap();
    std::fs::write(staged.temporary_path().join("a"), "half").unwrap();
    assert!(!destination.exists());
    assert_eq!(staged.temporary_path().parent().unwrap(), folder.path());
    drop(staged);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn an_existing_directory_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let destination = folder.path().join("17");
    std::fs::create_dir(&destination).unwrap();
    std::fs::write(destination.join("old"), "old").unwrap();
    let staged = StagedDirectory::create(&destination).unwrap();
    std::fs::write(staged.temporary_path().join("new"), "new").unwrap();
    assert_eq!(names(&destination), ["old"]);
    staged.publish().unwrap();
    assert_eq!(names(&destination), ["new"]);
    assert_eq!(names(folder.path()), ["17"]);
}

#[test]
fn a_failure_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let source = source(folder.path());
    let destination = folder.path().join("policy");
    CheckpointWriter::create(&destination, &source)
        .unwrap()
        .write(vec![tensor(1.0)])
        .unwrap();
    let before = std::fs::read(destination.join("model.safetensors")).unwrap();
    let broken = OutgoingTensor::lazy("b", Dtype::F32, [2], || Err("device lost".into()));
    let writer = CheckpointWriter::create(&destination, &source).unwrap();
    let error = writer.write(vec![tensor(2.0), broken]).unwrap_err();
    assert!(
        matches!(&error, WriteError::Obtain { tensor, .. } if tensor == "b"),
        "{error}"
    );
    let short = OutgoingTensor::from_bytes("c", Dtype::F32, [2], vec![0; 4]);
    let writer = CheckpointWriter::create(&destination, &source).unwrap();
    let error = writer.write(vec![short]).unwrap_err().to_string();
    assert!(
        error.ends_with("tensor \"c\": expected 8 bytes, got 4"),
        "{error}"
    );
    assert_eq!(
        std::fs::read(destination.join("model.safetensors")).unwrap(),
        before
    );
    assert_eq!(names(folder.path()), ["policy", "source"]);
}

/// What a killed process left goes away with the next write to the same place; what a living one
/// is writing, or belongs to another destination, stays.
#[test]
fn only_abandoned_temporaries_of_the_same_destination_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir(path(".17.4242-0.tmp")).unwrap();
    std::fs::write(path(".17.4242-0.tmp").join("a"), "half").unwrap();
    std::fs::create_dir(path(".18.4242-0.tmp")).unwrap();
    std::fs::create_dir(path(".17.mine.tmp")).unwrap();
    let living = StagedDirectory::create(&path("17")).unwrap();
    assert!(!path(".17.4242-0.tmp").exists());
    let second = StagedDirectory::create(&path("17")).unwrap();
    assert!(living.temporary_path().exists());
    second.publish().unwrap();
    living.publish().unwrap();
    assert_eq!(
        names(folder.path()),
        [".17.mine.tmp", ".18.4242-0.tmp", "17"]
    );
}

#[test]
fn what_is_no_model_directory_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let text = |path: &str| resolve(path).unwrap_err().to_string();
    let error = text("Qwen/Qwen2.5-Math-1.5B");
    assert!(
        error.contains("`fetch-model Qwen/Qwen2.5-Math-1.5B` fetches it"),
        "{error}"
    );
    let error = text(folder.path().to_str().unwrap());
    assert!(error.ends_with("config.json is missing"), "{error}");
    let file = folder.path().join("model.safetensors");
    std::fs::write(&file, "").unwrap();
    let error = text(file.to_str().unwrap());
    assert!(error.contains("a file, expected the directory"), "{error}");
    let error = StagedDirectory::create(&file).unwrap_err().to_string();
    assert!(
        error.ends_with("is a file, expected a directory"),
        "{error}"
    );
    assert!(StagedDirectory::create(Path::new("/")).is_err());
}
