//! The comparison as figures. Knows nothing about files.

use charts::{Axis, Figure, Lines, Panel, Point, Series, Unit};
use measures::{Crossed, Estimate};

use crate::arms::Arms;
use crate::claims::BASE;
use crate::outcomes::RunOutcome;

/// Each figure with the name of its file.
pub fn all(arms: &Arms) -> Vec<(&'static str, Figure)> {
    vec![
        ("attempts", attempts(arms)),
        ("families", families(arms)),
        ("training", training(arms)),
    ]
}

/// Trained arms first, so that each looks the same in every figure, with the base policy or without.
fn in_order<'a>(arms: &'a Arms<'a>) -> impl Iterator<Item = &'a str> {
    let base = arms.names().filter(|arm| *arm == BASE);
    arms.names().filter(|arm| *arm != BASE).chain(base)
}

const BANDS: &str = "Bands: 95 % intervals over seeds and questions";

fn attempts(arms: &Arms) -> Figure {
    let mut panel = attempts_panel(arms, "All test questions".into(), None);
    panel
        .series
        .extend(in_order(arms).map(|arm| passes(arms, arm)));
    panel.series.retain(|series| !series.points.is_empty());
    Figure {
        title: "Accuracy against attempts allowed".into(),
        subtitle: format!("{BANDS}; dashed: one of k independent samples is right"),
        panels: vec![Panel::Lines(panel)],
    }
}

fn families(arms: &Arms) -> Figure {
    let panels = arms.families.iter().enumerate();
    let panels =
        panels.map(|(at, name)| Panel::Lines(attempts_panel(arms, (*name).into(), Some(at))));
    Figure {
        title: "Accuracy against attempts allowed, by family".into(),
        subtitle: BANDS.into(),
        panels: panels.collect(),
    }
}

fn attempts_panel(arms: &Arms, title: String, family: Option<usize>) -> Lines {
    let series = in_order(arms).map(|arm| {
        let points = (1..=arms.most_attempts()).filter_map(|allowed| {
            let estimate = arms.accuracy(arm, allowed, family)?.estimate;
            Some(point(f64::from(allowed), estimate))
        });
        Series {
            label: arm.into(),
            points: points.collect(),
            ..Series::default()
        }
    });
    Lines {
        title,
        x: Axis::new("attempts allowed", Unit::Count),
        y: Axis::new("questions solved, greedy", Unit::Percent),
        series: series.collect(),
    }
}

fn passes(arms: &Arms, arm: &str) -> Series {
    let points = (1..=arms.most_attempts()).filter_map(|k| {
        let estimate = arms.pass_at(arm, k as usize, None)?;
        estimate
            .value
            .is_finite()
            .then(|| point(f64::from(k), estimate))
    });
    Series {
        label: format!("{arm}, pass@k"),
        control_of: Some(arm.into()),
        points: points.collect(),
        ..Series::default()
    }
}

fn training(arms: &Arms) -> Figure {
    let trained: Vec<&str> = in_order(arms).filter(|arm| *arm != BASE).collect();
    let over = |of: &dyn Fn(&str) -> Series| trained.iter().map(|arm| of(arm)).collect::<Vec<_>>();
    let evaluated = |allowed: u32, title: &str| {
        panel(
            title,
            "step",
            Axis::new("development questions, greedy", Unit::Percent),
            over(&|arm| {
                evaluations(arm, arms.runs(arm), allowed, |run, step| {
                    let _ = run;
                    step as f64
                })
            }),
        )
    };
    let panels = vec![
        panel(
            "Training reward",
            "step",
            Axis::new(
                "mean over the step's dialogues, running mean of 8",
                Unit::Number,
            ),
            over(&|arm| rewards(arm, arms.runs(arm))),
        ),
        evaluated(1, "Evaluation, 1 attempt"),
        evaluated(2, "Evaluation, 2 attempts"),
        panel(
            "Evaluation, 2 attempts, by tokens",
            "policy tokens learned from, millions",
            Axis::new("development questions, greedy", Unit::Percent),
            over(&|arm| evaluations(arm, arms.runs(arm), 2, millions)),
        ),
    ];
    Figure {
        title: "Training".into(),
        subtitle: "Means over seeds; bands: 95 % intervals over seeds".into(),
        panels,
    }
}

fn panel(title: &str, x: &str, y: Axis, series: Vec<Series>) -> Panel {
    Panel::Lines(Lines {
        title: title.into(),
        x: Axis::new(x, Unit::Number),
        y,
        series: series
            .into_iter()
            .filter(|series| !series.points.is_empty())
            .collect(),
    })
}

/// Policy tokens up to a step, in millions.
fn millions(run: &RunOutcome, step: u64) -> f64 {
    let tokens: u64 = run.training.policy_tokens.iter().take(step as usize).sum();
    tokens as f64 / 1e6
}

/// Steps of the running mean of rewards.
const WINDOW: usize = 8;

/// As far as all seeds have come.
fn rewards(arm: &str, runs: &[&RunOutcome]) -> Series {
    let steps = runs
        .iter()
        .map(|run| run.training.reward.len())
        .min()
        .unwrap_or(0);
    let smoothed = |run: &RunOutcome, end: usize| {
        let recent = &run.training.reward[(end + 1).saturating_sub(WINDOW)..=end];
        recent.iter().sum::<f64>() / recent.len() as f64
    };
    let points = (0..steps).filter_map(|end| {
        let values: Vec<f64> = runs.iter().map(|run| smoothed(run, end)).collect();
        Some(point((end + 1) as f64, over_seeds(&values)?))
    });
    Series {
        label: arm.into(),
        points: points.collect(),
        ..Series::default()
    }
}

/// At every step that all seeds have evaluated; `x` says where, as a mean over seeds.
fn evaluations(
    arm: &str,
    runs: &[&RunOutcome],
    allowed: u32,
    x: fn(&RunOutcome, u64) -> f64,
) -> Series {
    let steps = runs
        .first()
        .map_or(&[][..], |run| run.evaluations.as_slice());
    let at = |run: &RunOutcome, step: u64| {
        let evaluation = run.evaluations.iter().find(|other| other.step == step)?;
        evaluation.accuracy.get(&allowed).copied()
    };
    let points = steps.iter().filter_map(|evaluation| {
        let step = evaluation.step;
        let values: Vec<f64> = runs
            .iter()
            .map(|run| at(run, step))
            .collect::<Option<_>>()?;
        let places: f64 = runs.iter().map(|run| x(run, step)).sum();
        Some(point(places / runs.len() as f64, over_seeds(&values)?))
    });
    Series {
        label: arm.into(),
        points: points.collect(),
        ..Series::default()
    }
}

fn over_seeds(values: &[f64]) -> Option<Estimate> {
    let rows: Vec<Vec<f64>> = values.iter().map(|value| vec![*value]).collect();
    Crossed {
        values: &rows,
        strata: &[0],
    }
    .mean()
}

fn point(x: f64, estimate: Estimate) -> Point {
    let interval = (estimate.high > estimate.low).then_some((estimate.low, estimate.high));
    Point {
        x,
        y: estimate.value,
        interval,
    }
}
