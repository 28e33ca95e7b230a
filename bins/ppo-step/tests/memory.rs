//! What memory holds: recomputed activations change nothing, and where memory ends there is a message.
#![allow(clippy::unwrap_used)]

mod support;

use std::process::{Command, Output};

use fixtures::contents;
use support::{Bench, stderr};

#[test]
fn recomputed_activations_do_not_change_a_byte() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let extra = [
        "--micro-batch",
        "3",
        "--minibatch",
        "4",
        "--entropy-coef",
        "0.01",
    ];
    for layers in ["none", "2", "all"] {
        let recompute = ["--recompute", layers];
        bench.run(layers, &[&extra[..], &recompute[..]].concat());
    }
    let kept = contents(&bench.path("none"));
    assert!(kept.len() >= 7, "{kept:?}");
    assert!(kept == contents(&bench.path("2")));
    assert!(kept == contents(&bench.path("all")));
    let outcome = bench
        .command("refused", &["--recompute", "some"])
        .output()
        .unwrap();
    let message = stderr(&outcome);
    assert_eq!(outcome.status.code(), Some(2), "{message}");
    assert!(
        message.contains("expected none, all or a number of layers"),
        "{message}"
    );
}

/// Starts with `bytes` of address space at most.
fn bounded(bench: &Bench, bytes: u64) -> Output {
    let one_pass = ["--micro-batch-tokens", "1000000", "--minibatch", "10000"];
    let command = bench.command("refused", &[&["--threads", "1"], &one_pass[..]].concat());
    Command::new("sh")
        .args(["-c", "ulimit -v \"$0\" && exec \"$@\""])
        .arg((bytes >> 10).to_string())
        .arg(command.get_program())
        .args(command.get_args())
        .env_remove("WORLD_SIZE")
        .env_remove("RANK")
        .output()
        .unwrap()
}

#[test]
fn the_end_of_memory_is_said_in_words() {
    const STEP: u64 = 128 << 20;
    let Some(bench) = Bench::new() else { return };
    // How much the program needs by itself: one small micro-batch goes through.
    bench.write_rows(&bench.rows);
    let enough = (4..64).map(|steps| steps * STEP).find(|&bytes| {
        let done = bounded(&bench, bytes).status.success();
        let _ = std::fs::remove_dir_all(bench.path("refused"));
        done
    });
    let rows: Vec<_> = bench.rows.iter().cycle().take(8 * 200).cloned().collect();
    bench.write_rows(&rows);
    let outcome = bounded(&bench, enough.unwrap() + STEP);
    let message = stderr(&outcome);
    assert_eq!(outcome.status.code(), Some(1), "{message}");
    let said = "out of memory in the policy's forward and backward pass: ";
    assert!(message.contains(said), "{message}");
    assert!(
        message.contains(" bytes could not be had; nothing was written"),
        "{message}"
    );
    assert!(
        message.contains("--micro-batch-tokens, --head-tokens"),
        "{message}"
    );
    assert!(message.contains("--recompute all"), "{message}");
    assert!(
        !message.contains("panicked") && !message.contains("backtrace"),
        "{message}"
    );
    bench.assert_nothing_left("refused");
}
