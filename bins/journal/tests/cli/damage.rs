//! What is missing, changed or damaged since a stage wrote it: made again where the records are there, else told with what
//! to do.

use crate::support::{Run, evaluation};

/// Two steps, each with a checkpoint made of its records and of the checkpoint before.
fn two_steps() -> Run {
    let run = Run::new();
    fs_err::create_dir_all(run.path("RUN/checkpoints/000000/policy")).unwrap();
    run.write("RUN/checkpoints/000000/policy/w", "base\n");
    for step in [1, 2] {
        assert!(learn(&run, step));
        run.finish_step(step);
    }
    evaluate(&run, 2, 0.5);
    run
}

fn evaluate(run: &Run, step: u64, accuracy: f64) {
    let folder = format!("RUN/eval/{step:06}");
    fs_err::create_dir_all(run.path(&folder)).unwrap();
    run.write(
        &format!("{folder}/summary.json"),
        &evaluation("m", [accuracy, accuracy]),
    );
    let number = step.to_string();
    run.journal(&["eval-record", "RUN", "--step", &number])
        .assert()
        .success();
}

fn learn(run: &Run, step: u64) -> bool {
    let rows = format!("RUN/steps/{step:06}/rows");
    let old = format!("RUN/checkpoints/{:06}/policy", step - 1);
    let new = format!("RUN/checkpoints/{step:06}");
    let draw = format!("echo {step} > {rows}");
    let make = format!("mkdir -p {new}/policy; cat {old}/w {rows} > {new}/policy/w");
    let number = step.to_string();
    let head = ["run", "RUN", "--step", &number, "--stage"];
    let drawn = ["draw", "--output", &rows, "--", "sh", "-c", &draw];
    let learnt = [
        "learn", "--input", &rows, "--input", &old, "--output", &new, "--", "sh", "-c", &make,
    ];
    [&drawn[..], &learnt].iter().all(|tail| {
        let output = run.command(&[&head, *tail].concat()).output().unwrap();
        print!("{}", String::from_utf8_lossy(&output.stderr));
        output.status.success()
    })
}

fn next(run: &Run) -> String {
    let output = run.command(&["next", "RUN"]).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_lost_checkpoint_is_made_again_from_its_records() {
    let run = two_steps();
    let whole = run.read("RUN/checkpoints/000002/policy/w");
    assert_eq!(next(&run), "3");
    fs_err::remove_dir_all(run.path("RUN/checkpoints/000002")).unwrap();
    assert_eq!(next(&run), "2");
    assert!(learn(&run, 2));
    assert_eq!(run.read("RUN/checkpoints/000002/policy/w"), whole);
    assert_eq!(next(&run), "3");
    // Part of one is as good as none.
    run.remove("RUN/checkpoints/000002/policy/w");
    assert_eq!(next(&run), "2");
}

#[test]
fn a_checkpoint_that_cannot_be_made_again_is_named_with_what_to_do() {
    let run = two_steps();
    fs_err::remove_dir_all(run.path("RUN/checkpoints/000002")).unwrap();
    run.remove("RUN/steps/000002/rows");
    let parts = [
        "checkpoints/000002",
        "steps/000002/rows",
        "goes on from checkpoint 1",
        "start another run",
    ];
    run.fails(&["next", "RUN"], &parts);
}

#[test]
fn one_changed_letter_of_an_input_is_noticed() {
    let run = two_steps();
    run.write("RUN/checkpoints/000002/policy/w", "bent\n1\n2\n");
    let (old, new) = ("RUN/checkpoints/000002/policy", "RUN/checkpoints/000003");
    let arguments = [
        "run", "RUN", "--step", "3", "--input", old, "--output", new, "--", "true",
    ];
    let parts = [
        "checkpoints/000002/policy/w",
        "changed or damaged",
        "000002/manifest.json",
        "makes it again",
    ];
    run.fails(&arguments, &parts);
}

#[test]
fn a_changed_output_is_made_again() {
    let run = two_steps();
    let whole = run.read("RUN/checkpoints/000002/policy/w");
    run.write("RUN/checkpoints/000002/policy/w", "damaged");
    assert!(learn(&run, 2));
    assert_eq!(run.read("RUN/checkpoints/000002/policy/w"), whole);
}

#[test]
fn a_lost_best_checkpoint_is_not_replaced_in_silence() {
    let run = two_steps();
    evaluate(&run, 1, 0.9);
    run.journal(&["best", "RUN"])
        .assert()
        .success()
        .stdout("1\n");
    fs_err::remove_dir_all(run.path("RUN/checkpoints/000001")).unwrap();
    run.fails(
        &["best", "RUN"],
        &["checkpoints/000001", "step 1", "put it back"],
    );
}

#[test]
fn what_a_run_needs_is_told_before_anything_is_made() {
    let run = Run::unopened();
    run.write(
        "needs.toml",
        "[run]\nmodel = \"\"\ntrain = \"nowhere.jsonl\"\n",
    );
    let example = ["--needs", "model=Qwen/Qwen2.5-Math-1.5B"];
    let file = ["--needs-file", "train=data/train.jsonl"];
    let open = ["open", "OTHER", "--settings", "needs.toml"];
    let arguments = [&open[..], &example, &file].concat();
    let parts = [
        "model= is missing",
        "model=Qwen/Qwen2.5-Math-1.5B",
        "train=nowhere.jsonl: no such file",
    ];
    run.fails(&arguments, &parts);
    assert!(!run.exists("OTHER"));
    run.write("rows.jsonl", "");
    let set = ["--set", "model=x", "--set", "train=rows.jsonl"];
    run.journal(&[&arguments[..], &set].concat())
        .assert()
        .success();
}

#[test]
fn files_may_be_several_and_some_may_be_left_out() {
    let run = Run::unopened();
    run.write(
        "needs.toml",
        "[run]\ntest = \"a.jsonl,b.jsonl\"\n[evaluation]\nexclude = \"\"\n",
    );
    let open = ["open", "OTHER", "--settings", "needs.toml"];
    let needs = ["--needs-file", "test=data/test.jsonl"];
    let optional = ["--optional-file", "evaluation.exclude"];
    let absent = ["--optional-file", "evaluation.other"];
    let arguments = [&open[..], &needs, &optional, &absent].concat();
    run.write("a.jsonl", "");
    run.fails(&arguments, &["test=b.jsonl: no such file"]);
    let exclude = ["--set", "exclude=overlap.jsonl"];
    let both = ["test=b.jsonl: no", "evaluation.exclude=overlap.jsonl: no"];
    run.fails(&[&arguments[..], &exclude].concat(), &both);
    run.write("b.jsonl", "");
    run.write("with,comma.jsonl", "");
    for set in ["test=a.jsonl,b.jsonl", "test=with,comma.jsonl"] {
        run.journal(&[&arguments[..], &["--set", set]].concat())
            .assert()
            .success();
    }
}
