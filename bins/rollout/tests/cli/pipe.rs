//! Between its neighbours: real questions through the pipe, with a model that cannot solve them.

use std::path::PathBuf;
use std::process::Command;

use crate::support::{Bench, binary, parse, shared};

/// A stage beside this one, or `None` (with the reason printed) where it has not been built.
fn neighbour(name: &str) -> Option<PathBuf> {
    let path = binary().with_file_name(name);
    if !path.is_file() {
        println!("skipped: {} is not built", path.display());
        return None;
    }
    Some(path)
}

#[test]
fn fifty_real_questions_go_through_the_pipe() {
    let (Some(bench), Some(shared)) = (Bench::new(), shared()) else {
        return;
    };
    let (Some(sample), Some(grade)) = (neighbour("sample-questions"), neighbour("grade")) else {
        return;
    };
    let data = shared.join("datasets/train/math_level3to5_data.jsonl");
    if !data.is_file() {
        println!("skipped: no file {}", data.display());
        return;
    }
    let script = format!(
        "set -o pipefail; {} --quiet --data {} --count 50 --step 3 --seed 1 \
         | {} --quiet --threads 2 --model {} --max-new-tokens 80 --attempt-end boxed | {} --quiet",
        sample.display(),
        data.display(),
        binary().display(),
        bench.model.display(),
        grade.display(),
    );
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let rows = parse(&output.stdout);
    assert_eq!(rows.len(), 50);
    for row in rows {
        assert_eq!(row["correct"], false);
        assert!(row["reward"].as_f64().unwrap() < 0.0);
        assert!(row["token_ids"].as_array().unwrap().len() <= 512);
    }
}
