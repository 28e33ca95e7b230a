//! Checkpoints written here, loaded by Hugging Face transformers as they are.
//!
//! Needs a Python that can import torch and transformers, named by REATTEMPT_TEST_PYTHON.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

mod golden;

use std::path::Path;
use std::process::Command;

use checkpoints::{CheckpointWriter, Dtype, ModelConfig, Weights};
use golden::{Golden, largest_difference};
use transformer::Decoder;

/// Loads each directory and compares with its fixture's logits, weights widened to float32.
const SCRIPT: &str = r#"
import sys, torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
arguments = sys.argv[1:]
for directory, expected, stored in zip(*[iter(arguments)] * 3):
    expected = load_file(expected)
    assert str(AutoConfig.from_pretrained(directory).dtype) == "torch." + stored
    model, info = AutoModelForCausalLM.from_pretrained(
        directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    assert not any(info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
    worst = 0.0
    with torch.no_grad():
        for i in range(5):
            logits = model(expected[f"seq{i}.input_ids"][None]).logits[0]
            worst = max(worst, (logits - expected[f"seq{i}.logits"]).abs().max().item())
    assert AutoTokenizer.from_pretrained(directory).decode([510]) == "<|im_start|>"
    print(worst)
"#;

/// The interpreter to use; where there is none the reason is printed.
fn python() -> Option<String> {
    let Ok(python) = std::env::var("REATTEMPT_TEST_PYTHON") else {
        eprintln!(
            "skipped: REATTEMPT_TEST_PYTHON does not name a Python with torch and transformers"
        );
        return None;
    };
    let imports = Command::new(&python)
        .args(["-c", "import torch, transformers, safetensors"])
        .output();
    match imports {
        Ok(output) if output.status.success() => Some(python),
        Ok(output) => {
            let reason = String::from_utf8_lossy(&output.stderr);
            eprintln!(
                "skipped: {python} cannot import torch and transformers: {}",
                reason.trim_end()
            );
            None
        }
        Err(error) => {
            eprintln!("skipped: {python} cannot be run: {error}");
            None
        }
    }
}

fn offline(python: &str, script: &str) -> Command {
    let mut command = Command::new(python);
    command
        .args(["-c", script])
        .env("HF_HUB_OFFLINE", "1")
        .env("TRANSFORMERS_VERBOSITY", "error");
    command
}

/// Writes a directory's logits for the ids `seq4` of a fixture to a file.
const LOGITS: &str = r#"
import sys, torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM
directory, expected, output = sys.argv[1:]
model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="eager")
with torch.no_grad():
    save_file({"logits": model(load_file(expected)["seq4.input_ids"][None]).logits[0].contiguous()}, output)
"#;

/// Of the eight pairs of a head, some turn often within 64 positions, some seldom, one in between.
#[test]
fn frequencies_scaled_as_in_llama_3_give_the_logits_of_transformers() {
    let Some(python) = python() else { return };
    let Some(mut golden) = Golden::load("tiny-llama", "config.json", false) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("scaled");
    let writer = CheckpointWriter::create(&directory, &golden.directory).unwrap();
    writer.write(golden.decoder.outgoing(Dtype::F32)).unwrap();
    let path = directory.join("config.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut keys: serde_json::Value = serde_json::from_str(&text).unwrap();
    keys["rope_parameters"] = serde_json::json!({
        "rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 64,
    });
    std::fs::write(&path, keys.to_string()).unwrap();
    let output = folder.path().join("logits.safetensors");
    let outcome = offline(&python, LOGITS)
        .arg(&directory)
        .arg(golden.directory.join("expected.safetensors"))
        .arg(&output)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{errors}");
    let unscaled = golden.expected("seq4.logits");
    golden.decoder = load(&directory);
    let ours = golden.logits(4);
    let theirs = Weights::open_file(&output).unwrap().f32("logits").unwrap();
    let theirs = tch::Tensor::from_slice(&theirs).view_as(&ours);
    let difference = largest_difference(&ours, &theirs);
    assert!(difference <= 1e-4, "logits differ by {difference}");
    assert!(largest_difference(&ours, &unscaled) > 1e-2);
}

fn load(directory: &Path) -> Decoder {
    let (weights, config) = (Weights::open(directory), ModelConfig::load(directory));
    let (device, kind) = (tch::Device::Cpu, tch::Kind::Float);
    Decoder::load(&weights.unwrap(), &config.unwrap(), device, kind, false).unwrap()
}

#[test]
fn transformers_loads_what_is_written() {
    let Some(python) = python() else { return };
    let cases = [
        ("tiny-qwen2", Dtype::F32, u64::MAX),
        ("tiny-qwen2", Dtype::F32, 300_000),
        ("tiny-qwen2-tied-bf16", Dtype::BF16, u64::MAX),
        ("tiny-qwen3", Dtype::F32, 400_000),
        ("tiny-llama", Dtype::F32, u64::MAX),
    ];
    let folder = tempfile::tempdir().unwrap();
    let mut command = offline(&python, SCRIPT);
    for (number, (model, dtype, shard_bytes)) in cases.into_iter().enumerate() {
        let Some(golden) = Golden::load(model, "config.json", false) else {
            return;
        };
        let directory = folder.path().join(number.to_string());
        let writer = CheckpointWriter::create(&directory, &golden.directory).unwrap();
        writer
            .shard_above(shard_bytes)
            .write(golden.decoder.outgoing(dtype))
            .unwrap();
        command.args([directory, golden.directory.join("expected.safetensors")]);
        command.arg(dtype.torch_name().unwrap());
    }
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let differences: Vec<f64> = text.lines().map(|line| line.parse().unwrap()).collect();
    assert_eq!(differences.len(), cases.len());
    assert!(
        differences.iter().all(|worst| *worst <= 1e-4),
        "logits differ by {differences:?}"
    );
}
