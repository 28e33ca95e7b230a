//! README.md and figures about gathered runs. Knows nothing about how numbers are estimated.

use std::path::Path;

use anyhow::Result;
use charts::Format;
use tables::Output;

use crate::arms::Arms;
use crate::claims::{self, BASE, SEVERAL};
use crate::figures;
use crate::outcomes::Outcomes;
use crate::tables_text::{Table, counted, fraction, percent, points, thousands};

/// Writes the folder; prints the sentences.
pub fn write(outcomes: &Outcomes, folder: &Path, note: Option<&Path>) -> Result<()> {
    let arms = Arms::of(outcomes);
    let note = note.map(fs_err::read_to_string).transpose()?;
    fs_err::create_dir_all(folder)?;
    for (name, figure) in figures::all(&arms) {
        for (ending, format) in [("svg", Format::Svg), ("png", Format::Png)] {
            let path = folder.join(format!("{name}.{ending}"));
            Output::write_whole(&path, &figure.render(format)?)?;
        }
    }
    let text = page(&arms, note.as_deref());
    Output::write_whole(&folder.join("README.md"), text.as_bytes())?;
    let said = format!(
        "{}\n{}",
        claims::text(&arms),
        accuracies(&arms, arms.names())
    );
    Ok(Output::write_whole(Path::new("-"), said.as_bytes())?)
}

fn page(arms: &Arms, note: Option<&str>) -> String {
    let others = arms.names().filter(|arm| ![BASE, SEVERAL].contains(arm));
    let mut text = String::from(HEAD);
    if let Some(note) = note {
        text += &format!("\n{}\n", note.trim());
    }
    text += &format!("\n## What came out\n\n{}", claims::text(arms));
    text += "\n![Accuracy against attempts allowed](attempts.svg)\n";
    for other in others {
        let title = format!("\n## `{SEVERAL}` beside `{other}`\n\n");
        text += &title;
        text += &spent(arms, [SEVERAL, other]);
        text += "\n";
        text += &accuracies(arms, [BASE, SEVERAL, other]);
        text += &differences(arms, other);
    }
    text += &format!(
        "\n## Families\n\n{}\n![Families](families.svg)\n",
        families(arms)
    );
    text += &format!(
        "\n## Training\n\n{}\n![Training](training.svg)\n",
        seeds(arms)
    );
    text += &format!(
        "\n## Controls\n\n{CONTROLS}\n{}\n{}",
        independent(arms),
        second_attempts(arms)
    );
    text += &format!("\n{}", without_verdict(arms));
    text + FOOT
}

const HEAD: &str = "# Several attempts beside single turns

Made by `compare report` from `outcomes.jsonl`, which holds what every run did to every test question.
";

const CONTROLS: &str = "\
Whether a later attempt makes use of having been told. *Independent* samples are single attempts at temperature 1, eight a
question: with k of them one is right as often as pass@k says, without any feedback. *Without the verdict* the policy
gets another turn and the number of attempts left, but is not told that it was wrong. *Play on* gives a second attempt
after a right one too, with the same words as after a wrong one.
";

const FOOT: &str = "
## How to read the intervals

All intervals hold 95 % and speak of other seeds and other questions of the same families: a crossed random-effects
design, Student's quantile with Satterthwaite's degrees of freedom (`lib/measures/src/crossed.rs`). Differences are taken
question by question and seed by seed before they are averaged. Where there is one seed, as for the base policy, they
speak of questions alone. Shares of second attempts are ratios of two random numbers, linearised.
";

