//! A real pretrained model, SmolLM2-135M-Instruct: it answers chat prompts here as it does in transformers.
//!
//! Needs the model's directory (REATTEMPT_SMOLLM2) and a Python with torch and transformers (REATTEMPT_TEST_PYTHON);
//! `./just test` makes both.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fixtures::{floats, lines, read_lines, to_lines};
use pipeline_tests::stage;
use serde_json::{Value, json};

const PROMPTS: [&str; 20] = [
    "What is the capital of France, and which river runs through it?",
    "Explain in one sentence why the sky is blue.",
    "Write a short note to my landlord: the kitchen tap has been dripping since Monday.",
    "I have three apples and buy four more. How many apples do I have?",
    "Which is heavier, a kilogram of feathers or a kilogram of iron?",
    "Give me two synonyms of \"quick\".",
    "Translate into German: Good morning, how are you?",
    "What does the Python expression [x * x for x in range(4)] evaluate to?",
    "My bread did not rise. What are the two most likely reasons?",
    "Name the planets between the Sun and Mars.",
    "Correct the spelling: The wether was beatiful yesterday.",
    "Compute 17 + 25 and put the result in \\boxed{}.",
    "Summarize: The committee met on Tuesday, heard both sides, and decided to wait until spring.",
    "Who wrote \"Pride and Prejudice\"?",
    "What comes next: 2, 4, 8, 16?",
    "Is it safe to look at the Sun during a partial eclipse? Answer yes or no, then explain.",
    "A train leaves at 9:40 and arrives at 11:15. How long does the journey take?",
    "List three things to check before a long drive in winter.",
    "Caf\u{e9} or coffee house \u{2014} is there a difference? \u{1f642}",
    "Finish the sentence: An apple a day",
];

/// Longest answer in tokens; some end before.
const LONGEST: usize = 24;

/// `<|im_end|>`
const END: i32 = 2;

/// For each row, what transformers has: the ids of the prompt, and at every token that follows the row's prompt the
/// likeliest one there and the log-probability of the row's own; the text of the row's answer. Float32, as both engines
/// here compute on a CPU. Tokens that are the likeliest after those before them are the greedy answer.
const REFERENCE: &str = r#"
import json, sys, torch
from transformers import AutoModelForCausalLM, AutoTokenizer
directory, rows = sys.argv[1:]
torch.set_num_threads(1)
tokenizer = AutoTokenizer.from_pretrained(directory)
model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
with torch.no_grad():
    for row in map(json.loads, open(rows)):
        messages = [{"role": "user", "content": row["question"]}]
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        ids = torch.tensor([row["token_ids"]])
        answer = ids[0, row["prompt_length"] :]
        logprobs = model(ids).logits[0, row["prompt_length"] - 1 : -1].log_softmax(-1)
        print(json.dumps({
            "prompt": tokenizer(text, add_special_tokens=False).input_ids,
            "text": tokenizer.decode(answer, skip_special_tokens=True),
            "likeliest": logprobs.argmax(-1).tolist(),
            "logprobs": logprobs.gather(1, answer[:, None])[:, 0].tolist(),
        }))
"#;

/// The model's directory and the interpreter; where one is missing the reason is printed.
fn installed() -> Option<(PathBuf, PathBuf)> {
    let named = |variable: &str| {
        let found = std::env::var_os(variable).map(PathBuf::from);
        if found.as_ref().is_none_or(|path| !path.exists()) {
            eprintln!("skipped: {variable} names nothing that exists (./just test sets it)");
            return None;
        }
        found
    };
    let (model, python) = (named("REATTEMPT_SMOLLM2")?, named("REATTEMPT_TEST_PYTHON")?);
    const FIND: &str =
        "import importlib.util as u; assert u.find_spec('torch') and u.find_spec('transformers')";
    let found = Command::new(&python).args(["-c", FIND]).output().unwrap();
    if !found.status.success() {
        eprintln!(
            "skipped: {} has no torch and transformers",
            python.display()
        );
        return None;
    }
    Some((model, python))
}

/// The standard output of a command that must succeed.
fn output(command: &mut Command) -> String {
    let outcome = command.stderr(Stdio::piped()).output().unwrap();
    let errors = String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{errors}");
    String::from_utf8(outcome.stdout).unwrap()
}

