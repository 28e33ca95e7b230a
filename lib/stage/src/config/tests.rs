//! Settings against flags of every sort.

use std::ffi::OsString;

use clap::Parser;
use tempfile::TempDir;

use super::*;
use crate::LogArgs;

#[derive(Parser, Debug)]
#[command(name = "demo", version)]
struct Args {
    #[arg(long, num_args = 1.., required = true)]
    data: Vec<String>,
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    count: Option<i64>,
    #[arg(long)]
    all: bool,
    #[arg(long, value_delimiter = ',')]
    keep: Option<Vec<String>>,
    #[arg(long, overrides_with = "no_whiten")]
    whiten: bool,
    #[arg(long, overrides_with = "whiten")]
    no_whiten: bool,
    #[command(flatten)]
    log: LogArgs,
}

fn merged(settings: &str, typed: &[&str]) -> Result<Vec<String>, ConfigError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("run.toml");
    std::fs::write(&path, format!("seed = 1\n[demo]\n{settings}\n")).unwrap();
    let mut words: Vec<OsString> = vec!["demo".into(), "--config".into(), path.into()];
    words.extend(typed.iter().map(OsString::from));
    let merged = merge(&<Args as clap::CommandFactory>::command(), words)?;
    let texts = merged
        .words
        .into_iter()
        .map(|word| word.into_string().unwrap());
    // What is put in lies between the program's name and --config.
    Ok(texts
        .skip(1)
        .take_while(|word| word != "--config")
        .collect())
}

fn accepted(settings: &str, typed: &[&str]) -> Vec<String> {
    merged(settings, typed).unwrap()
}

fn refused(settings: &str) -> String {
    merged(settings, &[]).unwrap_err().to_string()
}

#[test]
fn values_lists_and_switches_become_flags() {
    let settings = "data = [\"a b\", \"-c\"]\ncount = -3\nwhiten = true\nall = false\nverbose = 2\nkeep = [\"x\", \"y\"]";
    let expected = [
        "--data=a b",
        "--data=-c",
        "--count=-3",
        "--whiten",
        "--verbose",
        "--verbose",
        "--keep=x",
        "--keep=y",
    ];
    assert_eq!(accepted(settings, &[]), expected);
}

#[test]
fn false_is_the_opposite_flag() {
    assert_eq!(accepted("whiten = false", &[]), ["--no-whiten"]);
    assert_eq!(accepted("no_whiten = true", &[]), ["--no-whiten"]);
}

#[test]
fn typed_flags_win_over_settings_that_they_exclude() {
    assert_eq!(accepted("count = 3", &["--count", "4"]), [""; 0]);
    assert_eq!(
        accepted("count = 3\nwhiten = true", &["--all"]),
        ["--whiten"]
    );
    assert_eq!(accepted("whiten = true", &["--no-whiten"]), [""; 0]);
    assert_eq!(accepted("quiet = true", &["-v"]), [""; 0]);
}

#[test]
fn what_only_the_file_gives_may_be_required() {
    let words = accepted("data = \"a\"\ncount = 1", &["--whiten"]);
    let args = Args::try_parse_from(["demo".to_owned()].into_iter().chain(words)).unwrap();
    assert_eq!((args.data, args.count), (vec!["a".to_owned()], Some(1)));
}

#[test]
fn other_tables_are_other_programs() {
    assert_eq!(accepted("[other]\nanything = 1", &[]), [""; 0]);
}

#[test]
fn mistakes_are_named() {
    assert!(
        refused("cuont = 1").contains("unknown key \"cuont\" in [demo], did you mean \"count\"?")
    );
    assert!(refused("config = \"x\"").contains("unknown key \"config\""));
    assert!(refused("help = true").contains("unknown key \"help\""));
    assert!(
        refused("all = \"yes\"")
            .contains("key \"all\" in [demo]: expected true or false, found \"yes\"")
    );
    assert!(refused("count = [1, 2]").contains("expected a single value, found a list"));
    assert!(refused("count = 1\ncount = 2").contains("not valid TOML: line 4"));
}

#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Grader")]
struct GraderFlags {
    #[arg(long)]
    profile: Option<String>,
    #[arg(long)]
    grader_command: Option<String>,
}

#[derive(Parser, Debug)]
#[command(name = "shares", version)]
struct Shares {
    #[arg(long)]
    count: Option<i64>,
    #[command(flatten)]
    grader: GraderFlags,
    #[command(flatten)]
    log: LogArgs,
}

fn shared(settings: &str, typed: &[&str]) -> Result<Vec<String>, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("run.toml");
    std::fs::write(&path, settings).unwrap();
    let mut words: Vec<OsString> = vec!["shares".into(), "--config".into(), path.into()];
    words.extend(typed.iter().map(OsString::from));
    let merged = merge(&<Shares as clap::CommandFactory>::command(), words)
        .map_err(|error| error.to_string())?;
    let texts = merged
        .words
        .into_iter()
        .map(|word| word.into_string().unwrap());
    Ok(texts
        .skip(1)
        .take_while(|word| word != "--config")
        .collect())
}

#[test]
fn a_shared_table_sets_its_group_and_nothing_else_does() {
    let settings =
        "[shares]\ncount = 2\n[grader]\nprofile = \"qwen\"\ncommand = \"cat\"\n[other]\nx = 1";
    let all = ["--count=2", "--profile=qwen", "--grader-command=cat"];
    assert_eq!(shared(settings, &[]).unwrap(), all);
    let typed = shared(settings, &["--profile", "exact"]).unwrap();
    assert_eq!(typed, ["--count=2", "--grader-command=cat"]);
    let own = shared("[shares]\nprofile = \"qwen\"", &[]).unwrap_err();
    assert!(
        own.contains("\"profile\" in [shares], it belongs in [grader]"),
        "{own}"
    );
    let unknown = shared("[grader]\ncomand = \"cat\"", &[]).unwrap_err();
    assert!(unknown.contains("did you mean \"command\"?"), "{unknown}");
    let foreign = shared("[grader]\ncount = 1", &[]).unwrap_err();
    assert!(
        foreign.contains("unknown key \"count\" in [grader]"),
        "{foreign}"
    );
}
