//! The program, run on text.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

pub const BINARY: &str = env!("CARGO_BIN_EXE_compute-advantages");

/// Runs with text on standard input.
pub fn run(args: &[&str], input: &str) -> Output {
    let mut child = spawn(args);
    // A program that fails early does not read on.
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_owned());
    // Beside reading: a program whose output nobody takes stops taking input.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

pub fn spawn(args: &[&str]) -> Child {
    Command::new(BINARY)
        .args(args)
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

pub fn rows(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", stderr(output));
    fixtures::lines(std::str::from_utf8(&output.stdout).unwrap())
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Exit status and message of a run that fails.
pub fn failure(args: &[&str], input: &str) -> (i32, String) {
    let output = run(args, input);
    assert!(output.stdout.is_empty(), "records in spite of the failure");
    (output.status.code().unwrap(), stderr(&output))
}

pub fn lines(rows: &[Value]) -> String {
    fixtures::to_lines(rows)
}

pub fn floats(row: &Value, field: &str) -> Vec<f64> {
    fixtures::floats(&row[field])
}
