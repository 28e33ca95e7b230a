//! `fetch-model` as a user runs it, against a hub on this machine.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

mod hub;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use checkpoints::{Dtype, ModelConfig, OutgoingTensor, write_safetensors};
use hub::{COMMIT, Hub, Manners, NAME};
use tempfile::TempDir;

const CONFIG: &str = r#"{"model_type": "qwen2", "vocab_size": 8, "hidden_size": 4,
  "intermediate_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1,
  "num_key_value_heads": 1, "max_position_embeddings": 16, "rms_norm_eps": 1e-6,
  "tie_word_embeddings": true, "eos_token_id": 0}"#;

/// A model of a few hundred bytes, and files beside it that nobody needs.
fn model() -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), CONFIG).unwrap();
    let config = ModelConfig::load(folder.path()).unwrap();
    let zeros = |shape: &[usize]| vec![0; 4 * shape.iter().product::<usize>()];
    let tensors = config.parameters().into_iter().map(|parameter| {
        let bytes = zeros(&parameter.shape);
        OutgoingTensor::from_bytes(parameter.name, Dtype::F32, parameter.shape, bytes)
    });
    let path = folder.path().join("model.safetensors");
    write_safetensors(&path, tensors.collect(), &[("format", "pt")]).unwrap();
    let weights = std::fs::read(&path).unwrap();
    let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    BTreeMap::from([
        file("README.md", b"# Tiny"),
        file("config.json", CONFIG.as_bytes()),
        file("model.safetensors", &weights),
        file("pytorch_model.bin", b"a pickle"),
        file("tokenizer.json", b"{}"),
    ])
}

fn fetch_model(home: &Path, endpoint: &str) -> Command {
    let mut command = Command::cargo_bin("fetch-model").unwrap();
    for name in [
        "HF_TOKEN",
        "HF_HUB_CACHE",
        "HF_HUB_OFFLINE",
        "RUST_LOG",
        "http_proxy",
        "HTTP_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env_remove(name);
    }
    command.env("HF_HOME", home).env("HF_ENDPOINT", endpoint);
    command
}

fn stdout_path(output: &std::process::Output) -> PathBuf {
    let text = std::str::from_utf8(&output.stdout).unwrap();
    PathBuf::from(text.strip_suffix('\n').unwrap())
}

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn a_directory_is_its_own_answer() {
    let folder = home();
    for (name, bytes) in model() {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let output = fetch_model(&home().path().join("unused"), "http://127.0.0.1:9")
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout_path(&output), folder.path());
}

#[test]
fn a_name_is_fetched_once_and_found_again_without_the_hub() {
    let (home, hub) = (home(), Hub::start(model(), Manners::default()));
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let directory = stdout_path(&output);
    let expected = home
        .path()
        .join("hub/models--someone--tiny/snapshots")
        .join(COMMIT);
    assert_eq!(directory, expected);
    assert_eq!(
        hub.downloads(),
        ["config.json", "tokenizer.json", "model.safetensors"]
    );
    assert_eq!(
        std::fs::read(directory.join("model.safetensors")).unwrap(),
        model()["model.safetensors"]
    );

    let again = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(again.stdout, output.stdout);
    assert_eq!(hub.downloads().len(), 3, "nothing is fetched twice");

    let offline = fetch_model(home.path(), "http://127.0.0.1:9")
        .args([NAME, "--offline"])
        .output();
    assert_eq!(offline.unwrap().stdout, output.stdout);
    let unreachable = fetch_model(home.path(), "http://127.0.0.1:9")
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(unreachable.stdout, output.stdout);
    assert!(
        stderr(&unreachable).contains("using the copy"),
        "{}",
        stderr(&unreachable)
    );
}

