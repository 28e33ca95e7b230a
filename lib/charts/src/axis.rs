//! Axes: ranges that end at round numbers, ticks, and how numbers are written.
//!
//! Knows nothing about drawing.

/// What an axis says about itself.
#[derive(Debug, Clone, Default)]
pub struct Axis {
    pub label: String,
    pub unit: Unit,
    /// Values that the axis shows in any case, e.g. 0 for bars.
    pub includes: Vec<f64>,
}

/// How values are written.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Unit {
    #[default]
    Number,
    /// Whole numbers only: ticks never fall between.
    Count,
    /// A share between 0 and 1 written in hundredths.
    Percent,
}

impl Axis {
    pub fn new(label: impl Into<String>, unit: Unit) -> Axis {
        Axis {
            label: label.into(),
            unit,
            includes: Vec::new(),
        }
    }

    pub fn including(mut self, value: f64) -> Axis {
        self.includes.push(value);
        self
    }

    /// A scale over the finite ones of `values` with about `ticks` ticks, ending at ticks when
    /// `rounded` is set and at the data otherwise.
    pub fn scale(&self, values: impl Iterator<Item = f64>, ticks: usize, rounded: bool) -> Scale {
        let (low, high) = self.extent(values.filter(|value| value.is_finite()));
        let step = self.step((high - low) / ticks.max(1) as f64);
        if !rounded {
            return Scale {
                low,
                high,
                step,
                unit: self.unit,
            };
        }
        let (mut floor, mut ceiling) = ((low / step).floor() * step, (high / step).ceil() * step);
        if self.unit == Unit::Percent {
            // Room above 100 % would only confuse.
            floor = if low >= 0.0 { floor.max(0.0) } else { floor };
            ceiling = if high <= 1.0 {
                ceiling.min(1.0)
            } else {
                ceiling
            };
        }
        Scale {
            low: floor,
            high: ceiling,
            step,
            unit: self.unit,
        }
    }

    fn extent(&self, values: impl Iterator<Item = f64>) -> (f64, f64) {
        let start = (f64::INFINITY, f64::NEG_INFINITY);
        let wider = |(low, high): (f64, f64), value: f64| (low.min(value), high.max(value));
        let (low, high) = values
            .chain(self.includes.iter().copied())
            .fold(start, wider);
        if low > high {
            return (0.0, 1.0); // no data at all
        }
        let span = high - low;
        if span <= 1e-12 * high.abs().max(1e-12) {
            return self.around(high);
        }
        (low, high)
    }

    /// The range that shows a single value.
    fn around(&self, value: f64) -> (f64, f64) {
        match self.unit {
            Unit::Count => (value - 1.0, value + 1.0),
            // Nothing lies below 0 % or above 100 %.
            Unit::Percent if value == 0.0 => (0.0, 0.1),
            Unit::Percent if value == 1.0 => (0.9, 1.0),
            Unit::Percent => (value - 0.05, value + 0.05),
            Unit::Number if value == 0.0 => (0.0, 1.0),
            Unit::Number => (value - 0.1 * value.abs(), value + 0.1 * value.abs()),
        }
    }

    /// The smallest of 1, 2, 2.5, 5 times a power of ten that is not much below `rough`: a few ticks
    /// too many are better than half as many.
    fn step(&self, rough: f64) -> f64 {
        let power = 10f64.powf(rough.log10().floor());
        let steps: &[f64] = if self.unit == Unit::Number {
            &[1.0, 2.0, 2.5, 5.0, 10.0]
        } else {
            &[1.0, 2.0, 5.0, 10.0]
        };
        let nice = steps
            .iter()
            .map(|step| step * power)
            .find(|step| *step >= rough * 0.8);
        let nice = nice.unwrap_or(10.0 * power);
        if self.unit == Unit::Count {
            nice.max(1.0)
        } else {
            nice
        }
    }
}

/// A range with ticks.
#[derive(Debug, Clone, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    step: f64,
    unit: Unit,
}

impl Scale {
    /// Tick values inside the range.
    pub fn ticks(&self) -> Vec<f64> {
        let slack = 1e-9;
        let first = (self.low / self.step - slack).ceil() as i64;
        let last = (self.high / self.step + slack).floor() as i64;
        (first..=last).map(|at| at as f64 * self.step).collect()
    }

    /// Place of a value between 0 (low end) and 1 (high end).
    pub fn place(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// A tick's text: as many decimals as the step has.
    pub fn text(&self, value: f64) -> String {
        match self.unit {
            Unit::Percent => format!("{}%", decimal(value * 100.0, self.step * 100.0)),
            _ => decimal(value, self.step),
        }
    }
}

fn decimal(value: f64, step: f64) -> String {
    let value = if value.abs() < step * 1e-6 {
        0.0
    } else {
        value
    };
    if value != 0.0 && !(0.999e-4..1e6).contains(&step) {
        return scientific(value);
    }
    let digits = (0..=5).find(|digits| {
        let scaled = step * 10f64.powi(*digits);
        (scaled - scaled.round()).abs() < 1e-6 * scaled
    });
    let text = format!("{value:.*}", digits.unwrap_or(5) as usize);
    text.replace('-', "−")
}

fn scientific(value: f64) -> String {
    format!("{:e}", (value * 1e12).round() / 1e12).replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, values: &[f64], ticks: usize) -> Vec<String> {
        let scale = axis.scale(values.iter().copied(), ticks, true);
        scale.ticks().iter().map(|tick| scale.text(*tick)).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_data() {
        let number = Axis::new("", Unit::Number);
        assert_eq!(
            labels(&number, &[-0.83, 0.41], 5),
            [
                "−1.0", "−0.8", "−0.6", "−0.4", "−0.2", "0.0", "0.2", "0.4", "0.6"
            ]
        );
        assert_eq!(
            labels(&number, &[0.0, 0.00043], 5),
            ["0.0000", "0.0001", "0.0002", "0.0003", "0.0004", "0.0005"]
        );
        let percent = Axis::new("", Unit::Percent);
        assert_eq!(
            labels(&percent, &[0.42, 0.97], 6),
            ["40%", "50%", "60%", "70%", "80%", "90%", "100%"]
        );
        let count = Axis::new("", Unit::Count);
        assert_eq!(labels(&count, &[1.0, 3.0], 8), ["1", "2", "3"]);
    }

    #[test]
    fn single_empty_and_odd_values_have_an_axis() {
        let number = Axis::new("", Unit::Number);
        assert!(labels(&number, &[0.5], 5).len() >= 2);
        assert!(labels(&number, &[], 5).len() >= 2);
        assert!(labels(&number, &[f64::NAN, 1.0, f64::INFINITY, 2.0], 5).len() >= 2);
        assert!(
            labels(&number, &[2e-7, 9e-7], 5)
                .iter()
                .all(|label| label.contains('e') || label == "0")
        );
        assert!(labels(&number, &[-3e8, 9e8], 5).len() >= 2);
        let percent = Axis::new("", Unit::Percent);
        assert_eq!(
            labels(&percent, &[0.0, 0.0], 2).first().map(String::as_str),
            Some("0%")
        );
        assert_eq!(
            labels(&percent, &[1.0], 2).last().map(String::as_str),
            Some("100%")
        );
    }
}
