//! The arrows of the architecture, held by cargo itself: programs stand on crates, pure crates never reach libtorch,
//! and nothing points upwards.

use pipeline_tests::{TENSOR_STAGES, bin_dir, names_in, root};
use std::process::Command;

const TENSOR_CRATES: &[&str] = &["torch", "transformer", "generation", "learning", "compute"];

/// What `package` depends on, by name, without development dependencies.
fn dependencies(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--format",
            "{lib} {p}",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "cargo tree: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| {
            line.split_whitespace()
                .find(|word| !word.is_empty())
                .map(str::to_owned)
        })
        .collect()
}

#[test]
fn pure_stages_and_crates_never_reach_libtorch() {
    let stages = names_in(&root().join("bins"))
        .into_iter()
        .filter(|name| !TENSOR_STAGES.contains(&name.as_str()));
    let crates = names_in(&root().join("lib"))
        .into_iter()
        .filter(|name| !TENSOR_CRATES.contains(&name.as_str()));
    for package in stages.chain(crates) {
        let reached = dependencies(&package);
        assert!(
            !reached.contains(&"torch_sys".to_owned()),
            "{package} reaches torch-sys"
        );
    }
}

/// What only tests need is in no program and in no crate.
#[test]
fn fixtures_are_for_tests_only() {
    for package in ["bins", "lib"]
        .iter()
        .flat_map(|part| names_in(&root().join(part)))
    {
        let reached = dependencies(&package).contains(&"fixtures".to_owned());
        assert_eq!(reached, package == "fixtures", "{package}");
    }
}

#[test]
fn tensor_stages_do_reach_libtorch() {
    for package in TENSOR_STAGES {
        assert!(
            dependencies(package).contains(&"torch_sys".to_owned()),
            "{package} does not reach torch-sys"
        );
    }
}

#[test]
fn pure_programs_are_not_linked_with_libtorch() {
    for stage in names_in(&root().join("bins")) {
        let output = Command::new("ldd")
            .arg(bin_dir().join(&stage))
            .output()
            .expect("ldd runs");
        let linked = String::from_utf8_lossy(&output.stdout).contains("libtorch");
        assert_eq!(linked, TENSOR_STAGES.contains(&stage.as_str()), "{stage}");
    }
}

#[test]
fn crates_do_not_depend_on_programs() {
    let stages: Vec<String> = names_in(&root().join("bins"))
        .iter()
        .map(|name| name.replace('-', "_"))
        .collect();
    for package in names_in(&root().join("lib")) {
        for dependency in dependencies(&package) {
            assert!(
                !stages.contains(&dependency),
                "{package} depends on the program {dependency}"
            );
        }
    }
}

/// The lower a crate stands, the fewer of its siblings it may know.
#[test]
fn arrows_point_down() {
    const ABOVE: &[(&str, &[&str])] = &[
        (
            "records",
            &[
                "tables",
                "stage",
                "grading",
                "judge",
                "attempts",
                "advantages",
                "tokens",
                "checkpoints",
                "native",
            ],
        ),
        (
            "checkpoints",
            &[
                "tables",
                "stage",
                "grading",
                "attempts",
                "advantages",
                "records",
            ],
        ),
        (
            "grading",
            &["tables", "stage", "attempts", "judge", "tokens"],
        ),
        ("judge", &["tables", "stage", "attempts", "tokens"]),
        ("measures", &["tables", "stage", "attempts", "tokens"]),
        ("transcript", &["tables", "stage", "attempts", "grading"]),
        ("keyed", &["tables", "stage", "records", "attempts"]),
        ("exclusions", &["stage", "grading", "attempts", "tokens"]),
        ("dialogues", &["tables", "stage", "attempts", "charts"]),
        ("charts", &["tables", "stage", "records", "dialogues"]),
        ("events", &["tables", "stage", "records", "charts"]),
        (
            "advantages",
            &["tables", "stage", "attempts", "tokens", "grading"],
        ),
        ("tables", &["stage", "grading", "attempts", "tokens"]),
        ("attempts", &["stage", "tables", "tokens", "native"]),
        ("native", &["stage", "tables", "records", "attempts"]),
        (
            "transformer",
            &["stage", "tables", "records", "generation", "learning"],
        ),
        ("generation", &["stage", "tables", "learning"]),
        (
            "learning",
            &["stage", "tables", "generation", "attempts", "grading"],
        ),
    ];
    for (package, forbidden) in ABOVE {
        let reached = dependencies(package);
        for above in *forbidden {
            assert!(
                !reached.contains(&(*above).to_owned()),
                "{package} depends on {above}, which stands above it"
            );
        }
    }
}