/// What the arms have cost.
fn spent(arms: &Arms, names: [&str; 2]) -> String {
    let mut table = Table::new([
        "arm",
        "seeds",
        "steps",
        "dialogues",
        "policy tokens",
        "hours",
    ]);
    for name in names {
        let runs = arms.runs(name);
        let sum = |of: fn(&crate::outcomes::RunOutcome) -> u64| {
            runs.iter().map(|run| of(run)).sum::<u64>()
        };
        let hours = runs.iter().map(|run| run.training.seconds).sum::<f64>() / 3600.0;
        table.row([
            format!("`{name}`"),
            runs.len().to_string(),
            thousands(sum(|run| run.training.reward.len() as u64)),
            thousands(sum(|run| run.training.dialogues)),
            thousands(sum(crate::outcomes::RunOutcome::policy_tokens)),
            format!("{hours:.1}"),
        ]);
    }
    table.markdown()
}

/// Accuracy with every number of attempts; exact counts beside.
fn accuracies<'a>(arms: &Arms, names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names
        .into_iter()
        .filter(|name| !arms.runs(name).is_empty())
        .collect();
    let header = names.iter().map(|name| format!("`{name}`"));
    let mut table = Table::new(std::iter::once("attempts allowed".to_owned()).chain(header));
    for allowed in 1..=arms.most_attempts() {
        let cells = names
            .iter()
            .map(|name| counted(arms.accuracy(name, allowed, None)));
        table.row(std::iter::once(allowed.to_string()).chain(cells));
    }
    for many in arms.columns().into_iter().skip(1) {
        let cells = names
            .iter()
            .map(|name| points(arms.gain(name, 1, many, None)));
        table.row(std::iter::once(format!("gain from 1 to {many}, points")).chain(cells));
    }
    table.markdown()
}

/// The arm of several attempts less the other, paired.
fn differences(arms: &Arms, other: &str) -> String {
    let columns = arms.columns();
    let header = headings(&columns, "1 attempt");
    let mut table = Table::new(
        ["lead of `multi-attempt`, points".to_owned()]
            .into_iter()
            .chain(header),
    );
    let leads = columns.iter();
    let cells = leads.map(|&allowed| points(arms.lead(SEVERAL, other, allowed)));
    table.row(std::iter::once("accuracy".to_owned()).chain(cells));
    let gains = columns.iter().skip(1);
    let cells = gains.map(|&many| points(arms.lead_in_gain(SEVERAL, other, 1, many)));
    table.row(
        ["gain over the first attempt".to_owned(), String::new()]
            .into_iter()
            .chain(cells),
    );
    format!("\n{}", table.markdown())
}

/// What tables call the columns for those numbers of attempts; one beyond 3 is the most that was allowed.
fn headings<'a>(columns: &'a [u32], first: &'a str) -> impl Iterator<Item = String> + 'a {
    columns.iter().map(move |number| match number {
        1 => first.to_owned(),
        2 | 3 => number.to_string(),
        _ => "most".to_owned(),
    })
}

fn families(arms: &Arms) -> String {
    let columns = arms.columns();
    let header = ["family", "arm"].map(str::to_owned).into_iter();
    let header = header.chain(headings(&columns, "1 attempt"));
    let mut table = Table::new(header.chain(["gain from 1 to 2, points".to_owned()]));
    for (at, family) in arms.families.iter().enumerate() {
        for arm in arms.names() {
            let cells = columns.iter();
            let cells = cells.map(|&allowed| counted(arms.accuracy(arm, allowed, Some(at))));
            let head = [(*family).to_owned(), format!("`{arm}`")];
            let gain = points(arms.gain(arm, 1, 2, Some(at)));
            table.row(head.into_iter().chain(cells).chain([gain]));
        }
    }
    table.markdown()
}

