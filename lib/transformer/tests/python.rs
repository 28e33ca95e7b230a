//! Checkpoints written here, loaded by Hugging Face transformers as they are.
//!
//! Needs a Python that can import torch and transformers, named by REATTEMPT_TEST_PYTHON.

mod golden;

use std::path::Path;
use std::process::Command;

use checkpoints::{CheckpointWriter, Dtype};
use golden::Golden;

/// Loads the directory and compares with the fixture's logits, weights widened to float32.
const SCRIPT: &str = r#"
import sys, torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer
directory, expected, stored = sys.argv[1:]
expected = load_file(expected)
assert str(AutoConfig.from_pretrained(directory).dtype) == "torch." + stored
model, info = AutoModelForCausalLM.from_pretrained(
    directory, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"], info
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

fn worst_difference(python: &str, directory: &Path, golden: &Golden, stored: &str) -> f64 {
    let expected = golden.directory.join("expected.safetensors");
    let output = Command::new(python)
        .args(["-c", SCRIPT])
        .args([directory, &expected])
        .arg(stored)
        .envs([("HF_HUB_OFFLINE", "1"), ("TRANSFORMERS_VERBOSITY", "error")])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .trim()
        .parse()
        .unwrap()
}

#[test]
fn transformers_loads_what_is_written() {
    let Some(python) = python() else { return };
    let cases = [
        ("tiny-qwen2", "config.json", Dtype::F32, u64::MAX),
        ("tiny-qwen2", "config.json", Dtype::F32, 300_000),
        ("tiny-qwen2-tied-bf16", "config.json", Dtype::BF16, u64::MAX),
    ];
    for (model, config, dtype, shard_bytes) in cases {
        let Some(golden) = Golden::load(model, config, false) else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("written");
        let writer = CheckpointWriter::create(&directory, &golden.directory).unwrap();
        writer
            .shard_above(shard_bytes)
            .write(golden.decoder.outgoing(dtype))
            .unwrap();
        let worst = worst_difference(&python, &directory, &golden, dtype.torch_name().unwrap());
        assert!(worst <= 1e-4, "{model}: logits differ by {worst}");
    }
}
