//! Markdown tables and numbers as people read them. Knows nothing about runs.

use measures::Estimate;

use crate::arms::{Counted, Measured};

/// A table in Markdown; the first column stands to the left, the others to the right.
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new<T: Into<String>>(header: impl IntoIterator<Item = T>) -> Self {
        Self {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub fn markdown(&self) -> String {
        let rule = (0..self.header.len()).map(|at| if at == 0 { "---" } else { "---:" });
        let rule: Vec<String> = rule.map(str::to_owned).collect();
        let lines = [&self.header, &rule].into_iter().chain(&self.rows);
        lines
            .map(|cells| format!("| {} |\n", cells.join(" | ")))
            .collect()
    }
}

/// `81.3 (79.0 to 83.5)`, in per cent.
pub fn percent(estimate: Option<Estimate>) -> String {
    interval(estimate, |value| format!("{:.1}", 100.0 * value))
}

/// `+8.3 (+6.1 to +10.5)`, in points.
pub fn points(estimate: Option<Estimate>) -> String {
    interval(estimate, |value| format!("{:+.1}", 100.0 * value))
}

/// `81.3 (79.0 to 83.5), 2439/3000`
pub fn counted(measured: Option<Measured>) -> String {
    match measured {
        None => "none".into(),
        Some(Measured { estimate, count }) => {
            format!("{}, {}", percent(Some(estimate)), fraction(count))
        }
    }
}

pub fn fraction(count: Counted) -> String {
    format!("{}/{}", count.hits, count.trials)
}

fn interval(estimate: Option<Estimate>, text: impl Fn(f64) -> String) -> String {
    match estimate {
        Some(found) if !found.value.is_nan() => {
            format!(
                "{} ({} to {})",
                text(found.value),
                text(found.low),
                text(found.high)
            )
        }
        _ => "none".into(),
    }
}

/// `1,234,567`
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }
}