/// Every run with its exact counts.
fn seeds(arms: &Arms) -> String {
    let columns = arms.columns();
    let header = ["arm", "seed", "steps", "best step", "policy tokens"];
    let header = header.map(str::to_owned).into_iter();
    let header = header.chain(headings(&columns, "1 attempt"));
    let mut table = Table::new(header.chain(["weights".to_owned()]));
    for arm in arms.names().filter(|arm| *arm != BASE) {
        for run in arms.runs(arm) {
            let play = &run.plays["attempts"];
            let right = |allowed: u32| {
                let solved = play
                    .get(&allowed)
                    .map_or("", |digits| digits.solved.as_str());
                format!(
                    "{}/{}",
                    solved.chars().filter(|digit| *digit != '0').count(),
                    solved.len()
                )
            };
            let weights = run.model_sha256.chars().take(8).collect::<String>();
            let head = [
                format!("`{arm}`"),
                run.seed.to_string(),
                run.training.reward.len().to_string(),
                run.best_step.to_string(),
                thousands(run.policy_tokens()),
            ];
            let counts = columns.iter().copied().map(right);
            table.row(
                head.into_iter()
                    .chain(counts)
                    .chain([format!("`{weights}`")]),
            );
        }
    }
    table.markdown()
}

fn independent(arms: &Arms) -> String {
    if arms.names().all(|arm| arms.pass_at(arm, 1, None).is_none()) {
        return String::new();
    }
    let ks = 1..=arms.most_attempts() as usize;
    let header = ks.clone().map(|k| {
        if k == 1 {
            "k = 1".to_owned()
        } else {
            k.to_string()
        }
    });
    let mut table = Table::new(
        ["arm".to_owned(), "of".to_owned()]
            .into_iter()
            .chain(header),
    );
    for arm in arms
        .names()
        .filter(|arm| arms.pass_at(arm, 1, None).is_some())
    {
        let passes = ks.clone().map(|k| percent(arms.pass_at(arm, k, None)));
        table.row(
            [format!("`{arm}`"), "pass@k".to_owned()]
                .into_iter()
                .chain(passes),
        );
        let told = ks
            .clone()
            .map(|k| percent(arms.within(arm, "attempts", k).map(|found| found.estimate)));
        table.row(
            [String::new(), "greedy, within k attempts".to_owned()]
                .into_iter()
                .chain(told),
        );
    }
    table.markdown()
}

fn without_verdict(arms: &Arms) -> String {
    let columns = arms.columns();
    let header = ["within k attempts, greedy", "words"].map(str::to_owned);
    let header = header.into_iter().chain(headings(&columns, "k = 1"));
    let mut table = Table::new(header);
    for arm in arms.names() {
        for (name, words) in [
            ("attempts", "with the verdict"),
            ("without-verdict", "without the verdict"),
        ] {
            if arms.within(arm, name, 1).is_none() {
                continue;
            }
            let cells = columns.iter();
            let cells = cells.map(|&k| counted(arms.within(arm, name, k as usize)));
            table.row(
                [format!("`{arm}`"), words.to_owned()]
                    .into_iter()
                    .chain(cells),
            );
        }
    }
    table.markdown()
}

fn second_attempts(arms: &Arms) -> String {
    let mut table = Table::new([
        "second attempts, per cent",
        "differ from the first",
        "are right",
        "right among those that differ",
        "a right answer given up",
    ]);
    let there = |solved: usize, second: char| solved != 1 && second != '-';
    for arm in arms.names() {
        let of = |among: fn(usize, char) -> bool, hit: fn(char) -> bool| {
            counted(arms.second(arm, "attempts", None, among, hit))
        };
        let given_up = arms.second(
            arm,
            "play-on",
            None,
            |solved, second| solved == 1 && second != '-',
            |second| second.is_lowercase(),
        );
        table.row([
            format!("`{arm}`"),
            of(there, |second| second.eq_ignore_ascii_case(&'d')),
            of(there, char::is_uppercase),
            of(
                |solved, second| solved != 1 && second.eq_ignore_ascii_case(&'d'),
                char::is_uppercase,
            ),
            given_up.map_or_else(
                || "none".into(),
                |found| {
                    format!(
                        "{}, {}",
                        percent(Some(found.estimate)),
                        fraction(found.count)
                    )
                },
            ),
        ]);
    }
    table.markdown()
}
