//! The real binary, and what it says.

#![allow(dead_code)] // not every test needs all of it

use std::io::Write;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const BINARY: &str = env!("CARGO_BIN_EXE_grade");

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

pub fn rows(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", stderr(output));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
