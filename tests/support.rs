//! Finds the stages under test, the data they work on and the folders they work in. Knows nothing about any one
//! stage.

pub mod transcripts;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Where cargo put the stages: beside the `deps` folder that this test runs from.
pub fn bin_dir() -> PathBuf {
    let mut folder = std::env::current_exe().unwrap_or_default();
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    folder
}

/// A command that runs the stage `name`.
///
/// # Panics
/// When the stage is not built: `cargo test -p pipeline-tests` alone does not build it, `./just test` does.
pub fn stage(name: &str) -> Command {
    let program = bin_dir().join(name);
    assert!(
        program.exists(),
        "{} is not built: run ./just build first",
        program.display()
    );
    Command::new(program)
}

/// A folder of the shared test data, or `None` after saying why the test is skipped.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let base = std::env::var_os("REATTEMPT_SHARED")
        .map_or_else(|| root().join("../shared"), PathBuf::from);
    let found = base.join(folder);
    if found.exists() {
        return Some(found);
    }
    eprintln!("skipped: {} does not exist", found.display());
    None
}

/// The stages that need no tensors, as `ls bins` has them less those that name a tensor crate.
pub const TENSOR_STAGES: &[&str] = &["rollout", "score", "ppo-step", "sft"];

/// The names of the folders below `folder`, sorted.
pub fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