fn questions(prompts: &[&str]) -> Vec<Value> {
    let question = |(number, prompt): (usize, &&str)| {
        json!({
            "question_id": format!("chat/{number}"), "question": prompt, "answer": "none", "attempts_allowed": 1,
            "sample_index": 0, "seed": number,
        })
    };
    prompts.iter().enumerate().map(question).collect()
}

/// Plays `prompts` as the model's own template words them, the system's text included.
fn play(model: &Path, folder: &Path, prompts: &[&str], temperature: &str) -> Vec<Value> {
    let input = folder.join("questions.jsonl");
    std::fs::write(&input, to_lines(&questions(prompts))).unwrap();
    let mut command = stage("rollout");
    command.args(["--quiet", "--template", "model", "--system-text", ""]);
    command
        .args(["--temperature", temperature, "--model"])
        .arg(model)
        .arg("--input")
        .arg(input);
    command.arg("--max-new-tokens").arg(LONGEST.to_string());
    lines(&output(&mut command))
}

fn score(model: &Path, rows: &Path) -> Vec<Value> {
    let mut command = stage("score");
    command
        .args(["--quiet", "--policy"])
        .arg(model)
        .arg("--input")
        .arg(rows);
    lines(&output(&mut command))
}

fn transformers(python: &Path, model: &Path, rows: &Path) -> Vec<Value> {
    let mut command = Command::new(python);
    command.args(["-c", REFERENCE]).arg(model).arg(rows);
    command
        .env("HF_HUB_OFFLINE", "1")
        .env("TRANSFORMERS_VERBOSITY", "error");
    lines(&output(&mut command))
}

/// Thirty layers in float32, added up in another order.
fn assert_close(row: &Value, field: &str, expected: &[f64]) {
    let all = floats(&row[field]);
    let ours = &all[all.len() - expected.len()..];
    for (at, (ours, expected)) in ours.iter().zip(expected).enumerate() {
        let gap = (ours - expected).abs();
        assert!(
            gap <= 2e-4,
            "{field} of {} at {at}: {ours}, transformers {expected}",
            row["question"]
        );
    }
}

#[test]
fn smollm2_answers_as_in_transformers() {
    let Some((model, python)) = installed() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let greedy = play(&model, folder.path(), &PROMPTS, "0");
    let drawn = play(&model, folder.path(), &PROMPTS[..6], "1");
    let rows = folder.path().join("rows.jsonl");
    std::fs::write(&rows, to_lines(&[greedy.as_slice(), &drawn].concat())).unwrap();
    let scored = score(&model, &rows);
    let expected = transformers(&python, &model, &rows);
    assert_eq!((scored.len(), expected.len()), (26, 26));
    let mut ended = 0;
    for ((row, scored), expected) in read_lines(&rows).iter().zip(&scored).zip(&expected) {
        let (prompt, answer) = parts(row);
        assert_eq!(json!(prompt), expected["prompt"], "{}", row["question"]);
        assert_eq!(row["attempts"][0]["text"], expected["text"]);
        let logprobs = floats(&expected["logprobs"]);
        assert_eq!(logprobs.len(), answer.len());
        assert_close(scored, "policy_logprobs", &logprobs);
        ended += usize::from(answer.last() == Some(&json!(END)));
    }
    for (row, expected) in greedy.iter().zip(&expected) {
        let (_, answer) = parts(row);
        assert_eq!(json!(answer), expected["likeliest"], "{}", row["question"]);
        assert!(answer.len() == LONGEST || answer.last() == Some(&json!(END)));
    }
    for (row, expected) in drawn.iter().zip(&expected[greedy.len()..]) {
        assert_close(row, "logprobs", &floats(&expected["logprobs"]));
    }
    assert!(
        (1..expected.len()).contains(&ended),
        "some answers end, some are cut off: {ended}"
    );
}

/// The ids of a row's prompt and of its answer.
fn parts(row: &Value) -> (&[Value], &[Value]) {
    let ids = row["token_ids"].as_array().unwrap();
    ids.split_at(row["prompt_length"].as_u64().unwrap() as usize)
}
