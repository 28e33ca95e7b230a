//! The tables: by kind, by class, against the reference graders, and how long it took.

use std::collections::BTreeMap;
use std::io::Write;

use grading::{Options, equivalent};

use crate::cases::{Case, Outcome};

#[derive(Default)]
struct Tally {
    cases: usize,
    known: usize,
    right: usize,
    truly_different: usize,
    false_positives: usize,
    peers_right: [usize; 2],
}

pub fn report(out: &mut impl Write, cases: &[Case], outcomes: &[Outcome]) -> std::io::Result<()> {
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
    not_counted(out, cases, outcomes)?;
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

/// Labels that contradict the policy, what they say, and why that does not count.
fn not_counted(out: &mut impl Write, cases: &[Case], outcomes: &[Outcome]) -> std::io::Result<()> {
    let mut cases = cases.iter().zip(outcomes);
    writeln!(
        out,
        "\nlabels of other suites that contradict the policy, not counted:"
    )?;
    cases.try_for_each(|(case, outcome)| {
        let Some((reason, label)) = case.set_aside else {
            return Ok(());
        };
        let said = |equal: bool| if equal { "equal" } else { "different" };
        writeln!(
            out,
            "- {} `{}` for `{}`: {} by its label, {} here ({}): {reason}",
            case.id,
            case.given,
            case.reference.as_deref().unwrap_or_default(),
            said(label),
            said(outcome.verdict),
            outcome.reason
        )
    })
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

pub fn list_wrong(
    out: &mut impl Write,
    cases: &[Case],
    outcomes: &[Outcome],
) -> std::io::Result<()> {
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
