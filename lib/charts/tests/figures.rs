//! Whole figures: valid, the same every time, and nothing drawn outside.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

use charts::{Axis, Bar, Bars, Figure, Format, Group, Lines, Panel, Point, Series, Unit};

fn curve(label: &str, offset: f64, steps: usize) -> Series {
    let value = |step: usize| offset + 0.4 * (1.0 - (-(step as f64) / 20.0).exp());
    let noise = |step: usize| 0.05 * ((step * 37 % 11) as f64 / 11.0 - 0.5);
    let point = |step: usize| Point {
        x: step as f64,
        y: value(step),
        interval: Some((value(step) - 0.04, value(step) + 0.04)),
    };
    Series {
        label: label.into(),
        control_of: None,
        points: (1..=steps).map(point).collect(),
        behind: (1..=steps)
            .map(|step| (step as f64, value(step) + noise(step)))
            .collect(),
    }
}

fn lines(title: &str, steps: usize) -> Panel {
    Panel::Lines(Lines {
        title: title.into(),
        x: Axis::new("step", Unit::Count),
        y: Axis::new("share of questions solved", Unit::Percent),
        series: vec![
            curve("multi-attempt", 0.4, steps),
            curve("single turn <baseline>", 0.3, steps),
        ],
    })
}

fn bars() -> Panel {
    let bar = |value: f64| {
        Some(Bar {
            value,
            interval: Some((value - 0.05, value + 0.06)),
        })
    };
    let group = |name: &str, values: [f64; 2]| Group {
        name: name.into(),
        bars: values.into_iter().map(bar).collect(),
    };
    Panel::Bars(Bars {
        title: "Accuracy by benchmark".into(),
        x_label: "benchmark".into(),
        y: Axis::new("accuracy", Unit::Percent),
        labels: vec!["multi-attempt".into(), "single turn <baseline>".into()],
        groups: vec![
            group("math500", [0.71, 0.69]),
            group("a-benchmark-with-a-long-name", [0.33, 0.29]),
            Group {
                name: "empty".into(),
                bars: vec![None, bar(0.1)],
            },
        ],
    })
}

fn figure(panels: Vec<Panel>) -> Figure {
    Figure {
        title: "Training & evaluation".into(),
        subtitle: "bands: 95 % intervals".into(),
        panels,
    }
}

/// Left for the eye in cargo's temporary folder.
fn keep(name: &str, figure: &Figure) -> (String, Vec<u8>) {
    let png = figure.render(Format::Png).unwrap();
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs_err::write(folder.join(format!("{name}.png")), &png).unwrap();
    fs_err::write(folder.join(format!("{name}.svg")), figure.to_svg()).unwrap();
    (figure.to_svg(), png)
}

#[test]
fn figures_render_and_are_the_same_every_time() {
    for (name, panels) in [
        ("one", vec![lines("Accuracy", 7)]),
        ("two", vec![lines("Accuracy", 3), bars()]),
        (
            "six",
            (0..6).map(|at| lines(&format!("Panel {at}"), 60)).collect(),
        ),
        ("none", vec![]),
    ] {
        let figure = figure(panels);
        let (svg, png) = keep(name, &figure);
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n", "{name}");
        assert_eq!(svg, figure.to_svg(), "{name}");
        assert_eq!(png, figure.render(Format::Png).unwrap(), "{name}");
    }
}

#[test]
fn names_are_escaped_and_drawn_once_in_the_legend() {
    let svg = figure(vec![lines("a", 3), lines("b", 3)]).to_svg();
    assert!(!svg.contains("<baseline>"));
    assert_eq!(svg.matches("single turn &lt;baseline&gt;").count(), 1);
}

#[test]
fn everything_lies_inside_the_figure() {
    let svg = figure(vec![lines("a", 60), bars(), lines("c", 1)]).to_svg();
    let number = |text: &str| text.parse::<f64>().unwrap();
    let size = |name: &str| {
        number(
            svg.split(&format!(" {name}=\""))
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap(),
        )
    };
    let (width, height) = (size("width"), size("height"));
    for points in svg
        .split("points=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
    {
        for pair in points.split(' ') {
            let (x, y) = pair.split_once(',').unwrap();
            let inside = (0.0..=width).contains(&number(x)) && (0.0..=height).contains(&number(y));
            assert!(inside, "{pair} outside {width} x {height}");
        }
    }
}

#[test]
fn gaps_and_empty_series_are_drawn_without_them() {
    let mut series = curve("gap", 0.2, 9);
    series.points[4].y = f64::NAN;
    series.points[7].interval = None;
    let empty = Series {
        label: "empty".into(),
        ..Series::default()
    };
    let panel = Panel::Lines(Lines {
        title: "gaps".into(),
        x: Axis::new("step", Unit::Count),
        y: Axis::new("value", Unit::Number),
        series: vec![series, empty],
    });
    let (svg, _) = keep("gaps", &figure(vec![panel]));
    assert!(!svg.contains("NaN") && !svg.contains("inf"));
}

#[test]
fn a_page_may_change_every_colour_and_lay_panels_out_itself() {
    let parts = figure(vec![lines("a", 30), bars()]).to_parts();
    assert!(parts.legend.unwrap().contains(">multi-attempt<"));
    let titles: Vec<&str> = parts.panels.iter().map(|panel| panel.0.as_str()).collect();
    assert_eq!(titles, ["a", "Accuracy by benchmark"]);
    for (title, svg) in &parts.panels {
        assert!(
            svg.contains("fill=\"var(--chart-series-1, #0072B2)\""),
            "{title}"
        );
        assert!(
            svg.contains("fill=\"var(--chart-ink, #222222)\""),
            "{title}"
        );
        assert!(
            !svg.contains("=\"#"),
            "{title} has a colour that cannot be changed"
        );
    }
    let alone = figure(vec![bars()]).to_parts();
    assert!(alone.panels[0].1.contains("var(--chart-series-2, #D55E00)"));
}
