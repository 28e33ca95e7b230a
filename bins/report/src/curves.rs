//! Training curves as a figure. Knows nothing about files.

use charts::{Axis, Figure, Lines, Panel, Point, Series, Unit};

use crate::runs::{Line, Run};

/// One panel: a recorded number against steps.
struct Curve {
    field: &'static str,
    title: &'static str,
    unit_label: &'static str,
    unit: Unit,
}

const REWARD: Curve = Curve {
    field: "reward",
    title: "Reward",
    unit_label: "mean over the step's dialogues",
    unit: Unit::Number,
};

const ACCURACY: Curve = Curve {
    field: "accuracy",
    title: "Training accuracy",
    unit_label: "dialogues solved",
    unit: Unit::Percent,
};

const LATER: [Curve; 8] = [
    Curve {
        field: "kl",
        title: "KL to the reference policy",
        unit_label: "nats per token, k3 estimate",
        unit: Unit::Number,
    },
    Curve {
        field: "attempts_used",
        title: "Attempts used",
        unit_label: "mean per dialogue",
        unit: Unit::Number,
    },
    Curve {
        field: "accuracy_at_first_attempt",
        title: "Right at the first attempt",
        unit_label: "share of dialogues",
        unit: Unit::Percent,
    },
    Curve {
        field: "second_attempt_right",
        title: "Right at the second attempt",
        unit_label: "share of second attempts",
        unit: Unit::Percent,
    },
    Curve {
        field: "second_attempt_differs",
        title: "Answer changed at the second attempt",
        unit_label: "share of second attempts",
        unit: Unit::Percent,
    },
    Curve {
        field: "differing_second_right",
        title: "Changed answers that are right",
        unit_label: "share of changed second answers",
        unit: Unit::Percent,
    },
    Curve {
        field: "unique_answers",
        title: "Answers not given before",
        unit_label: "share of answers",
        unit: Unit::Percent,
    },
    Curve {
        field: "response_tokens",
        title: "Response length",
        unit_label: "policy tokens per dialogue",
        unit: Unit::Number,
    },
];

/// All curves for which some run has numbers; `smooth` is the length of the running mean in steps.
pub fn figure(runs: &[Run], smooth: Option<u64>) -> Figure {
    let training = |curve: &Curve| training_panel(curve, runs, smooth);
    let panels = [
        training(&REWARD),
        training(&ACCURACY),
        evaluation_panel(runs),
    ];
    let panels = panels.into_iter().chain(LATER.iter().map(training));
    let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
    Figure {
        title: format!("Training: {}", names.join(", ")),
        subtitle: subtitle(runs, smooth),
        panels: panels.flatten().collect(),
    }
}

fn subtitle(runs: &[Run], smooth: Option<u64>) -> String {
    let windows = runs.iter().map(|run| window(run, smooth));
    match windows.max() {
        Some(steps) if steps > 1 => format!("Running mean over {steps} steps; single steps pale"),
        _ => String::new(),
    }
}

/// A twentieth of the run where nothing else was asked for.
fn window(run: &Run, smooth: Option<u64>) -> usize {
    let default = run.steps.len().div_ceil(20);
    smooth
        .map_or(default, |steps| {
            usize::try_from(steps).unwrap_or(usize::MAX)
        })
        .max(1)
}

fn training_panel(curve: &Curve, runs: &[Run], smooth: Option<u64>) -> Option<Panel> {
    let series: Vec<Series> = runs
        .iter()
        .map(|run| {
            smoothed(
                &run.name,
                &numbers(&run.steps, curve.field),
                window(run, smooth),
            )
        })
        .collect();
    panel(curve.title, curve.unit_label, curve.unit, series)
}

/// Of one run every number of attempts; of several runs their means, to keep them apart.
fn evaluation_panel(runs: &[Run]) -> Option<Panel> {
    let attempts = runs
        .first()
        .map(Run::evaluated_attempts)
        .unwrap_or_default();
    let series = match runs {
        [run] if attempts.len() > 1 => attempts
            .iter()
            .map(|allowed| {
                let numbers = numbers(&run.evaluations, &format!("accuracy_at_{allowed}"));
                smoothed(&plural(*allowed), &numbers, 1)
            })
            .collect(),
        _ => runs
            .iter()
            .map(|run| smoothed(&run.name, &numbers(&run.evaluations, "accuracy"), 1))
            .collect(),
    };
    panel(
        "Evaluation accuracy",
        "questions solved, greedy",
        Unit::Percent,
        series,
    )
}

fn plural(attempts: u64) -> String {
    if attempts == 1 {
        "1 attempt".into()
    } else {
        format!("{attempts} attempts")
    }
}

fn panel(title: &str, unit_label: &str, unit: Unit, series: Vec<Series>) -> Option<Panel> {
    let filled: Vec<Series> = series
        .into_iter()
        .filter(|series| !series.points.is_empty())
        .collect();
    if filled.is_empty() {
        return None;
    }
    Some(Panel::Lines(Lines {
        title: title.into(),
        x: Axis::new("step", Unit::Count),
        y: Axis::new(unit_label, unit),
        series: filled,
    }))
}

fn numbers(lines: &[Line], field: &str) -> Vec<(f64, f64)> {
    lines
        .iter()
        .filter_map(|line| Some((line.step as f64, line.number(field)?)))
        .collect()
}

/// Each point is the mean of the last `window` values up to it.
fn smoothed(label: &str, values: &[(f64, f64)], window: usize) -> Series {
    let mean = |end: usize| {
        let recent = &values[(end + 1).saturating_sub(window)..=end];
        recent.iter().map(|(_, y)| y).sum::<f64>() / recent.len() as f64
    };
    let point = |end: usize| Point {
        x: values[end].0,
        y: mean(end),
        interval: None,
    };
    Series {
        label: label.into(),
        control_of: None,
        points: (0..values.len()).map(point).collect(),
        behind: if window > 1 {
            values.to_vec()
        } else {
            Vec::new()
        },
    }
}
