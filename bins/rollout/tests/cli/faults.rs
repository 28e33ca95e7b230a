//! Bad input and bad moments: the message names what and where, and nothing half-written is left.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Bench, binary, lines, model_copy, parse, question, questions};

#[test]
fn rows_that_cannot_be_played_are_named_after_those_before_them() {
    let Some(bench) = Bench::new() else { return };
    let spoiled = |change: fn(&mut Value)| {
        let mut rows = questions(4);
        change(&mut rows[2]);
        lines(&rows)
    };
    type Change = fn(&mut Value);
    let without: [(Change, &str); 5] = [
        (
            |row| drop(row.as_object_mut().unwrap().remove("question")),
            "\"question\"",
        ),
        (
            |row| drop(row.as_object_mut().unwrap().remove("seed")),
            "\"seed\"",
        ),
        (|row| row["answer"] = json!(17), "\"answer\""),
        (|row| row["attempts_allowed"] = json!(0), "at least 1"),
        (
            |row| row["attempts_allowed"] = json!("two"),
            "\"attempts_allowed\"",
        ),
    ];
    for (change, part) in without {
        let (message, written) = bench.fails(spoiled(change), &[]);
        assert!(
            message.contains("standard input line 3") && message.contains(part),
            "{message}"
        );
        assert_eq!(written.len(), 2, "what came before is not lost");
    }
    let mut torn = lines(&questions(2));
    torn.extend_from_slice(b"{\"question_id\": \"made/9\", \"ques");
    let (message, written) = bench.fails(torn, &[]);
    assert!(message.contains("line 3"), "{message}");
    assert_eq!(written.len(), 2);
    let (message, _) = bench.fails("", &[]);
    assert!(
        message.contains("standard input"),
        "an empty input is named: {message}"
    );
}

#[test]
fn a_prompt_without_a_token_is_refused() {
    let Some(bench) = Bench::new() else { return };
    fs_err::write(
        bench.path("bare.toml"),
        "prompt = '{question}'\nfeedback = 'no'",
    )
    .unwrap();
    let mut row = question(1, 1);
    row["question"] = json!("");
    let (message, _) = bench.fails(lines(&[row]), &["--template", "bare.toml"]);
    assert!(
        message.contains("line 1") && message.contains("\"question\""),
        "{message}"
    );
}

#[test]
fn a_failed_run_leaves_no_output_file() {
    let Some(bench) = Bench::new() else { return };
    let mut input = lines(&questions(3));
    input.extend_from_slice(b"not json\n");
    for name in ["out.jsonl", "out.parquet"] {
        bench.fails(input.clone(), &["--output", name]);
    }
    let left: Vec<_> = fs_err::read_dir(bench.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["template.toml"]);
}

