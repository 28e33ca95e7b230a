//! Data as people have it, through the real binary: types, layouts, compression, rows of no use.

// Helpers of tests fail a test by panicking, and say why one is skipped.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

fn run(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sample-questions"))
        .args(["--all", "--attempts", "1"])
        .args(args)
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that fails early does not read on.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rows(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", stderr(output));
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The rows of one file of that name and content.
fn read(name: &str, content: &str, args: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    let path = path.display().to_string();
    run(&[&["--data", path.as_str()], args].concat(), b"")
}

fn only(name: &str, content: &str, args: &[&str]) -> Value {
    let mut rows = rows(&read(name, content, args));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

fn refusal(content: &str, args: &[&str]) -> String {
    let output = read("a.jsonl", content, args);
    assert_eq!(output.status.code(), Some(1), "{content}");
    stderr(&output)
}

#[test]
fn answers_and_ids_of_any_type_become_text() {
    let expectations = [
        (
            "100000000000000000000000000001",
            "100000000000000000000000000001",
        ),
        (
            "-0.10000000000000000000000001",
            "-0.10000000000000000000000001",
        ),
        ("27.0", "27"),
        ("2.50", "2.50"),
        ("true", "true"),
        ("[\"3\"]", "3"),
        ("[7]", "7"),
        ("\" 3 \"", "3"),
    ];
    for (value, text) in expectations {
        let line = format!("{{\"question_id\":{value},\"question\":\"x\",\"answer\":{value}}}");
        let row = only("a.jsonl", &line, &[]);
        assert_eq!(row["answer"], text, "{value}");
        assert_eq!(row["question_id"].as_str().unwrap().trim(), text, "{value}");
    }
    let several = refusal("{\"question\":\"x\",\"answer\":[\"1\",\"2\"]}", &[]);
    let expected =
        "line 1: field \"answer\": expected one value, found a list of 2 (--preset olympiadbench";
    assert!(several.contains(expected), "{several}");
    let null = only(
        "a.jsonl",
        "{\"question_id\":null,\"question\":\"x\",\"answer\":1}",
        &[],
    );
    assert_eq!(null["question_id"], "a/0");
}

const GAPS: &str = r#"{"question":"Add 1 and 2.","answer":"3"}
{"question":" ","answer":"3"}
{"question":"x","answer":""}
{"question":"x","answer":"\t"}
{"question":"x","answer":null}
{"question_id":"","question":"x","answer":"3"}
{"question":"x","answer":["1","2"]}
{"question":"Add 2 and 3.","answer":"5"}
"#;

#[test]
fn rows_of_no_use_are_refused_or_left_out_and_counted() {
    let expectations = [
        (
            1,
            "field \"question\": expected text, found only white space",
        ),
        (2, "field \"answer\": expected text, found an empty string"),
        (3, "field \"answer\": expected text, found an empty string"),
        (4, "field \"answer\": missing, expected an answer here"),
        (
            5,
            "field \"question_id\": expected text, found an empty string",
        ),
    ];
    for (line, expected) in expectations {
        let line = GAPS.lines().nth(line).unwrap();
        let message = refusal(line, &[]);
        assert!(
            message.contains("a.jsonl line 1: ") && message.contains(expected),
            "{message}"
        );
        assert!(
            message.contains("--skip-unusable leaves such rows out"),
            "{message}"
        );
    }
    let output = read("a.jsonl", GAPS, &["--skip-unusable"]);
    let kept = rows(&output);
    let ids: Vec<&str> = kept
        .iter()
        .map(|row| row["question_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["a/0", "a/7"], "places do not shift");
    let told = stderr(&output);
    let lines: Vec<&str> = told
        .lines()
        .filter(|line| line.contains("left out"))
        .collect();
    assert_eq!(lines.len(), 1, "{told}");
    assert!(
        lines[0].contains("left out 6 of 8 rows that cannot be used; the first: "),
        "{told}"
    );
    assert!(lines[0].contains("line 2: field \"question\""), "{told}");
    let nothing = refusal("{\"question\":\"\",\"answer\":\"3\"}", &["--skip-unusable"]);
    assert!(
        nothing.contains("no questions left to sample from"),
        "{nothing}"
    );
    // A field that is asked for by name is no matter of single rows.
    let kept = refusal(GAPS, &["--skip-unusable", "--keep-fields", "level"]);
    assert!(
        kept.contains("field \"level\": missing, expected by --keep-fields"),
        "{kept}"
    );
}

#[test]
fn standard_input_may_be_compressed() {
    let plain = b"{\"question\":\"Add 1 and 2.\",\"answer\":\"3\"}\n";
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(plain).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::stream::encode_all(&plain[..], 0).unwrap();
    for input in [&gzip, &zstd] {
        let read = rows(&run(&["--data", "-"], input));
        assert_eq!(read[0]["answer"], "3");
        let torn = run(&["--data", "-"], &input[..input.len() - 3]);
        assert_eq!(torn.status.code(), Some(1));
        let message = stderr(&torn);
        assert!(
            message.contains("standard input") && message.contains("torn"),
            "{message}"
        );
    }
}

const VERL: &str = r#"{"data_source":"lab/sums","prompt":[{"role":"system","content":"Box it."},{"role":"user","content":"Add 1 and 2."}],"reward_model":{"style":"rule","ground_truth":100000000000000000000000000001},"extra_info":{"index":7}}"#;

#[test]
fn the_layout_of_verl_is_known() {
    let row = only("train.jsonl", VERL, &[]);
    assert_eq!(row["question_id"], "lab/sums/0");
    assert_eq!(
        (&row["source"], &row["question"]),
        (&"lab/sums".into(), &"Add 1 and 2.".into())
    );
    assert_eq!(row["answer"], "100000000000000000000000000001");
    let fields = [
        "--question-field",
        "prompt",
        "--answer-field",
        "reward_model.ground_truth",
        "--id-field",
        "extra_info.index",
    ];
    let named = only("train.jsonl", VERL, &fields);
    assert_eq!(
        (&named["question"], &named["answer"]),
        (&row["question"], &row["answer"])
    );
    assert_eq!(named["question_id"], "train/7");
    let silent = VERL.replace("\"user\"", "\"assistant\"");
    let message = refusal(&silent, &[]);
    let expected = "field \"prompt\": expected a message of the role \"user\", found none";
    assert!(message.contains(expected), "{message}");
    let odd = refusal(
        "{\"prompt\":[{\"text\":1}],\"reward_model\":{\"ground_truth\":\"3\"}}",
        &[],
    );
    assert!(
        odd.contains("expected messages of \"role\" and \"content\""),
        "{odd}"
    );
}

#[test]
fn dapo_is_read_without_its_frame_and_copies() {
    let row = |id: &str| {
        let content = "Solve the following math problem step by step. The last line of your response should be of \
                       the form Answer: $Answer (without quotes) where $Answer is the answer to the problem.\\n\\n\
                       Add 1 and 2.\\n\\nRemember to put your answer on its own line after \\\"Answer:\\\".";
        format!(
            "{{\"data_source\":\"math_dapo\",\"prompt\":[{{\"content\":\"{content}\",\"role\":\"user\"}}],\
             \"ability\":\"MATH\",\"reward_model\":{{\"ground_truth\":\"3\",\"style\":\"rule-lighteval/MATH_v2\"}},\
             \"extra_info\":{{\"index\":\"{id}\"}}}}\n"
        )
    };
    let rows = only("train.jsonl", &(row("a") + &row("a")), &[]);
    assert_eq!(
        (&rows["question"], &rows["answer"]),
        (&"Add 1 and 2.".into(), &"3".into())
    );
    assert_eq!(rows["source"], "dapo_math_17k");
}

#[test]
fn published_data_sets_are_told_by_their_fields() {
    let deepscaler = "[{\"problem\":\"x\",\"answer\":\"3\",\"solution\":\"\"},{\"problem\":\"y\",\"answer\":\"\",\"solution\":\"\"}]";
    let expectations = [
        ("deepscaler.json", deepscaler, "deepscaler"),
        (
            "train-00000-of-00010.jsonl",
            r#"{"problem":"x","solution":"so","answer":"3","source":"olympiads","uuid":"u","generations":["a"],"correctness_math_verify":[true]}"#,
            "openr1_math",
        ),
        (
            "train-00000-of-00001.jsonl",
            r#"{"problem":"x","answer":"3","source":"orca_math","domain":["Algebra"],"llama8b_solve_rate":0.5}"#,
            "big_math",
        ),
        (
            "train-00000-of-00002.jsonl",
            "{\"problem\":\"x\",\"solution\":\"so\",\"answer\":\"3\",\"problem_is_valid\":\"Yes\",\"source\":\"amc\"}\n\
             {\"problem\":\"x\",\"solution\":\"so\",\"answer\":\"proof\",\"problem_is_valid\":\"Yes\"}\n\
             {\"problem\":\"x\",\"solution\":\"so\",\"answer\":null,\"problem_is_valid\":\"Yes\"}\n",
            "numina_math_1.5",
        ),
        (
            "train-00000-of-00005.jsonl",
            r#"{"source":"synthetic","problem":"x","solution":"thus $\\boxed{3}$.","messages":[{"content":"x","role":"user"}]}"#,
            "numina_math_cot",
        ),
    ];
    for (name, content, source) in expectations {
        let row = only(name, content, &[]);
        assert_eq!(
            (&row["source"], &row["answer"]),
            (&source.into(), &"3".into()),
            "{name}"
        );
        let named = only("x.jsonl", content, &["--preset", source]);
        assert_eq!(named["question_id"], row["question_id"]);
    }
}

/// The small files beside which this was found.
fn field(name: &str) -> Option<String> {
    let root = match std::env::var_os("REATTEMPT_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let path = root.join("field").join(name);
    if !path.is_file() {
        println!("skipped: no {}", path.display());
        return None;
    }
    Some(path.display().to_string())
}

#[test]
fn files_from_the_field_are_read() {
    let expectations = [
        ("dict.parquet", "dict/0", "3"),
        ("pl_enum_source.parquet", "m/0", "3"),
        ("null_id.parquet", "null_id/0", "3"),
        ("bigint.jsonl", "bigint/0", "123456789012345678901234567890"),
        ("dec38.parquet", "dec38/0", "12345678901234567890123456789"),
        (
            "ddb_huge.parquet",
            "ddb_huge/0",
            "170141183460469231731687303715884105728",
        ),
        (
            "digits_rewarded.jsonl",
            "digits_rewarded/0",
            "100000000000000000000000000001",
        ),
        ("intid.jsonl", "7", "3"),
        ("bool.jsonl", "bool/0", "true"),
        ("list1.jsonl", "list1/0", "3"),
        ("bom_array.json", "bom_array/0", "3"),
        ("gz.jsonl.gz", "gz/0", "3"),
        ("verl.parquet", "m/0", "3"),
    ];
    for (name, id, answer) in expectations {
        let Some(path) = field(name) else { return };
        let rows = rows(&run(&["--data", &path], b""));
        assert_eq!(rows[0]["question_id"], id, "{name}");
        assert_eq!(rows[0]["answer"], answer, "{name}");
    }
    let rounded = stderr(&run(&["--data", &field("ddb_huge.parquet").unwrap()], b""));
    assert!(
        rounded.contains("too large for a column of floats"),
        "{rounded}"
    );
    let refused = [
        (
            "nullcol.parquet",
            "row 1: field \"answer\": missing, expected an answer here",
        ),
        (
            "emptyq.jsonl",
            "line 1: field \"question\": expected text, found an empty string",
        ),
        (
            "emptyid.jsonl",
            "line 1: field \"question_id\": expected text, found an empty string",
        ),
        (
            "empty_answer.jsonl",
            "line 2: field \"answer\": expected text, found an empty string",
        ),
    ];
    for (name, expected) in refused {
        let output = run(&["--data", &field(name).unwrap()], b"");
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
