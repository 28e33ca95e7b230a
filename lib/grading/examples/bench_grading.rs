//! Measures the grader on a file of adjudicated cases and prints the table of `docs/grading.md`.
//!
//! `cargo run --release -p grading --example bench_grading -- ../shared/grading/dev.jsonl [--wrong] [--fold N]`
//! `--wrong` lists every case that is graded wrongly; `--fold 0|1` keeps the two thirds or the third of the cases
//! whose ids fall there, to measure on cases that were not looked at. `--peer-pairs FILE` measures the rate on pairs
//! `[[prediction, reference, 0 or 1], ...]` instead.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::error::Error;
use std::io::Write;
use std::time::Instant;

use grading::{Builtin, Judgement, Options, Rules, equivalent, extract};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments
        .first()
        .ok_or("expected the path of a file of cases")?;
    let after = |flag: &str| {
        arguments
            .iter()
            .position(|a| a == flag)
            .and_then(|at| arguments.get(at + 1))
    };
    if let Some(pairs) = after("--peer-pairs") {
        return peer_pairs(pairs);
    }
    let fold: Option<u64> = after("--fold").map(|fold| fold.parse()).transpose()?;
    let text = std::fs::read_to_string(path)?;
    let cases = text
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<Vec<Value>, _>>()?;
    let cases: Vec<Case> = cases
        .iter()
        .filter_map(Case::read)
        .filter(|case| fold.is_none_or(|fold| case.fold() == fold))
        .collect();
    let outcomes: Vec<Outcome> = cases.iter().map(Case::measure).collect();
    let mut out = std::io::stdout().lock();
    report(&mut out, &cases, &outcomes)?;
    if arguments.iter().any(|a| a == "--wrong") {
        list_wrong(&mut out, &cases, &outcomes)?;
    }
    Ok(())
}

/// Rate on the pairs that `peer_grade.py --dump` writes: `[[prediction, reference, 0 or 1], ...]`.
fn peer_pairs(path: &str) -> Result<(), Box<dyn Error>> {
    let pairs: Vec<(String, String, u8)> = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    let options = Options::default();
    let grade = || {
        pairs
            .iter()
            .filter(|(p, r, label)| equivalent(p, r, &options).equivalent == (*label == 1))
            .count()
    };
    let agree = grade();
    let passes = 200;
    let start = Instant::now();
    for _ in 0..passes {
        grade();
    }
    let rate = f64::from(passes) * pairs.len() as f64 / start.elapsed().as_secs_f64();
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{rate:.0} pairs a second on one core, {agree} of {} as labelled",
        pairs.len()
    )?;
    Ok(())
}

struct Case {
    id: String,
    kind: String,
    class: String,
    /// The prediction, or a full response.
    given: String,
    reference: Option<String>,
    truth: Option<bool>,
    /// Who says so.
    truth_source: String,
    peers: [Option<bool>; 2],
}

struct Outcome {
    verdict: bool,
    reason: String,
    /// The answer that was found, or what differs.
    detail: Option<String>,
    microseconds: f64,
}

impl Case {
    fn read(value: &Value) -> Option<Self> {
        let text = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        let flag = |field: &str| value.get(field).and_then(Value::as_bool);
        Some(Self {
            id: text("id")?,
            kind: text("kind")?,
            class: text("class").unwrap_or_default(),
            given: text("prediction").or_else(|| text("response"))?,
            reference: text("reference"),
            truth: flag("truth"),
            truth_source: text("truth_source").unwrap_or_default(),
            peers: [flag("qwen"), flag("math_verify")],
        })
    }

    fn fold(&self) -> u64 {
        let hash = self.id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        u64::from((hash >> 20) % 3 == 0)
    }

    /// The best of three timed runs, so that a descheduled thread does not count as work.
    fn measure(&self) -> Outcome {
        let grader = Builtin::new(Options::default().with_rules(Rules::ALL));
        let mut fastest = f64::INFINITY;
        let mut outcome = self.grade(&grader);
        for _ in 0..3 {
            let start = Instant::now();
            outcome = self.grade(&grader);
            fastest = fastest.min(start.elapsed().as_secs_f64() * 1e6);
        }
        Outcome {
            microseconds: fastest,
            ..outcome
        }
    }