#[test]
fn models_that_cannot_be_used_are_named() {
    let Some(mut bench) = Bench::new() else {
        return;
    };
    let rows = lines(&questions(1));
    bench.model = model_copy(bench.folder.path()).unwrap();
    let spoil = |name: &str, from: &str, to: &str| {
        let path = bench.model.join(name);
        let text = fs_err::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs_err::write(&path, text.replace(from, to)).unwrap();
        text
    };
    let restore = |name: &str, text: String| fs_err::write(bench.model.join(name), text).unwrap();

    let text = spoil("tokenizer.json", "<|im_start|>", "<|begin|>");
    let message = bench.fails(rows.clone(), &[]).0;
    assert!(
        message.contains("\"<|im_start|>\"") && message.contains("tokenizer.json"),
        "{message}"
    );
    restore("tokenizer.json", text);

    let text = spoil("config.json", "\"vocab_size\": 512", "\"vocab_size\": 300");
    let message = bench.fails(rows.clone(), &[]).0;
    assert!(message.contains("300"), "{message}");
    restore("config.json", text);

    let text = spoil("config.json", "\"qwen2\"", "\"gpt2\"");
    let message = bench.fails(rows.clone(), &[]).0;
    assert!(
        message.contains("model_type") && message.contains("gpt2"),
        "{message}"
    );
    restore("config.json", text);

    let weights = bench.model.join("model.safetensors");
    let whole = fs_err::read(&weights).unwrap();
    let mut nan = whole.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    fs_err::write(&weights, nan).unwrap();
    let message = bench.fails(rows.clone(), &[]).0;
    assert!(
        message.contains("model.safetensors") && message.to_lowercase().contains("nan"),
        "{message}"
    );
    fs_err::write(&weights, &whole[..end - 100]).unwrap();
    let message = bench.fails(rows.clone(), &[]).0;
    assert!(message.contains("model.safetensors"), "{message}");
    fs_err::remove_file(&weights).unwrap();
    assert!(bench.fails(rows, &[]).0.contains("model"));
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let Some(bench) = Bench::new() else { return };
    for (flags, part) in [
        (&["--temperature=-1"][..], "at least 0.001"),
        (&["--top-p", "0"], "above 0"),
        (&["--max-batch", "0"], "at least 1"),
        (&["--shard", "3/3"], "0 <= I < N"),
        (&["--kv-memory", "8G"], "8GiB"),
        (&["--dtype", "float8"], "float32"),
    ] {
        let output = bench.command(flags).write_stdin("").output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{errors}");
        assert!(errors.contains(part), "{errors}");
    }
    let rows = lines(&questions(1));
    for (flags, part) in [
        (&["--context-length", "513"][..], "512"),
        (&["--device", "tpu"], "tpu"),
        (&["--dtype", "bfloat16"], "torch"),
        (&["--template", "nowhere.toml"], "nowhere.toml"),
        (&["--max-batch", "100000000"], "lower --max-batch"),
        (
            &["--kv-memory", "300KiB"],
            "up to 512 tokens need 512.0 KiB",
        ),
        (&["--kv-memory", "1GiB", "--engine", "torch"], "native"),
    ] {
        let (message, _) = bench.fails(rows.clone(), flags);
        assert!(message.contains(part), "{message}");
    }
    fs_err::write(bench.path("settings.toml"), "[rollout]\ntemprature = 1\n").unwrap();
    let output = bench
        .command(&["--config", "settings.toml"])
        .write_stdin(rows)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && errors.contains("temprature"),
        "{errors}"
    );
}

fn spawn(bench: &Bench, more: &[&str]) -> std::process::Child {
    let mut command = Command::new(binary());
    command.args([
        "--quiet",
        "--threads",
        "1",
        "--max-new-tokens",
        "40",
        "--template",
        "template.toml",
        "--model",
    ]);
    command
        .arg(&bench.model)
        .args(more)
        .current_dir(bench.folder.path());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_row_leaves_before_the_input_ends() {
    let Some(bench) = Bench::new() else { return };
    let mut child = spawn(&bench, &[]);
    let mut input = child.stdin.take().unwrap();
    input.write_all(&lines(&[question(1, 2)])).unwrap();
    input.flush().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    assert_eq!(parse(first.as_bytes())[0]["question_id"], "made/1");
    input.write_all(&lines(&[question(2, 1)])).unwrap();
    drop(input);
    let mut rest = String::new();
    output.read_to_string(&mut rest).unwrap();
    assert_eq!(parse(rest.as_bytes()).len(), 1);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_leaves_ends_the_run_quietly() {
    let Some(bench) = Bench::new() else { return };
    let mut child = spawn(&bench, &[]);
    let mut input = child.stdin.take().unwrap();
    // The input stays open: the run must end because of its output alone.
    input.write_all(&lines(&questions(200))).unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    drop(output);
    assert!(child.wait().unwrap().success());
    let mut errors = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .unwrap();
    assert_eq!(errors, "");
}

#[test]
fn signals_stop_the_run_and_leave_nothing() {
    let Some(bench) = Bench::new() else { return };
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let mut child = spawn(&bench, &["--output", "out.jsonl"]);
        let mut input = child.stdin.take().unwrap();
        input.write_all(&lines(&questions(3))).unwrap();
        // The output's temporary file shows that the run is under way.
        let under_way = || fs_err::read_dir(bench.folder.path()).unwrap().count() > 1;
        while !under_way() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        let kill = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(status));
        assert_eq!(
            fs_err::read_dir(bench.folder.path()).unwrap().count(),
            1,
            "only the template is left"
        );
    }
}
