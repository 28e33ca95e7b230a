//! Configurations in both spellings, and what is refused: file, key, value, what is supported.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use checkpoints::{ConfigError, Dtype, ModelConfig, Rope, RopeScaling, eos_token_ids};
use tempfile::TempDir;

/// Older spelling, as of the Qwen2.5-Math checkpoints; every test changes a line of it.
const PLAIN: &str = r#"{
  "architectures": ["Qwen2ForCausalLM"],
  "model_type": "qwen2",
  "hidden_act": "silu",
  "hidden_size": 1536,
  "intermediate_size": 8960,
  "num_hidden_layers": 28,
  "num_attention_heads": 12,
  "num_key_value_heads": 2,
  "max_position_embeddings": 4096,
  "max_window_layers": 21,
  "rms_norm_eps": 1e-06,
  "rope_theta": 10000,
  "sliding_window": 4096,
  "use_sliding_window": false,
  "use_mrope": false,
  "attention_dropout": 0.0,
  "tie_word_embeddings": true,
  "torch_dtype": "bfloat16",
  "vocab_size": 151936,
  "eos_token_id": 151643,
  "something_of_the_future": {"a": 1}
}"#;

fn written(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, text).unwrap();
    (folder, path)
}

fn load(text: &str) -> Result<ModelConfig, ConfigError> {
    let (folder, _) = written(text);
    ModelConfig::load(folder.path())
}

/// The line of `PLAIN` that holds `key`, replaced.
fn with(key: &str, line: &str) -> String {
    let found = PLAIN
        .lines()
        .find(|line| line.contains(&format!("\"{key}\"")))
        .unwrap();
    PLAIN.replace(found, line)
}

fn error(text: &str) -> String {
    let text = load(text).unwrap_err().to_string();
    text.split_once("config.json: ").expect(&text).1.to_owned()
}

#[test]
fn the_older_spelling_is_read() {
    let config = load(PLAIN).unwrap();
    let expected = ModelConfig {
        vocab_size: 151936,
        hidden_size: 1536,
        intermediate_size: 8960,
        num_hidden_layers: 28,
        num_attention_heads: 12,
        num_key_value_heads: 2,
        head_dim: 128,
        max_position_embeddings: 4096,
        rms_norm_eps: 1e-6,
        qkv_bias: true,
        qk_norm: false,
        rope: Rope {
            theta: 10_000.0,
            scaling: RopeScaling::Unscaled,
        },
        tie_word_embeddings: true,
        dtype: Some(Dtype::BF16),
        eos_token_ids: vec![151643],
    };
    assert_eq!(config, expected);
}

#[test]
fn the_newer_spelling_says_the_same() {
    let rope = r#""rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "rope_scaling": null,"#;
    let newer = with("rope_theta", rope).replace("torch_dtype", "dtype");
    assert_eq!(load(&newer).unwrap(), load(PLAIN).unwrap());
    let layers = vec!["\"full_attention\""; 28].join(",");
    let listed = with("use_mrope", &format!("\"layer_types\": [{layers}],"));
    assert_eq!(load(&listed).unwrap(), load(PLAIN).unwrap());
}

#[test]
fn optional_keys_have_the_values_that_transformers_assumes() {
    let config =
        load(&with("rope_theta", "").replace("\"tie_word_embeddings\": true,", "")).unwrap();
    assert_eq!(
        (config.rope.theta, config.tie_word_embeddings),
        (10_000.0, false)
    );
    let config = load(&with(
        "eos_token_id",
        r#""eos_token_id": [1, 2], "head_dim": 64,"#,
    ))
    .unwrap();
    assert_eq!((config.eos_token_ids, config.head_dim), (vec![1, 2], 64));
    let config = load(&with(
        "num_key_value_heads",
        r#""num_key_value_heads": null,"#,
    ))
    .unwrap();
    assert_eq!(config.num_key_value_heads, 12);
}

#[test]
fn the_base_of_the_positions_is_read_from_wherever_it_stands() {
    let lines = [
        r#""rope_theta": 500000.0,"#,
        r#""rope_theta": 500000, "rope_scaling": null, "partial_rotary_factor": 1.0,"#,
        r#""rope_theta": 500000, "rope_scaling": {}, "use_dynamic_ntk": false,"#,
        r#""rope_theta": 500000, "rope_scaling": {"type": "default"}, "rope_parameters": null,"#,
        r#""rope_scaling": {"rope_type": "default", "rope_theta": 500000},"#,
        r#""rope_parameters": {"rope_theta": 500000.0},"#,
        r#""rope_parameters": {"rope_theta": 5e5, "rope_type": "default", "partial_rotary_factor": 1},"#,
        r#""rope_parameters": {"full_attention": {"rope_theta": 5e5, "rope_type": "default"}},"#,
        r#""rope_parameters": {"full_attention": {"rope_theta": 5e5}, "sliding_attention": {"rope_theta": 5e5}},"#,
        r#""rope_theta": 500000, "rope_parameters": {"full_attention": {"rope_type": "default"}},"#,
    ];
    for line in lines {
        let config = load(&with("rope_theta", line)).expect(line);
        assert_eq!(config.rope.theta, 500_000.0, "{line}");
    }
}

