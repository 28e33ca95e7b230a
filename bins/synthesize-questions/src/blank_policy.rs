//! A Hugging Face directory without weights: Qwen2's architecture in small, and a tokenizer that fits the
//! demonstrations. `sft --from-scratch` draws the weights. Knows nothing about training.

use std::path::Path;

use anyhow::{Context, ensure};
use checkpoints::{ModelConfig, StagedDirectory};
use serde_json::{Value, json};
use transcript::Template;

use crate::args::BlankPolicyArgs;
use crate::tokenizer::{END_OF_TEXT, TURN_END, TURN_START, Vocabulary};

/// Renders messages as `data/tiny/template.toml` renders questions: a turn of the environment is wrapped in marks,
/// a turn of the policy is closed by one.
const CHAT_TEMPLATE: &str = "{% for message in messages %}\
{% if message['role'] != 'assistant' %}{{ '<|im_start|>' }}{% endif %}\
{{ message['content'] + '<|im_end|>' }}{% endfor %}";

pub fn write(args: &BlankPolicyArgs) -> anyhow::Result<()> {
    let vocabulary = learn_vocabulary(args)?;
    let (_removed_by_signal, staged) = tables::create_temporary(
        || StagedDirectory::create(&args.output_dir),
        |staged| staged.temporary_path().to_owned(),
    )?;
    let directory = staged.temporary_path();
    write_json(directory, "config.json", &config(args, &vocabulary))?;
    write_json(
        directory,
        "generation_config.json",
        &generation_config(&vocabulary),
    )?;
    write_json(directory, "tokenizer.json", &vocabulary.to_json())?;
    write_json(directory, "tokenizer_config.json", &tokenizer_config(args))?;
    ModelConfig::load(directory).context("no model has such sizes")?;
    staged
        .publish()
        .with_context(|| format!("failed to write {}", args.output_dir.display()))
}

/// Learns merges from all that is said in the demonstrations, by the environment and by the policy.
fn learn_vocabulary(args: &BlankPolicyArgs) -> anyhow::Result<Vocabulary> {
    let template = Template::load(&args.template)?;
    let mut texts = Vec::new();
    for row in tables::open(&args.demonstrations, None)? {
        let row = row?;
        let allowed = row.int32("attempts_allowed")?;
        let allowed = u32::try_from(allowed)
            .map_err(|_| row.fail("attempts_allowed", "expected a positive number"))?;
        let demonstration: Vec<String> = row.decode("demonstration")?;
        texts.extend(template.texts(row.text("question")?, allowed, &demonstration)?);
    }
    ensure!(
        !texts.is_empty(),
        "{} holds no demonstrations",
        args.demonstrations.display()
    );
    Vocabulary::learn(texts.iter().map(String::as_str), args.vocabulary as usize)
}

fn config(args: &BlankPolicyArgs, vocabulary: &Vocabulary) -> Value {
    json!({
        "architectures": ["Qwen2ForCausalLM"],
        "attention_dropout": 0.0,
        "bos_token_id": null,
        "eos_token_id": vocabulary.special(TURN_END),
        "hidden_act": "silu",
        "hidden_size": args.hidden_size,
        "initializer_range": args.initializer_range,
        "intermediate_size": args.intermediate_size,
        "max_position_embeddings": args.context,
        "max_window_layers": args.layers,
        "model_type": "qwen2",
        "num_attention_heads": args.heads,
        "num_hidden_layers": args.layers,
        "num_key_value_heads": args.key_value_heads,
        "pad_token_id": vocabulary.special(END_OF_TEXT),
        "rms_norm_eps": 1e-6,
        "rope_theta": 10000.0,
        "sliding_window": null,
        "tie_word_embeddings": true,
        "torch_dtype": "float32",
        "use_cache": true,
        "use_sliding_window": false,
        "vocab_size": vocabulary.size()
    })
}

fn generation_config(vocabulary: &Vocabulary) -> Value {
    json!({
        "eos_token_id": [vocabulary.special(TURN_END), vocabulary.special(END_OF_TEXT)],
        "pad_token_id": vocabulary.special(END_OF_TEXT)
    })
}

fn tokenizer_config(args: &BlankPolicyArgs) -> Value {
    json!({
        "add_prefix_space": false,
        "additional_special_tokens": [TURN_START, TURN_END],
        "bos_token": null,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": false,
        "eos_token": TURN_END,
        "model_max_length": args.context,
        "pad_token": END_OF_TEXT,
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": null
    })
}

fn write_json(directory: &Path, name: &str, value: &Value) -> anyhow::Result<()> {
    Ok(fs_err::write(directory.join(name), format!("{value:#}\n"))?)
}
