//! Tables of a page. Knows nothing about what they hold.

use serde::Serialize;

#[derive(Debug, Serialize)]
pub struct Grid {
    pub caption: String,
    pub header: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

/// One cell; the first of a row is its heading.
#[derive(Debug, Default, Serialize)]
pub struct Cell {
    pub text: String,
    /// Smaller, beside the text.
    pub aside: Option<String>,
    /// Said when the pointer rests on it.
    pub title: Option<String>,
}

impl Grid {
    pub fn new<S: Into<String>>(
        caption: impl Into<String>,
        header: impl IntoIterator<Item = S>,
    ) -> Grid {
        Grid {
            caption: caption.into(),
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }
}

impl<S: Into<String>> From<S> for Cell {
    fn from(text: S) -> Cell {
        Cell {
            text: text.into(),
            ..Cell::default()
        }
    }
}

impl Cell {
    pub fn beside(text: impl Into<String>, aside: impl Into<String>) -> Cell {
        Cell {
            aside: Some(aside.into()),
            ..Cell::from(text)
        }
    }

    /// A share with its 95 % interval, in hundredths.
    pub fn share(value: f64, low: f64, high: f64) -> Cell {
        let interval = format!("{:.1} – {:.1}", 100.0 * low, 100.0 * high);
        Cell::beside(format!("{:.1} %", 100.0 * value), interval)
    }

    /// The first digits of a hash, all of them when the pointer rests on it.
    pub fn hash(hash: Option<&str>) -> Cell {
        const DIGITS: usize = 12;
        let Some(hash) = hash else {
            return Cell::from("–");
        };
        let digits = hash.split_once(':').map_or(hash, |(_, digits)| digits);
        Cell {
            title: Some(hash.to_owned()),
            ..Cell::from(digits.chars().take(DIGITS).collect::<String>())
        }
    }
}
