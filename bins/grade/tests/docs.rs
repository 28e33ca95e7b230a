//! Every explanation in `docs/grading.md` is what the program prints.

use std::path::Path;
use std::process::Command;

#[test]
fn explanations_in_the_docs_are_true() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/grading.md");
    let text = std::fs::read_to_string(page).unwrap();
    let mut checked = 0;
    // Every second piece between the fences is inside one.
    for block in text.split("```").skip(1).step_by(2) {
        let Some(start) = block.find("prediction  ") else {
            continue;
        };
        let shown = block[start..].trim_end();
        let field = |name: &str| {
            let line = shown.lines().find_map(|line| line.strip_prefix(name));
            line.map(str::trim).unwrap()
        };
        let output = Command::new(env!("CARGO_BIN_EXE_grade"))
            .args(["--explain", field("prediction"), field("reference")])
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert_eq!(printed.trim_end(), shown, "docs/grading.md");
        checked += 1;
    }
    assert!(checked >= 11, "only {checked} explanations were found");
}