#[test]
fn a_token_opens_what_is_private() {
    let manners = Manners {
        token: Some("secret".to_owned()),
        ..Manners::default()
    };
    let (home, hub) = (home(), Hub::start(model(), manners));
    let refused = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("refuses access"),
        "{}",
        stderr(&refused)
    );
    let mut command = fetch_model(home.path(), &hub.endpoint);
    let output = command
        .env("HF_TOKEN", "secret")
        .arg(NAME)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn what_the_hub_does_not_have_is_said_to_be_missing() {
    let (home, hub) = (home(), Hub::start(model(), Manners::default()));
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg("someone/else")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let expected = format!(
        "cannot fetch model someone/else: no such model or revision at {}",
        hub.endpoint
    );
    assert!(stderr(&output).contains(&expected), "{}", stderr(&output));
}

#[test]
fn a_hub_that_cannot_be_reached_is_named() {
    let home = home();
    let output = fetch_model(home.path(), "http://127.0.0.1:9")
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cannot reach http://127.0.0.1:9"),
        "{}",
        stderr(&output)
    );
    let offline = fetch_model(home.path(), "")
        .args([NAME, "--offline"])
        .output()
        .unwrap();
    assert!(
        stderr(&offline).contains("was not fetched before"),
        "{}",
        stderr(&offline)
    );
}

#[test]
fn a_path_that_is_not_there_tells_of_the_hub() {
    let output = fetch_model(home().path(), "http://127.0.0.1:9")
        .arg("./no/where")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("no model directory at ./no/where"),
        "{}",
        stderr(&output)
    );
}

/// Broken off, nothing looks complete; with a better connection the rest is fetched, not the whole.
#[test]
fn an_interrupted_download_goes_on_later() {
    let home = home();
    let manners = Manners {
        breaks_off: Some("model.safetensors".to_owned()),
        ..Manners::default()
    };
    let hub = Hub::start(model(), manners);
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let expected = "the download of model.safetensors was interrupted";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    let snapshot = home
        .path()
        .join("hub/models--someone--tiny/snapshots")
        .join(COMMIT);
    assert!(!snapshot.join("model.safetensors").exists());
    let offline = fetch_model(home.path(), &hub.endpoint)
        .args([NAME, "--offline"])
        .output()
        .unwrap();
    assert_eq!(
        offline.status.code(),
        Some(1),
        "an incomplete copy is not used"
    );

    let hub = Hub::start(model(), Manners::default());
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(hub.downloads(), ["model.safetensors"]);
    assert_eq!(
        std::fs::read(snapshot.join("model.safetensors")).unwrap(),
        model()["model.safetensors"]
    );
}

/// A proxy that ignores ranges would glue a whole file to the half that was there.
#[test]
fn a_file_of_the_wrong_size_is_thrown_away() {
    let home = home();
    let manners = Manners {
        breaks_off: Some("model.safetensors".to_owned()),
        ..Manners::default()
    };
    let hub = Hub::start(model(), manners);
    fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .assert()
        .code(1);
    let hub = Hub::start(
        model(),
        Manners {
            ignores_ranges: true,
            ..Manners::default()
        },
    );
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("model.safetensors has"),
        "{}",
        stderr(&output)
    );
    fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .assert()
        .success();
}

#[test]
fn a_model_that_cannot_be_used_is_refused_before_its_weights_travel() {
    let mut files = model();
    files.insert(
        "config.json".to_owned(),
        CONFIG.replace("qwen2", "mamba").into_bytes(),
    );
    let (home, hub) = (home(), Hub::start(files, Manners::default()));
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("\"model_type\": \"mamba\" is not supported"),
        "{}",
        stderr(&output)
    );
    assert_eq!(hub.downloads(), ["config.json"]);

    let mut files = model();
    files.remove("model.safetensors");
    let hub = Hub::start(files, Manners::default());
    let output = fetch_model(home.path(), &hub.endpoint)
        .arg(NAME)
        .output()
        .unwrap();
    assert!(
        stderr(&output).contains("the repository has no model.safetensors"),
        "{}",
        stderr(&output)
    );
    assert!(hub.downloads().is_empty());
}
