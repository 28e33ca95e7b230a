//! Chat templates in the manner of model families: other words, the same features of Jinja.

#![allow(dead_code)] // not every test needs all of it

use std::path::Path;

use serde_json::{Map, Value, json};

/// A family's template with the special tokens that it needs.
pub struct Family {
    pub name: &'static str,
    pub template: &'static str,
    pub marks: &'static [&'static str],
    pub eos: &'static str,
}

/// A system text of its own where the conversation brings none; one loop for everything.
const SMALL: &str = r#"{% for m in messages %}{% if loop.first and m['role'] != 'system' %}{{ '<|im_start|>system
Be of help.<|im_end|>
' }}{% endif %}{{ '<|im_start|>' + m['role'] + '
' + m['content'] + '<|im_end|>
' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant
' }}{% endif %}"#;

/// Tools in the system's turn, roles told apart in the loop, white space held by the tags.
const TOOLED: &str = r#"{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- '<|im_end|>\n' }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>system\nSolve what is asked.<|im_end|>\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"#;

/// Thoughts: kept behind the last question, dropped before it; an empty one where thinking is off. A namespace, a
/// reversed walk, methods of strings.
const THINKING: &str = r#"{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- set state = namespace(searching=true, last=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set at = (messages|length - 1) - loop.index0 %}
    {%- if state.searching and message.role == "user" and message.content is string and not(message.content.startswith('<tool>') and message.content.endswith('</tool>')) %}
        {%- set state.searching = false %}
        {%- set state.last = at %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- set text = message.content if message.content is string else '' %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + text + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- set thought = '' %}
        {%- if message.reasoning_content is string %}
            {%- set thought = message.reasoning_content %}
        {%- elif '</think>' in text %}
            {%- set thought = text.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
            {%- set text = text.split('</think>')[-1].lstrip('\n') %}
        {%- endif %}
        {%- if loop.index0 > state.last and (loop.last or thought) %}
            {{- '<|im_start|>assistant\n<think>\n' + thought.strip('\n') + '\n</think>\n\n' + text.lstrip('\n') }}
        {%- else %}
            {{- '<|im_start|>assistant\n' + text }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}"#;

/// A beginning mark, the day, trimmed contents, a refusal, a loop that breaks, marks around what the model writes.
const DATED: &str = r#"{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "01 Jan 2024" %}
    {%- endif %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set said = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set said = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
{{- "Day: " + date_string + "\n\n" }}
{{- said }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if message.role not in ['user', 'assistant', 'system'] %}
        {{- raise_exception("nobody is called " + message.role) }}
    {%- endif %}
    {%- if message.role == 'stop' %}{% break %}{% endif %}
    {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' }}
    {%- if message.role == 'assistant' %}
        {%- generation -%}
        {{- message['content'] | trim + '<|eot_id|>' }}
        {%- endgeneration -%}
    {%- else %}
        {{- message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}
"#;

const CHATML_MARKS: &[&str] = &["<|im_start|>", "<|im_end|>"];

pub const FAMILIES: [Family; 4] = [
    Family {
        name: "SmolLM2",
        template: SMALL,
        marks: CHATML_MARKS,
        eos: "<|im_end|>",
    },
    Family {
        name: "Qwen2.5",
        template: TOOLED,
        marks: CHATML_MARKS,
        eos: "<|im_end|>",
    },
    Family {
        name: "Qwen3",
        template: THINKING,
        marks: CHATML_MARKS,
        eos: "<|im_end|>",
    },
    Family {
        name: "Llama 3",
        template: DATED,
        marks: &[
            "<|begin_of_text|>",
            "<|start_header_id|>",
            "<|end_header_id|>",
            "<|eot_id|>",
        ],
        eos: "<|eot_id|>",
    },
];

/// The letter by which byte-level tokenizers write a byte: itself where it is printable, else one from 256 on.
fn letters() -> Vec<char> {
    let printable = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    let mut next = 256;
    (0..=255u8)
        .map(|byte| {
            if printable(byte) {
                return char::from(byte);
            }
            next += 1;
            char::from_u32(next - 1).unwrap()
        })
        .collect()
}

/// Writes a tokenizer of single bytes with the family's marks, and its template.
pub fn write(folder: &Path, family: &Family) {
    write_template(folder, family.template, family.marks, family.eos);
}

pub fn write_template(folder: &Path, template: &str, marks: &[&str], eos: &str) {
    let vocabulary: Map<String, Value> = letters()
        .iter()
        .enumerate()
        .map(|(id, letter)| (letter.to_string(), json!(id)))
        .collect();
    let added: Vec<Value> = marks
        .iter()
        .enumerate()
        .map(|(at, mark)| {
            json!({"id": 256 + at, "content": mark, "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false, "special": true})
        })
        .collect();
    let level = json!({"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false});
    let tokenizer = json!({"version": "1.0", "truncation": null, "padding": null, "added_tokens": added,
        "normalizer": null, "pre_tokenizer": level, "post_processor": null, "decoder": level,
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "vocab": vocabulary, "merges": []}});
    let mut config = json!({"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": eos});
    if let Some(bos) = marks.iter().find(|mark| mark.contains("begin")) {
        config["bos_token"] = json!(bos);
    }
    for (name, text) in [
        ("tokenizer.json", tokenizer.to_string()),
        ("tokenizer_config.json", config.to_string()),
        ("chat_template.jinja", template.to_owned()),
    ] {
        fs_err::write(folder.join(name), text).unwrap();
    }
}