    fn grade(&self, grader: &Builtin) -> Outcome {
        let options = &grader.0;
        let reference = self.reference.as_deref();
        let (verdict, reason, detail) = match self.kind.as_str() {
            "equivalence" => {
                let decision = equivalent(&self.given, reference.unwrap_or_default(), options);
                (
                    decision.equivalent,
                    decision.reason.as_str(),
                    decision.detail,
                )
            }
            // Asked for the string itself: the reference must not help to find it.
            "extraction" => {
                let found = extract(&self.given, None, options.rules).map(|found| found.text);
                let same = match (&found, reference) {
                    (Some(found), Some(reference)) => {
                        found.trim() == reference.trim()
                            || equivalent(found, reference, options).equivalent
                    }
                    (found, reference) => found.is_none() == reference.is_none(),
                };
                (same, "", found.map(Cow::into_owned))
            }
            _ => {
                let graded = grader.judge(&self.given, reference.unwrap_or_default());
                (
                    graded.verdict == Judgement::Correct,
                    graded.reason.as_str(),
                    graded.answer,
                )
            }
        };
        Outcome {
            verdict,
            reason: reason.to_owned(),
            detail,
            microseconds: 0.0,
        }
    }

    /// What a model really wrote; the agreement of the references is counted on these.
    fn is_real_response(&self) -> bool {
        self.kind == "response" && self.class.starts_with("real")
    }

    /// The right verdict: extraction cases are right when the string was found.
    fn expected(&self) -> Option<bool> {
        if self.kind == "extraction" {
            Some(true)
        } else {
            self.truth
        }
    }
}

#[derive(Default)]
struct Tally {
    cases: usize,
    known: usize,
    right: usize,
    truly_different: usize,
    false_positives: usize,
    peers_right: [usize; 2],
}

fn report(out: &mut impl Write, cases: &[Case], outcomes: &[Outcome]) -> std::io::Result<()> {
    let mut kinds: BTreeMap<&str, Tally> = BTreeMap::new();
    let mut classes: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        kinds.entry(&case.kind).or_default().add(case, outcome);
        let class = classes.entry((&case.kind, &case.class)).or_default();
        class.add(case, outcome);
    }
    head(out, &["kind"])?;
    for (kind, tally) in &kinds {
        writeln!(out, "| {kind} {}", tally.row())?;
    }
    false_positives(out, cases, outcomes)?;
    agreement(out, cases, outcomes)?;
    profile(out, cases)?;
    timing(out, cases, outcomes)?;
    writeln!(out)?;
    head(out, &["kind", "class"])?;
    for ((kind, class), tally) in &classes {
        writeln!(out, "| {kind} | {class} {}", tally.row())?;
    }
    Ok(())
}

const COLUMNS: [&str; 8] = [
    "cases",
    "truth known",
    "right",
    "%",
    "truly different",
    "false positives",
    "Qwen %",
    "Math-Verify %",
];

/// Head of a table that begins with the columns `first`.
fn head(out: &mut impl Write, first: &[&str]) -> std::io::Result<()> {
    let columns: Vec<&str> = first.iter().chain(&COLUMNS).copied().collect();
    writeln!(out, "| {} |", columns.join(" | "))?;
    writeln!(out, "|{}", " --- |".repeat(columns.len()))
}

/// How many different pairs were taken for equal, by where their label comes from, and which.
fn false_positives(
    out: &mut impl Write,
    cases: &[Case],
    outcomes: &[Outcome],
) -> std::io::Result<()> {
    let mut sources: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        if case.kind != "equivalence" || case.truth != Some(false) {
            continue;
        }
        let (different, wrong) = sources.entry(&case.truth_source).or_default();
        *different += 1;
        if outcome.verdict {
            let reference = case.reference.as_deref().unwrap_or_default();
            wrong.push(format!(
                "`{}` for `{reference}` ({})",
                case.given, outcome.reason
            ));
        }
    }
    writeln!(
        out,
        "\nequivalence, different pairs taken for equal, by the source of the label:"
    )?;
    for (source, (different, wrong)) in &sources {
        writeln!(
            out,
            "- {source}: {} of {different}. {}",
            wrong.len(),
            wrong.join(", ")
        )?;
    }
    Ok(())
}

/// Agreement on real responses where both references agree, and every deviation.
fn agreement(out: &mut impl Write, cases: &[Case], outcomes: &[Outcome]) -> std::io::Result<()> {
    let (mut agreed, mut both) = (0, 0);
    let mut deviations = Vec::new();
    for (case, outcome) in cases.iter().zip(outcomes) {
        let (true, [Some(q), Some(m)]) = (case.is_real_response(), case.peers) else {
            continue;
        };
        if q != m {
            continue;
        }
        both += 1;
        agreed += usize::from(outcome.verdict == q);
        if outcome.verdict != q {
            deviations.push(format!(
                "- {} {}: found `{}` for `{}`: {} ({})",
                case.id,
                case.class,
                outcome.detail.as_deref().unwrap_or_default(),
                case.reference.as_deref().unwrap_or_default(),
                if outcome.verdict {
                    "right here, wrong to both"
                } else {
                    "wrong here, right to both"
                },
                outcome.reason
            ));
        }
    }
    writeln!(
        out,
        "\nagreement on real responses where both references agree: {agreed} of {both} ({:.2} %)",
        100.0 * f64::from(agreed as u32) / f64::from(both.max(1))
    )?;
    deviations
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
}

