//! The goals and the laws of equality on the shared cases and data sets. Skipped, with a reason, where they are absent.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use grading::{Builtin, Options, Rules, Verdict, equivalent, extract};
use serde_json::Value;

fn shared(path: &str) -> Option<String> {
    let root = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let text = std::fs::read_to_string(root.join(path)).ok();
    if text.is_none() {
        eprintln!("skipped: {path} is not in {}", root.display());
    }
    text
}

fn cases(kind: &str) -> Vec<Value> {
    let text = shared("grading/dev.jsonl").unwrap_or_default();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|case| case["kind"] == kind)
        .collect()
}

fn text<'c>(case: &'c Value, field: &str) -> &'c str {
    case[field].as_str().unwrap_or_default()
}

/// Every answer of the cases and of the data sets.
fn answers() -> Vec<String> {
    let mut answers: Vec<String> = Vec::new();
    for case in cases("equivalence") {
        answers.push(text(&case, "prediction").to_owned());
        answers.push(text(&case, "reference").to_owned());
    }
    answers.sort_unstable();
    answers.dedup();
    answers
}

#[test]
fn goals_are_met() {
    let grader = Builtin::new(Options::default().with_rules(Rules::ALL));
    for (kind, goal) in [("equivalence", 0.98), ("response", 0.97)] {
        let known: Vec<Value> = cases(kind)
            .into_iter()
            .filter(|case| case["truth"].is_boolean())
            .collect();
        let right = known.iter().filter(|case| {
            let verdict = match kind {
                "equivalence" => {
                    let (p, r) = (text(case, "prediction"), text(case, "reference"));
                    equivalent(p, r, &grader.0).equivalent
                }
                _ => {
                    let graded = grader.judge(text(case, "response"), text(case, "reference"));
                    graded.verdict == Verdict::Correct
                }
            };
            Some(verdict) == case["truth"].as_bool()
        });
        let right = right.count();
        assert!(
            right as f64 >= goal * known.len() as f64,
            "{kind}: {right} of {}",
            known.len()
        );
    }
    let extractions = cases("extraction");
    let found = extractions.iter().filter(|case| {
        let found = extract(text(case, "response"), None, Rules::ALL);
        match (found, case["reference"].as_str()) {
            (Some(found), Some(reference)) => {
                equivalent(&found.text, reference, &grader.0).equivalent
            }
            (found, reference) => found.is_none() == reference.is_none(),
        }
    });
    let found = found.count();
    assert!(
        found as f64 >= 0.995 * extractions.len() as f64,
        "extraction: {found} of {}",
        extractions.len()
    );
}

/// Labels that are constructed or adjudicated are right; those that other suites expect contradict one another.
#[test]
fn no_pair_that_is_known_to_differ_is_taken_for_equal() {
    for case in cases("equivalence") {
        let (p, r) = (text(&case, "prediction"), text(&case, "reference"));
        if case["truth"] == false && case["truth_source"] != "expected" {
            let decision = equivalent(p, r, &Options::default());
            assert!(!decision.equivalent, "{p} for {r}: {decision:?}");
        }
    }
}

#[test]
fn exact_equality_is_symmetric() {
    let options = Options::exact();
    for case in cases("equivalence") {
        let (p, r) = (text(&case, "prediction"), text(&case, "reference"));
        assert_eq!(
            equivalent(p, r, &options).equivalent,
            equivalent(r, p, &options).equivalent,
            "{p} and {r}"
        );
    }
}

/// The sides of an equation, where it has one sign outside all brackets and nothing else beside it.
fn sides(answer: &str) -> Option<(&str, &str)> {
    let (left, right) = answer.split_once('=')?;
    let balanced =
        |open: char, close: char| left.matches(open).count() == left.matches(close).count();
    let other = [
        "=", ",", ";", "<", ">", "\\le", "\\ge", "\\ne", "\\in", "\\text", "\\box", "\\begin",
        " or ", " and ", "$", "&", "**",
    ];
    let plain = !other
        .iter()
        .any(|sign| left.contains(sign) || right.contains(sign));
    let whole = balanced('{', '}') && balanced('(', ')') && balanced('[', ']');
    let empty = left.trim().is_empty() || right.trim().is_empty();
    (plain && whole && !empty).then_some((left, right))
}

#[test]
fn an_equation_equals_itself_turned_round() {
    for answer in answers() {
        let Some((left, right)) = sides(&answer) else {
            continue;
        };
        let turned = format!("{right} = {left}");
        for (p, r) in [(&turned, &answer), (&answer, &turned)] {
            let decision = equivalent(p, r, &Options::default());
            assert!(decision.equivalent, "{p} for {r}: {decision:?}");
        }
    }
}

#[test]
fn an_answer_equals_itself_however_it_is_set() {
    for answer in answers().iter().filter(|answer| !answer.trim().is_empty()) {
        let wrapped = |open: &str, close: &str| format!("{open}{answer}{close}");
        let plain = ["\\left", "\\big", "\\Big", "\\(", "**", "text"];
        let balanced = answer.matches('(').count() == answer.matches(')').count()
            && !plain.iter().any(|mark| answer.contains(mark));
        let sized = if balanced {
            answer.replace('(', "\\left(").replace(')', "\\right)")
        } else {
            answer.clone()
        };
        let spellings = [
            answer.clone(),
            wrapped(" ", " "),
            wrapped("$", "$"),
            wrapped("\\boxed{", "}"),
            answer.replace("\\frac", "\\dfrac"),
            answer.replace("\\dfrac", "\\tfrac"),
            answer.replace(" \\cup ", "\\cup "),
            answer.replace("\\leq ", "\\le "),
            sized,
        ];
        for spelling in spellings {
            let decision = equivalent(&spelling, answer, &Options::default());
            assert!(decision.equivalent, "{spelling} for {answer}: {decision:?}");
        }
    }
}
