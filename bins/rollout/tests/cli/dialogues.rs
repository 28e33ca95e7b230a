//! What a record says, held against the model, the tokenizer and the rules.

use checkpoints::{ModelConfig, Weights};
use native::{Engine, Model, Threads};
use serde_json::{Value, json};
use tokens::Tokenizer;
use transformer::{Decoder, token_logprobs};

use crate::support::{Bench, integers, question, questions};

const STOPS: [i32; 2] = [509, 511];

/// Checkpoints of each family of decoders.
const FAMILIES: [&str; 3] = ["tiny-qwen2", "tiny-qwen3", "tiny-llama"];

/// Ids that their tokenizer has; Qwen3's model has eight more.
const KNOWN: usize = 512;

#[test]
fn records_say_what_happened() {
    let Some(bench) = Bench::new() else { return };
    let asked = questions(60);
    let played = bench.play(&asked, &["--max-new-tokens", "400"]);
    assert_eq!(played.len(), 60);
    for (asked, row) in asked.iter().zip(&played) {
        for (field, value) in asked.as_object().unwrap() {
            assert_eq!(&row[field], value, "{field} is passed through");
        }
        assert_eq!(row["model"], "tiny-qwen2");
        check_record(&bench, row);
    }
    let attempts = |row: &Value| row["attempts"].as_array().unwrap().len();
    assert!(
        played.iter().any(|row| attempts(row) >= 3),
        "some dialogue needs a third attempt"
    );
    for reason in ["exhausted", "length"] {
        assert!(
            played.iter().any(|row| row["stop_reason"] == reason),
            "{reason}"
        );
    }
}

fn check_record(bench: &Bench, row: &Value) {
    let tokenizer = Tokenizer::load(&bench.model).unwrap();
    let ids = integers(&row["token_ids"]);
    let allowed = row["attempts_allowed"].as_u64().unwrap();
    let prompt = format!(
        "<|im_start|>{} ({allowed})<|im_end|>",
        row["question"].as_str().unwrap()
    );
    let prompt_length = row["prompt_length"].as_u64().unwrap() as usize;
    assert_eq!(ids[..prompt_length], tokenizer.encode(&prompt).unwrap());
    let mut expected_mask = vec![false; ids.len()];
    let mut reached = prompt_length;
    let attempts = row["attempts"].as_array().unwrap();
    assert_eq!(row["attempts_used"], attempts.len());
    for (number, attempt) in attempts.iter().enumerate() {
        let at = |field: &str| attempt[field].as_u64().unwrap() as usize;
        let (start, end) = (at("start"), at("end"));
        if number > 0 {
            let feedback = format!("No. {} left<|im_start|>", allowed as usize - number);
            assert_eq!(ids[reached..start], tokenizer.encode(&feedback).unwrap());
        }
        expected_mask[start..end].fill(true);
        assert_eq!(
            attempt["text"],
            tokenizer.decode(&ids[start..end], true).unwrap()
        );
        let stopped = STOPS.contains(&ids[end - 1]);
        assert!(
            ids[start..end - 1].iter().all(|id| !STOPS.contains(id)),
            "an attempt ends at its first stop"
        );
        assert_eq!(attempt["stop"], if stopped { "eos" } else { "length" });
        assert_eq!(attempt["verdict"] == "truncated", !stopped);
        reached = end;
    }
    assert_eq!(reached, ids.len(), "nothing follows the last attempt");
    assert_eq!(row["loss_mask"], json!(expected_mask));
    let logprobs = row["logprobs"].as_array().unwrap();
    for (logprob, sampled) in logprobs.iter().zip(&expected_mask) {
        assert_eq!(logprob.as_f64().unwrap() != 0.0, *sampled);
    }
    let cut =
        attempts.last().unwrap()["verdict"] == "truncated" || attempts.len() < allowed as usize;
    assert_eq!(row["stop_reason"], if cut { "length" } else { "exhausted" });
}

#[test]
fn logprobs_are_those_of_one_teacher_forced_pass() {
    for model in FAMILIES {
        let Some(bench) = Bench::of(model) else {
            return;
        };
        compare_with_one_pass(&bench);
    }
}

#[test]
fn frequencies_scaled_as_in_llama_3_are_those_of_the_teacher_forced_pass() {
    let Some(mut bench) = Bench::of("tiny-llama") else {
        return;
    };
    let plain = bench.play(&questions(6), &[]);
    let scaling = json!({
        "rope_type": "llama3", "rope_theta": 10_000.0, "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "original_max_position_embeddings": 64,
    });
    bench.configure("rope_parameters", scaling);
    let scaled = bench.play(&questions(6), &[]);
    assert_ne!(plain[0]["token_ids"], scaled[0]["token_ids"]);
    compare_with_one_pass(&bench);
}

