//! What a family's name says of its decoders, and how Llama 3 scales its frequencies.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use checkpoints::{ConfigError, ModelConfig, RopeScaling};
use serde_json::{Value, json};

/// A configuration of a family, with `more` keys in it.
fn config(family: &str, more: &Value) -> Value {
    let mut keys = json!({
        "model_type": family,
        "hidden_act": "silu",
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 512,
        "rms_norm_eps": 1e-5,
        "vocab_size": 40,
    });
    for (key, value) in more.as_object().unwrap() {
        keys[key] = value.clone();
    }
    keys
}

fn load(keys: &Value) -> Result<ModelConfig, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("config.json"), keys.to_string()).unwrap();
    ModelConfig::load(folder.path())
}

fn error(family: &str, more: &Value) -> String {
    let text = load(&config(family, more)).unwrap_err().to_string();
    text.split_once("config.json: ").expect(&text).1.to_owned()
}

/// The parameters of the first layer's attention.
fn attention(keys: &Value) -> Vec<(String, Vec<usize>)> {
    let parameters = load(keys).unwrap().parameters().into_iter();
    parameters
        .filter_map(|parameter| {
            let name = parameter.name.strip_prefix("model.layers.0.self_attn.")?;
            Some((name.to_owned(), parameter.shape))
        })
        .collect()
}

fn named(list: &[(&str, &[usize])]) -> Vec<(String, Vec<usize>)> {
    list.iter()
        .map(|(name, shape)| ((*name).to_owned(), shape.to_vec()))
        .collect()
}

#[test]
fn each_family_has_the_parameters_of_its_checkpoints() {
    assert_eq!(
        attention(&config("qwen2", &json!({}))),
        named(&[
            ("q_proj.weight", &[64, 64]),
            ("q_proj.bias", &[64]),
            ("k_proj.weight", &[32, 64]),
            ("k_proj.bias", &[32]),
            ("v_proj.weight", &[32, 64]),
            ("v_proj.bias", &[32]),
            ("o_proj.weight", &[64, 64]),
        ])
    );
    assert_eq!(
        attention(&config("llama", &json!({"attention_bias": false}))),
        named(&[
            ("q_proj.weight", &[64, 64]),
            ("k_proj.weight", &[32, 64]),
            ("v_proj.weight", &[32, 64]),
            ("o_proj.weight", &[64, 64]),
        ])
    );
    // Heads of 24 in a stream of 64: queries are wider than the stream.
    assert_eq!(
        attention(&config("qwen3", &json!({"head_dim": 24}))),
        named(&[
            ("q_proj.weight", &[96, 64]),
            ("k_proj.weight", &[48, 64]),
            ("v_proj.weight", &[48, 64]),
            ("q_norm.weight", &[24]),
            ("k_norm.weight", &[24]),
            ("o_proj.weight", &[64, 96]),
        ])
    );
}

#[test]
fn a_silent_file_means_what_its_family_assumes() {
    let head_dim = |family| load(&config(family, &json!({}))).unwrap().head_dim;
    assert_eq!(["qwen2", "llama", "qwen3"].map(head_dim), [16, 16, 128]);
}

#[test]
fn the_class_names_the_family_where_the_type_is_missing() {
    let typed = config("llama", &json!({}));
    let classed = config(
        "",
        &json!({"model_type": null, "architectures": ["LlamaForCausalLM"]}),
    );
    assert_eq!(load(&classed).unwrap(), load(&typed).unwrap());
    let supported = r#""qwen2" (Qwen2 and Qwen2.5), "qwen3", "llama" (Llama 2 and 3, SmolLM2)"#;
    assert_eq!(
        error("", &json!({"model_type": null})),
        format!("key \"model_type\" is missing, expected {supported}")
    );
    assert_eq!(
        error(
            "",
            &json!({"model_type": null, "architectures": ["GemmaForCausalLM"]})
        ),
        format!(
            "key \"architectures\": [\"GemmaForCausalLM\"] is not supported, supported: {supported}"
        )
    );
}

#[test]
fn switches_of_a_family_that_would_be_another_computation_are_refused() {
    for (family, key) in [
        ("llama", "attention_bias"),
        ("llama", "mlp_bias"),
        ("qwen3", "attention_bias"),
        ("qwen3", "use_sliding_window"),
    ] {
        assert_eq!(
            error(family, &json!({key: true})),
            format!("key \"{key}\": true is not supported, supported: false")
        );
    }
    assert_eq!(
        error("llama", &json!({"pretraining_tp": 2})),
        r#"key "pretraining_tp": 2 is not supported, supported: 1"#
    );
    // Qwen2 knows no such switch: its decoders have the biases whatever a file says.
    assert!(
        load(&config("qwen2", &json!({"attention_bias": false})))
            .unwrap()
            .qkv_bias
    );
}

