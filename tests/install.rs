//! Man pages and shell completions of every program, and `./just install`: what it puts where, what it leaves alone.

use pipeline_tests::{TENSOR_STAGES, bin_dir, names_in, root, stage};
use std::path::Path;
use std::process::{Command, Output};

fn programs() -> Vec<String> {
    names_in(&root().join("bins"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What `PROGRAM --generate KIND` prints.
fn generated(program: &str, kind: &str) -> String {
    let output = stage(program)
        .args(["--generate", kind])
        .output()
        .expect("the program runs");
    assert!(
        output.status.success(),
        "{program} {kind}: {}",
        text(&output.stderr)
    );
    assert!(
        output.stderr.is_empty(),
        "{program} {kind}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Whether a tool that is not ours is here; says so if it is not.
fn here(tool: &str) -> bool {
    let found = Command::new("sh")
        .args(["-c", &format!("command -v {tool}")])
        .output();
    let found = found.is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("skipped: {tool} is not installed");
    }
    found
}

/// A file's path under a scratch folder.
fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs_err::write(&path, text).expect("a file");
    path.display().to_string()
}

fn run(command: &[&str]) -> Output {
    Command::new(command[0])
        .args(&command[1..])
        .output()
        .expect("the command runs")
}

#[test]
fn every_program_has_a_page_with_its_options_and_examples() {
    for program in programs() {
        let page = generated(&program, "man");
        for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES"] {
            let heading = format!("\n.SH {heading}\n");
            assert!(
                page.contains(&heading),
                "{program}: no {heading:?} in {page}"
            );
        }
        let help = stage(&program).arg("--help").output().expect("help");
        let help = text(&help.stdout);
        let flags = help.lines().filter_map(|line| {
            let flag = line
                .trim_start()
                .trim_start_matches("-q, ")
                .split([' ', ','])
                .next()?;
            flag.strip_prefix("--").filter(|name| !name.is_empty())
        });
        for flag in flags {
            let flag = format!("\\-\\-{}", flag.replace('-', "\\-"));
            assert!(page.contains(&flag), "{program}: no {flag} in {page}");
        }
    }
}

#[test]
fn pages_render_without_complaint() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let (mandoc, groff) = (here("mandoc"), here("groff"));
    for program in programs() {
        let page = written(
            folder.path(),
            &format!("{program}.1"),
            &generated(&program, "man"),
        );
        if mandoc {
            let checked = run(&["mandoc", "-T", "lint", "-W", "error", &page]);
            assert!(
                checked.status.success(),
                "{program}: {}",
                text(&checked.stdout)
            );
        }
        if groff {
            let shown = run(&["groff", "-man", "-T", "utf8", "-wmac", &page]);
            assert_eq!(text(&shown.stderr), "", "{program}");
            assert!(text(&shown.stdout).contains(&program), "{program}");
        }
    }
}

#[test]
fn commands_of_a_program_are_on_its_page() {
    let page = generated("journal", "man");
    for part in [
        ".SS \"journal open\"",
        ".SS \"journal run\"",
        "\\-\\-optional\\-file",
    ] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    assert!(
        !page.contains("journal exec"),
        "hidden commands stay hidden"
    );
}

#[test]
fn bash_completes_flags_and_values() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    for program in programs() {
        let script = written(folder.path(), &program, &generated(&program, "bash"));
        let parsed = run(&["bash", "-n", &script]);
        assert!(
            parsed.status.success(),
            "{program}: {}",
            text(&parsed.stderr)
        );
    }
    let completed = |program: &str, words: &str| {
        let script = folder.path().join(program).display().to_string();
        let line = format!(
            "source {script}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             function=$(complete -p {program} | grep -o -- '-F [^ ]*' | cut -d' ' -f2); \
             $function {program} \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let shown = run(&["bash", "-c", &line]);
        assert_eq!(text(&shown.stderr), "", "{program}");
        text(&shown.stdout)
    };
    assert_eq!(
        completed("rollout", "rollout --max-new").trim(),
        "--max-new-tokens"
    );
    assert_eq!(
        completed("sample-questions", "sample-questions --excl").trim(),
        "--exclude"
    );
    assert_eq!(completed("evaluate", "evaluate --format js").trim(), "json");
    assert_eq!(completed("journal", "journal op").trim(), "open");
}

#[test]
fn zsh_parses_completions() {
    let (folder, zsh) = (tempfile::tempdir().expect("a scratch folder"), here("zsh"));
    for program in programs() {
        let script = generated(&program, "zsh");
        assert!(
            script.starts_with(&format!("#compdef {program}\n")),
            "{program}"
        );
        let script = written(folder.path(), &format!("_{program}"), &script);
        if zsh {
            let parsed = run(&["zsh", "-n", &script]);
            assert!(
                parsed.status.success(),
                "{program}: {}",
                text(&parsed.stderr)
            );
        }
    }
}

/// Sourced and not only parsed: a quote in a help text ends a string of fish, which still parses.
#[test]
fn fish_completes_flags() {
    let (folder, fish) = (tempfile::tempdir().expect("a scratch folder"), here("fish"));
    for program in programs() {
        let script = generated(&program, "fish");
        assert!(script.contains("-l quiet"), "{program}");
        let script = written(folder.path(), &format!("{program}.fish"), &script);
        if fish {
            let line = format!("source {script}; complete -C '{program} --qui'");
            let shown = run(&["fish", "--no-config", "-c", &line]);
            assert_eq!(text(&shown.stderr), "", "{program}");
            assert!(
                text(&shown.stdout).contains("--quiet"),
                "{program}: {}",
                text(&shown.stdout)
            );
        }
    }
}

#[test]
fn a_shell_that_nobody_knows_is_told() {
    let refused = stage("grade")
        .args(["--generate", "csh"])
        .output()
        .expect("the program runs");
    assert_eq!(refused.status.code(), Some(2));
    let message = text(&refused.stderr);
    assert!(
        message.contains("--generate csh: expected man, bash"),
        "{message}"
    );
    let help = stage("grade").arg("--help").output().expect("help");
    assert!(
        !text(&help.stdout).contains("--generate"),
        "the flag is for installers"
    );
}

fn install(action: &str, prefix: &Path) -> Output {
    Command::new("bash")
        .arg(root().join("pipelines/setup/install.sh"))
        .arg(action)
        .arg(format!("prefix={}", prefix.display()))
        .env("REATTEMPT_STAGES", bin_dir())
        .output()
        .expect("bash runs")
}

/// Every file below a folder, relative to it.
fn files(folder: &Path) -> Vec<String> {
    let found = run(&[
        "find",
        &folder.display().to_string(),
        "-type",
        "f",
        "-printf",
        "%P\\n",
    ]);
    let mut names: Vec<String> = text(&found.stdout).lines().map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn what_is_installed_works_anywhere_and_goes_again() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let prefix = folder.path().join("a prefix");
    for round in ["the first time", "again"] {
        let done = install("install", &prefix);
        assert!(done.status.success(), "{round}: {}", text(&done.stderr));
    }
    let names = files(&prefix);
    assert_eq!(names.len(), 5 * programs().len() + 1, "{names:?}");
    for program in programs() {
        let started = Command::new(prefix.join("bin").join(&program))
            .arg("--version")
            .current_dir("/")
            .env_clear()
            .output()
            .expect("the program starts");
        assert!(
            started.status.success(),
            "{program}: {}",
            text(&started.stderr)
        );
    }
    let tensor = TENSOR_STAGES
        .iter()
        .all(|program| names.contains(&format!("bin/{program}")));
    assert!(tensor, "{names:?}");
    fs_err::write(prefix.join("bin/mine"), "").expect("another file");
    let gone = install("uninstall", &prefix);
    assert!(gone.status.success(), "{}", text(&gone.stderr));
    assert_eq!(files(&prefix), ["bin/mine"]);
    let nothing = install("uninstall", &prefix);
    assert!(!nothing.status.success());
    assert!(text(&nothing.stderr).contains("nothing of reattempt was installed"));
}

#[test]
fn another_programs_file_is_never_replaced() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let report = folder.path().join("bin/report");
    fs_err::create_dir_all(folder.path().join("bin")).expect("a folder");
    fs_err::write(&report, "of somebody else").expect("a program");
    let refused = install("install", folder.path());
    assert_eq!(refused.status.code(), Some(1));
    let message = text(&refused.stderr);
    assert!(
        message.contains("bin/report exists and is not of reattempt"),
        "{message}"
    );
    assert_eq!(files(folder.path()), ["bin/report"], "nothing is installed");
    assert_eq!(
        fs_err::read_to_string(report).expect("the program"),
        "of somebody else"
    );
}

#[test]
fn a_prefix_that_cannot_be_written_is_told() {
    let folder = tempfile::tempdir().expect("a scratch folder");
    fs_err::write(folder.path().join("file"), "").expect("a file");
    for (prefix, part) in [
        (folder.path().join("file/below"), "cannot write to"),
        ("relative/path".into(), "expected a path from the root"),
    ] {
        let refused = install("install", &prefix);
        assert_eq!(refused.status.code(), Some(1));
        let message = text(&refused.stderr);
        assert!(message.contains(part), "{message}");
    }
}
