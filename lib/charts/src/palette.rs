//! Colours and markers. Knows nothing about what they stand for.

/// The colours of Okabe and Ito ("Color Universal Design", 2008), told apart with every common
/// form of colour blindness; yellow and black are left out for a white ground with black text.
const COLOURS: [&str; 6] = [
    "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
];

pub const GROUND: &str = "#FFFFFF";
pub const INK: &str = "#222222";
pub const MUTED: &str = "#5C5C5C";
pub const GRID: &str = "#E4E4E4";
pub const AXIS: &str = "#8A8A8A";

/// How the series at one place of the legend looks in every panel. Colour is never the only cue:
/// neighbours also differ in marker, and beyond six series in dashes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    pub colour: &'static str,
    pub marker: Marker,
    /// The line is dashed and the marker hollow.
    pub dashed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

impl Look {
    pub fn at(place: usize) -> Look {
        let markers = [
            Marker::Circle,
            Marker::Square,
            Marker::Triangle,
            Marker::Diamond,
        ];
        Look {
            colour: COLOURS[place % COLOURS.len()],
            marker: markers[place % markers.len()],
            dashed: (place / COLOURS.len()) % 2 == 1,
        }
    }

    /// How the control of a series with this look is drawn.
    pub fn of_control(principal: Look) -> Look {
        Look {
            dashed: !principal.dashed,
            ..principal
        }
    }
}

/// Colours with the names that a page may give them other values by: `--chart-ink`, `--chart-series-1` and so on.
pub fn themes() -> impl Iterator<Item = (String, &'static str)> {
    let grounds = [
        ("ground", GROUND),
        ("ink", INK),
        ("muted", MUTED),
        ("grid", GRID),
        ("axis", AXIS),
    ];
    let grounds = grounds.map(|(name, colour)| (format!("--chart-{name}"), colour));
    let series = COLOURS.iter().enumerate();
    let series = series.map(|(at, colour)| (format!("--chart-series-{}", at + 1), *colour));
    grounds.into_iter().chain(series)
}