/// The scaling of Llama 3.2 1B.
fn scaling() -> Value {
    json!({
        "rope_type": "llama3",
        "factor": 32.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    })
}

#[test]
fn llama_3_scaling_is_read_in_both_spellings() {
    let mut newer = scaling();
    newer["rope_theta"] = json!(500_000.0);
    let mut oldest = scaling();
    oldest["type"] = oldest["rope_type"].take();
    let all = [
        json!({"rope_theta": 500_000.0, "rope_scaling": scaling()}),
        json!({"rope_theta": 500_000.0, "rope_scaling": oldest}),
        json!({"rope_parameters": newer}),
        json!({"rope_parameters": {"full_attention": newer}}),
        json!({"rope_scaling": scaling(), "rope_parameters": newer}),
    ];
    for more in all {
        let rope = load(&config("llama", &more)).unwrap().rope;
        assert_eq!(rope.theta, 500_000.0, "{more}");
        let expected = RopeScaling::Llama3 {
            factor: 32.0,
            low_freq_factor: 1.0,
            high_freq_factor: 4.0,
            original_max_position_embeddings: 8192,
        };
        assert_eq!(rope.scaling, expected, "{more}");
    }
}

/// Every third of the 32 frequencies that transformers 5.23 has for Llama 3.2 1B, in float32: five that stay, one between,
/// five that are 32 times slower.
#[test]
fn scaled_frequencies_are_those_of_transformers() {
    const EXPECTED: [f32; 11] = [
        1.0,
        0.292_227_83,
        0.085_397_1,
        0.024_955_409,
        0.007_292_665,
        0.001_290_548,
        1.946_163_9e-5,
        5.687_232_3e-6,
        1.661_967_4e-6,
        4.856_731e-7,
        1.419_272e-7,
    ];
    let more = json!({"head_dim": 64, "rope_theta": 500_000.0, "rope_scaling": scaling()});
    let frequencies = load(&config("llama", &more)).unwrap().rotary_frequencies();
    assert_eq!(frequencies.len(), 32);
    for (ours, theirs) in frequencies.iter().step_by(3).zip(EXPECTED) {
        let gap = (ours - theirs).abs();
        assert!(gap <= 5e-7 * theirs, "{ours} and {theirs}");
    }
}

#[test]
fn scaling_that_is_half_said_or_contradicts_itself_is_refused() {
    let changed = |key: &str, value: Value| {
        let mut scaling = scaling();
        scaling[key] = value;
        error("llama", &json!({"rope_scaling": scaling}))
    };
    for key in ["factor", "low_freq_factor", "high_freq_factor"] {
        let expected = format!("key \"rope_scaling.{key}\" is missing, expected a positive number");
        assert_eq!(changed(key, Value::Null), expected);
    }
    assert_eq!(
        changed("original_max_position_embeddings", Value::Null),
        "key \"rope_scaling.original_max_position_embeddings\" is missing, expected a positive integer"
    );
    assert_eq!(
        changed("high_freq_factor", json!(1.0)),
        "key \"rope_scaling.high_freq_factor\": 1.0 is not supported, supported: more than low_freq_factor (1)"
    );
    assert_eq!(
        changed("beta_fast", json!(32)),
        "key \"rope_scaling.beta_fast\": 32 is not supported, supported: rope_type, rope_theta, factor, \
         low_freq_factor, high_freq_factor, original_max_position_embeddings and nothing else here"
    );
    assert_eq!(
        changed("type", json!("default")),
        "key \"rope_scaling.rope_type\": \"llama3\" is not supported, supported: what \"type\" says"
    );
    let mut other = scaling();
    other["factor"] = json!(8.0);
    assert_eq!(
        error(
            "llama",
            &json!({"rope_scaling": scaling(), "rope_parameters": other})
        ),
        "key \"rope_parameters.rope_type\": \"llama3\" is not supported, supported: \"llama3\" with factor 32, \
         low_freq_factor 1, high_freq_factor 4, original_max_position_embeddings 8192, as \
         \"rope_scaling.rope_type\" says"
    );
}