fn compare_with_one_pass(bench: &Bench) {
    let (weights, config) = (
        Weights::open(&bench.model).unwrap(),
        ModelConfig::load(&bench.model).unwrap(),
    );
    let decoder =
        Decoder::load(&weights, &config, tch::Device::Cpu, tch::Kind::Float, false).unwrap();
    let decoder = decoder.restricted(KNOWN, &[]).unwrap();
    for temperature in ["1", "0.6"] {
        for row in bench.play(&questions(6), &["--temperature", temperature]) {
            let ids: Vec<i64> = integers(&row["token_ids"])
                .into_iter()
                .map(i64::from)
                .collect();
            let input = tch::Tensor::from_slice(&ids).unsqueeze(0);
            let logits = decoder
                .known_logits(&decoder.hidden(&input).unwrap())
                .unwrap();
            let before = logits.narrow(1, 0, ids.len() as i64 - 1);
            let targets = input.narrow(1, 1, ids.len() as i64 - 1);
            let expected = token_logprobs(&before, &targets, temperature.parse().unwrap()).unwrap();
            let expected = Vec::<f32>::try_from(expected.reshape(-1)).unwrap();
            for (at, sampled) in row["loss_mask"].as_array().unwrap().iter().enumerate() {
                if sampled.as_bool().unwrap() {
                    let ours = row["logprobs"][at].as_f64().unwrap() as f32;
                    assert!(
                        (ours - expected[at - 1]).abs() <= 1e-4,
                        "{ours} and {}",
                        expected[at - 1]
                    );
                }
            }
        }
    }
}

#[test]
fn greedy_continues_as_recorded_for_the_model() {
    for model in FAMILIES {
        let Some(bench) = Bench::of(model) else {
            return;
        };
        continue_greedily(&bench);
    }
}

fn continue_greedily(bench: &Bench) {
    fs_err::write(
        bench.path("template.toml"),
        "prompt = '{question}'\nfeedback = 'no'",
    )
    .unwrap();
    let tokenizer = Tokenizer::load(&bench.model).unwrap();
    let expected = Weights::open_file(&bench.model.join("expected.safetensors")).unwrap();
    let integers_of = |name: String| -> Vec<i32> {
        let bytes = expected.tensor(&name).unwrap().bytes;
        bytes
            .chunks_exact(8)
            .map(|b| i64::from_le_bytes(b.try_into().unwrap()) as i32)
            .collect()
    };
    let mut compared = 0;
    for sequence in 0..5 {
        let prompt = integers_of(format!("seq{sequence}.input_ids"));
        let text = tokenizer.decode(&prompt, false).unwrap();
        if tokenizer.encode(&text).unwrap() != prompt {
            continue; // ids that no text gives cannot be asked for
        }
        let mut row = question(sequence, 1);
        row["question"] = json!(text);
        let played = bench.play(&[row], &["--temperature", "0", "--max-new-tokens", "32"]);
        let ids = integers(&played[0]["token_ids"]);
        let greedy = integers_of(format!("seq{sequence}.greedy"));
        let mut continuation = &ids[prompt.len()..];
        assert!(continuation.len() == 32 || continuation.last() == Some(&509));
        // Where the recorded one has no token, another is drawn, and what follows is another text.
        if let Some(end) = greedy.iter().position(|id| *id as usize >= KNOWN) {
            assert_ne!(continuation[end], greedy[end]);
            continuation = &continuation[..end];
        }
        assert_eq!(continuation, &greedy[..continuation.len()]);
        compared += 1;
    }
    assert_eq!(compared, 5, "all five can be written as text");
}

#[test]
fn greedy_takes_the_likeliest_token_and_says_that_it_was_certain() {
    let Some(bench) = Bench::new() else { return };
    let (weights, config) = (
        Weights::open(&bench.model).unwrap(),
        ModelConfig::load(&bench.model).unwrap(),
    );
    let mut engine = Engine::new(
        Model::load(&weights, &config, 512).unwrap(),
        1,
        Threads::Caller,
    );
    for row in bench.play(&questions(4), &["--temperature", "0"]) {
        let (ids, mask) = (
            integers(&row["token_ids"]),
            row["loss_mask"].as_array().unwrap(),
        );
        for at in 1..ids.len() {
            let logits = engine.extend(&[(0, &ids[at - 1..at])]).unwrap();
            if mask[at].as_bool().unwrap() {
                assert!(
                    logits
                        .iter()
                        .all(|logit| *logit <= logits[ids[at] as usize])
                );
                assert_eq!(row["logprobs"][at], 0.0);
            }
        }
        engine.release(0);
    }
}

#[test]
fn a_question_that_does_not_fit_is_recorded_or_refused() {
    let Some(bench) = Bench::new() else { return };
    let mut rows = questions(3);
    rows[1]["question"] = json!("a long story ".repeat(200));
    let played = bench.play(&rows, &[]);
    assert_eq!(played.len(), 3);
    let (row, attempt) = (&played[1], &played[1]["attempts"][0]);
    assert_eq!(
        (&row["stop_reason"], &row["attempts_used"]),
        (&json!("length"), &json!(1))
    );
    assert_eq!(
        (&attempt["verdict"], &attempt["start"], &attempt["end"]),
        (&json!("truncated"), &json!(512), &json!(512))
    );
    assert_eq!(row["prompt_length"], 512);
    assert!(
        !played[1]["loss_mask"]
            .as_array()
            .unwrap()
            .contains(&json!(true))
    );
    let (message, written) = bench.fails(crate::support::lines(&rows), &["--too-long", "error"]);
    for part in ["made/1", "512 tokens", "line 2"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(written, played[..1], "rows before it are not lost");
}
