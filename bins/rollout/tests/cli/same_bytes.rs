//! A dialogue is the same bytes however the work is divided.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Bench, lines, questions};

fn bytes(bench: &Bench, rows: &[Value], more: &[&str]) -> Vec<u8> {
    let output = bench
        .command(more)
        .write_stdin(lines(rows))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

fn by_id(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let rows = bytes.split_inclusive(|byte| *byte == b'\n');
    let id = |row: &[u8]| {
        serde_json::from_slice::<Value>(row).unwrap()["dialogue_id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    rows.map(|row| (id(row), row.to_vec())).collect()
}

#[test]
fn batch_size_and_threads_do_not_show() {
    let Some(bench) = Bench::new() else { return };
    let rows = questions(40);
    for sampling in [
        &["--temperature", "1"][..],
        &["--temperature", "0.7", "--top-p", "0.9", "--top-k", "50"],
    ] {
        for end in ["eos", "boxed"] {
            let run = |work: &[&str]| {
                bytes(
                    &bench,
                    &rows,
                    &[
                        sampling,
                        &["--attempt-end", end, "--check-every", "3"],
                        work,
                    ]
                    .concat(),
                )
            };
            let alone = run(&["--max-batch", "1"]);
            assert_eq!(by_id(&alone).len(), 40, "dialogue ids are unique");
            for work in [
                &["--max-batch", "3"][..],
                &["--max-batch", "64"],
                &["--max-batch", "7", "--threads", "2"],
                &["--max-batch", "64", "--threads", "3"],
                // Two workers with room for little more than one dialogue each: the others give way.
                &[
                    "--max-batch",
                    "64",
                    "--threads",
                    "2",
                    "--kv-memory",
                    "1100KiB",
                ],
            ] {
                assert!(run(work) == alone, "{sampling:?} {end} {work:?}");
            }
        }
    }
}

#[test]
fn the_order_of_the_input_does_not_show() {
    let Some(bench) = Bench::new() else { return };
    let rows = questions(30);
    let straight = bytes(&bench, &rows, &["--max-batch", "4"]);
    let shuffled: Vec<Value> = (0..30)
        .map(|place| rows[(place * 11) % 30].clone())
        .collect();
    let other = bytes(&bench, &shuffled, &["--max-batch", "9", "--threads", "2"]);
    assert_eq!(by_id(&straight), by_id(&other));
    let ids: Vec<String> = shuffled
        .iter()
        .map(|row| row["question_id"].to_string())
        .collect();
    let written: Vec<String> = crate::support::parse(&other)
        .iter()
        .map(|row| row["question_id"].to_string())
        .collect();
    assert_eq!(written, ids, "rows leave in the order in which they came");
}

#[test]
fn shards_are_the_parts_of_the_whole() {
    let Some(bench) = Bench::new() else { return };
    let rows = questions(11);
    let whole = by_id(&bytes(&bench, &rows, &[]));
    let mut parts = BTreeMap::new();
    for shard in ["0/3", "1/3", "2/3"] {
        let part = by_id(&bytes(&bench, &rows, &["--shard", shard]));
        assert!((3..=4).contains(&part.len()));
        parts.extend(part);
    }
    assert_eq!(parts, whole);
}

#[test]
fn parquet_holds_the_same_rows() {
    let Some(bench) = Bench::new() else { return };
    let (jsonl, parquet) = (bench.path("out.jsonl"), bench.path("out.parquet"));
    for output in [&jsonl, &parquet] {
        let status = bench
            .command(&["--output", output.to_str().unwrap()])
            .write_stdin(lines(&questions(9)))
            .output()
            .unwrap();
        assert!(
            status.status.success() && status.stdout.is_empty(),
            "{status:?}"
        );
    }
    let read = |path| tables::read_all(path, None).unwrap();
    let (left, right) = (read(&jsonl), read(&parquet));
    assert_eq!(left.len(), 9);
    for (left, right) in left.iter().zip(&right) {
        for (name, cell) in left.cells() {
            let json = |cell| serde_json::to_value(cell).unwrap();
            assert_eq!(json(cell), json(right.get(name).unwrap()), "{name}");
        }
    }
}

#[test]
fn torch_agrees_with_the_native_engine() {
    let Some(bench) = Bench::new() else { return };
    let rows = questions(12);
    let native = bench.play(&rows, &["--temperature", "0"]);
    let torch = bench.play(
        &rows,
        &[
            "--temperature",
            "0",
            "--engine",
            "torch",
            "--max-batch",
            "5",
        ],
    );
    assert_eq!(
        native, torch,
        "greedy dialogues are the same tokens on both"
    );
    let native = bench.play(&rows, &[]);
    for (ours, theirs) in native.iter().zip(bench.play(&rows, &["--engine", "torch"])) {
        assert_eq!(
            ours["token_ids"], theirs["token_ids"],
            "a draw falls between the engines' rounding"
        );
        let pairs = ours["logprobs"]
            .as_array()
            .unwrap()
            .iter()
            .zip(theirs["logprobs"].as_array().unwrap());
        for (ours, theirs) in pairs {
            assert!((ours.as_f64().unwrap() - theirs.as_f64().unwrap()).abs() < 1e-4);
        }
    }
}

/// The policy that comes with the project writes real answers: verdicts, feedback and solved dialogues take part.
#[test]
fn the_embedded_policy_plays_the_same_in_any_batch() {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/tiny");
    if !data.join("base/model.safetensors").is_file() {
        println!("skipped: no policy in {}", data.display());
        return;
    }
    let Some(mut bench) = Bench::new() else {
        return;
    };
    bench.model = data.join("base");
    let text = fs_err::read(data.join("test.jsonl")).unwrap();
    let mut rows = crate::support::parse(&text);
    rows.truncate(120);
    for (number, row) in rows.iter_mut().enumerate() {
        let asked = crate::support::question(number, 1 + number % 5);
        for field in ["question_id", "attempts_allowed", "sample_index", "seed"] {
            row[field] = asked[field].clone();
        }
    }
    let template = data.join("template.toml");
    let flags = [
        "--template",
        template.to_str().unwrap(),
        "--max-new-tokens",
        "320",
    ];
    let run = |work: &[&str]| bytes(&bench, &rows, &[&flags[..], work].concat());
    let alone = run(&["--max-batch", "1"]);
    assert!(run(&["--max-batch", "50", "--threads", "2"]) == alone);
    let played = crate::support::parse(&alone);
    let solved = played
        .iter()
        .filter(|row| row["stop_reason"] == "solved")
        .count();
    let retried = played
        .iter()
        .filter(|row| row["attempts_used"].as_i64() > Some(1))
        .count();
    assert!(
        solved > 10 && retried > 10,
        "{solved} solved, {retried} retried of 120"
    );
    for row in played.iter().filter(|row| row["stop_reason"] == "solved") {
        let attempts = row["attempts"].as_array().unwrap();
        let (last, before) = attempts.split_last().unwrap();
        assert_eq!(last["verdict"], "correct");
        assert!(before.iter().all(|attempt| attempt["verdict"] != "correct"));
    }
}