#[test]
fn the_stored_type_is_read_from_every_spelling() {
    let cases = [
        (r#""torch_dtype": "torch.float32","#, Some(Dtype::F32)),
        (r#""torch_dtype": "torch.bfloat16","#, Some(Dtype::BF16)),
        (
            r#""dtype": null, "torch_dtype": "torch.float16","#,
            Some(Dtype::F16),
        ),
        (r#""dtype": "bfloat16","#, Some(Dtype::BF16)),
        (r#""dtype": "auto","#, None),
        (r#""torch_dtype": "auto","#, None),
        ("", None),
    ];
    for (line, expected) in cases {
        let config = load(&with("torch_dtype", line)).expect(line);
        assert_eq!(config.dtype, expected, "{line}");
    }
    let error = error(&with("torch_dtype", r#""torch_dtype": "torch.int8","#));
    assert!(
        error.contains(r#"key "torch_dtype": "torch.int8""#),
        "{error}"
    );
}

/// Directories as people have them.
#[test]
fn configurations_of_the_field_are_read_or_refused() {
    let beside = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(beside, PathBuf::from);
    let models = shared.join("field/models");
    if !models.is_dir() {
        eprintln!("skipped: no {}", models.display());
        return;
    }
    let load = |name: &str| ModelConfig::load(&models.join(name));
    for name in ["per_layer_type", "theta_rp"] {
        assert_eq!(load(name).unwrap().rope.theta, 500_000.0, "{name}");
    }
    assert_eq!(load("dtype_auto").unwrap().dtype, None);
    assert_eq!(load("torch_dtype_prefix").unwrap().dtype, Some(Dtype::F32));
    for (name, key) in [
        ("scaling_notype", "\"rope_scaling.rope_type\": (absent)"),
        (
            "nested_yarn",
            "\"rope_parameters.full_attention.rope_type\": \"yarn\"",
        ),
    ] {
        let error = load(name).unwrap_err().to_string();
        assert!(error.contains(key), "{name}: {error}");
    }
}

#[test]
fn what_would_be_another_computation_is_refused() {
    let cases = [
        (
            "model_type",
            r#""model_type": "gemma","#,
            r#"key "model_type": "gemma" is not supported, supported: "qwen2" (Qwen2 and Qwen2.5), "qwen3", "llama" (Llama 2 and 3, SmolLM2)"#,
        ),
        (
            "hidden_act",
            r#""hidden_act": "gelu","#,
            r#"key "hidden_act": "gelu" is not supported, supported: "silu""#,
        ),
        (
            "use_sliding_window",
            r#""use_sliding_window": true,"#,
            r#"key "use_sliding_window": true is not supported, supported: false"#,
        ),
        (
            "use_mrope",
            r#""use_mrope": true,"#,
            r#"key "use_mrope": true is not supported, supported: false"#,
        ),
        (
            "attention_dropout",
            r#""attention_dropout": 0.1,"#,
            r#"key "attention_dropout": 0.1 is not supported, supported: 0.0"#,
        ),
        (
            "use_mrope",
            r#""rope_scaling": {"type": "yarn", "factor": 4.0},"#,
            r#"key "rope_scaling.type": "yarn" is not supported, supported: "default" (no scaling), "llama3""#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"rope_type": "longrope"},"#,
            r#"key "rope_parameters.rope_type": "longrope" is not supported, supported: "default" (no scaling), "llama3""#,
        ),
        (
            "use_mrope",
            r#""rope_scaling": {"factor": 4.0},"#,
            r#"key "rope_scaling.rope_type": (absent) is not supported, supported: "default" (no scaling), "llama3""#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"factor": 4.0},"#,
            r#"key "rope_parameters.factor": 4.0 is not supported, supported: rope_type, rope_theta and nothing else here"#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"rope_type": "default", "partial_rotary_factor": 0.5},"#,
            r#"key "rope_parameters.partial_rotary_factor": 0.5 is not supported, supported: 1.0"#,
        ),
        (
            "use_mrope",
            r#""partial_rotary_factor": 0.5,"#,
            r#"key "partial_rotary_factor": 0.5 is not supported, supported: 1.0"#,
        ),
        (
            "use_mrope",
            r#""rope_local_base_freq": 10000.0,"#,
            r#"key "rope_local_base_freq": 10000.0 is not supported, supported: rope_theta and rope_parameters"#,
        ),
        (
            "use_mrope",
            r#""rotary_emb_base": 10000,"#,
            r#"key "rotary_emb_base": 10000 is not supported, supported: rope_theta and rope_parameters"#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"full_attention": {"rope_type": "yarn", "factor": 4.0}},"#,
            r#"key "rope_parameters.full_attention.rope_type": "yarn" is not supported, supported: "default" (no scaling), "llama3""#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"sliding_attention": {"rope_type": "default"}},"#,
            r#"key "rope_parameters.full_attention": (absent) is not supported, supported: settings for the layers of this type"#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"rope_theta": 500000.0},"#,
            r#"key "rope_parameters.rope_theta": 500000.0 is not supported, supported: 10000, as "rope_theta" says"#,
        ),
        (
            "rope_theta",
            r#""rope_parameters": {"full_attention": {"rope_theta": 1e6}, "sliding_attention": {"rope_theta": 1e4}},"#,
            r#"key "rope_parameters.sliding_attention.rope_theta": 10000.0 is not supported, supported: 1000000, as "rope_parameters.full_attention.rope_theta" says"#,
        ),
        (
            "use_mrope",
            r#""layer_types": ["sliding_attention"],"#,
            r#"key "layer_types": ["sliding_attention"] is not supported, supported: "full_attention" in every layer"#,
        ),
        (
            "use_mrope",
            r#""quantization_config": {"bits": 4},"#,
            r#"key "quantization_config": {"bits":4} is not supported, supported: weights that are not quantised"#,
        ),
        (
            "num_key_value_heads",
            r#""num_key_value_heads": 5,"#,
            r#"key "num_key_value_heads": 5 is not supported, supported: a divisor of num_attention_heads (12)"#,
        ),
        (
            "torch_dtype",
            r#""torch_dtype": "int8","#,
            r#"key "torch_dtype": "int8" is not supported, supported: "float32", "bfloat16", "float16", "auto""#,
        ),
        (
            "use_mrope",
            r#""head_dim": 7,"#,
            r#"key "head_dim": 7 is not supported, supported: an even width of the heads"#,
        ),
    ];
    for (key, line, expected) in cases {
        assert_eq!(error(&with(key, line)), expected);
    }
}

#[test]
fn missing_and_mistyped_keys_are_named() {
    let cases = [
        (
            "hidden_size",
            "",
            r#"key "hidden_size" is missing, expected a positive integer"#,
        ),
        (
            "hidden_size",
            r#""hidden_size": "wide","#,
            r#"key "hidden_size": expected a positive integer, found "wide""#,
        ),
        (
            "vocab_size",
            r#""vocab_size": -1,"#,
            r#"key "vocab_size": expected a positive integer, found -1"#,
        ),
        (
            "vocab_size",
            r#""vocab_size": 1.5,"#,
            r#"key "vocab_size": expected a positive integer, found 1.5"#,
        ),
        (
            "num_attention_heads",
            r#""num_attention_heads": 0,"#,
            r#"key "num_attention_heads": expected a positive integer, found 0"#,
        ),
        (
            "rms_norm_eps",
            r#""rms_norm_eps": 0,"#,
            r#"key "rms_norm_eps": expected a positive number, found 0"#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": [1],"#,
            r#"key "rope_parameters": expected an object, found [1]"#,
        ),
        (
            "use_mrope",
            r#""rope_parameters": {"rope_theta": 10000.0, "full_attention": {"rope_type": "default"}},"#,
            r#"key "rope_parameters.rope_theta": expected an object, found 10000.0"#,
        ),
        (
            "eos_token_id",
            r#""eos_token_id": [1, "x"],"#,
            r#"key "eos_token_id": expected a token id or a list of token ids, found [1,"x"]"#,
        ),
    ];
    for (key, line, expected) in cases {
        assert_eq!(error(&with(key, line)), expected);
    }
}

#[test]
fn a_file_that_is_no_configuration_is_named() {
    assert_eq!(error("[1]"), "expected a JSON object");
    assert_eq!(error(&PLAIN[..100]), "not valid JSON");
    let missing = ModelConfig::load(std::path::Path::new("/nowhere")).unwrap_err();
    let source = std::error::Error::source(&missing).unwrap().to_string();
    assert!(source.contains("/nowhere/config.json"), "{source}");
}

#[test]
fn end_of_sequence_is_read_from_any_configuration() {
    let (_folder, path) = written(r#"{"eos_token_id": [3, 4], "temperature": 1}"#);
    assert_eq!(eos_token_ids(&path).unwrap(), [3, 4]);
}

#[test]
fn the_parameters_of_the_layout_are_those_of_the_checkpoint() {
    let config = load(PLAIN).unwrap();
    let names: Vec<String> = config.parameters().into_iter().map(|p| p.name).collect();
    assert_eq!(names.len(), 2 + 28 * 12);
    assert!(
        !names.contains(&"lm_head.weight".to_owned()),
        "a tied head is listed once"
    );
    let total: usize = config
        .parameters()
        .iter()
        .map(|p| p.shape.iter().product::<usize>())
        .sum();
    // What the model's card calls 1.5B.
    assert_eq!(total, 1_543_714_304);
}