/// How much of what the Qwen toolkit accepts and refuses each profile accepts and refuses.
fn profile(out: &mut impl Write, cases: &[Case]) -> std::io::Result<()> {
    writeln!(out, "\nequivalence pairs beside the Qwen toolkit:")?;
    for name in ["strict", "qwen"] {
        let options = Options::named(name).unwrap_or_default();
        let (mut accepted, mut refused, mut both) = (0, 0, [0; 2]);
        for case in cases.iter().filter(|case| case.kind == "equivalence") {
            let Some(theirs) = case.peers[0] else {
                continue;
            };
            let reference = case.reference.as_deref().unwrap_or_default();
            let ours = equivalent(&case.given, reference, &options).equivalent;
            accepted += usize::from(theirs);
            refused += usize::from(!theirs);
            both[usize::from(!theirs)] += usize::from(ours == theirs);
        }
        writeln!(
            out,
            "- `--profile {name}` accepts {} of {accepted} that it accepts and refuses {} of {refused} that it refuses",
            both[0], both[1]
        )?;
    }
    Ok(())
}

impl Tally {
    fn row(&self) -> String {
        let share = |n: usize| match self.known {
            0 => "-".to_owned(),
            known => format!("{:.2}", 100.0 * n as f64 / known as f64),
        };
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            self.cases,
            self.known,
            self.right,
            share(self.right),
            self.truly_different,
            self.false_positives,
            share(self.peers_right[0]),
            share(self.peers_right[1])
        )
    }

    fn add(&mut self, case: &Case, outcome: &Outcome) {
        self.cases += 1;
        let Some(expected) = case.expected() else {
            return;
        };
        self.known += 1;
        self.right += usize::from(outcome.verdict == expected);
        self.truly_different += usize::from(!expected);
        self.false_positives += usize::from(!expected && outcome.verdict);
        for (peer, right) in case.peers.iter().zip(&mut self.peers_right) {
            *right += usize::from(*peer == Some(expected));
        }
    }
}

fn timing(out: &mut impl Write, cases: &[Case], outcomes: &[Outcome]) -> std::io::Result<()> {
    writeln!(out)?;
    for kind in ["equivalence", "response", "extraction"] {
        let mut times: Vec<(f64, &str)> = cases
            .iter()
            .zip(outcomes)
            .filter(|(case, _)| case.kind == kind)
            .map(|(case, o)| (o.microseconds, case.id.as_str()))
            .collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let Some((worst, id)) = times.last().copied() else {
            continue;
        };
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
        let mean = times.iter().map(|(time, _)| time).sum::<f64>() / times.len() as f64;
        writeln!(
            out,
            "{kind}: mean {mean:.1} us, median {:.1}, p99 {:.0}, p99.9 {:.0}, worst {worst:.0} us ({id}); {:.0} a second on one core",
            at(0.5),
            at(0.99),
            at(0.999),
            1e6 / mean
        )?;
    }
    Ok(())
}

fn list_wrong(out: &mut impl Write, cases: &[Case], outcomes: &[Outcome]) -> std::io::Result<()> {
    for (case, outcome) in cases.iter().zip(outcomes) {
        let against_truth = case
            .expected()
            .is_some_and(|expected| expected != outcome.verdict);
        let against_both = case.is_real_response()
            && case.peers[0] == case.peers[1]
            && case.peers[0].is_some_and(|q| q != outcome.verdict);
        if !against_truth && !against_both {
            continue;
        }
        let given: String = case
            .given
            .chars()
            .rev()
            .take(220)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        writeln!(
            out,
            "{} {} [{}] said {} ({}) {}: {:?} ~~ {:?} found {:?}",
            if against_truth { "WRONG" } else { "DEVIATES" },
            case.id,
            case.class,
            outcome.verdict,
            outcome.reason,
            case.truth
                .map_or("truth unknown".to_owned(), |truth| format!("truth {truth}")),
            given,
            case.reference,
            outcome.detail
        )?;
    }
    Ok(())
}
