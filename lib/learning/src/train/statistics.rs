//! Statistics of an optimiser step. Each is declared once, where it is computed: its name in the
//! metrics, and how the parts that micro-batches contribute make one number.
//! Knows nothing about losses or networks.

use serde::ser::{Serialize, SerializeMap, Serializer};
use tch::{Kind, TchError, Tensor};

/// Numbers that a statistic keeps at most.
const MOST: usize = 4;

/// How parts of a statistic come together, and what is reported in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reduction {
    /// Parts add up to what is reported: losses, whose tokens are weighted, and counts.
    Sum,
    /// The sum over tokens, reported as their mean.
    Mean,
    Largest,
    /// Sums of returns, of their squares, of errors and of their squares, reported as
    /// `1 - Var(error) / Var(return)`; 0 where the returns do not vary.
    ExplainedVariance,
}

impl Reduction {
    /// The numbers that it keeps.
    fn width(self) -> usize {
        match self {
            Self::Sum | Self::Mean | Self::Largest => 1,
            Self::ExplainedVariance => MOST,
        }
    }
}

/// One statistic of the tokens so far.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Statistic {
    name: &'static str,
    reduction: Reduction,
    /// As many as the reduction keeps.
    numbers: [f64; MOST],
    tokens: f64,
}

impl Statistic {
    fn add(&mut self, other: &Self) {
        self.tokens += other.tokens;
        for (number, other) in self.numbers.iter_mut().zip(other.numbers) {
            *number = match self.reduction {
                Reduction::Largest => number.max(other),
                _ => *number + other,
            };
        }
    }

    fn value(&self) -> f64 {
        let [first, ..] = self.numbers;
        match self.reduction {
            Reduction::Sum | Reduction::Largest => first,
            Reduction::Mean => first / self.tokens.max(1.0),
            Reduction::ExplainedVariance => self.explained_variance(),
        }
    }

    fn explained_variance(&self) -> f64 {
        let mean = |sum: f64| sum / self.tokens.max(1.0);
        let variance = |sum: f64, squares: f64| (mean(squares) - mean(sum).powi(2)).max(0.0);
        let [returns, squared_returns, errors, squared_errors] = self.numbers;
        let of_returns = variance(returns, squared_returns);
        if of_returns > 1e-12 {
            1.0 - variance(errors, squared_errors) / of_returns
        } else {
            0.0
        }
    }
}

/// Statistics in the order in which they were declared; as JSON an object of name and value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    entries: Vec<Statistic>,
}

impl Statistics {
    /// Adds those of another micro-batch. One that not every micro-batch has covers the tokens of
    /// those that have it.
    pub fn add(&mut self, other: &Self) {
        for statistic in &other.entries {
            let known = self
                .entries
                .iter_mut()
                .find(|known| known.name == statistic.name);
            match known {
                Some(known) => known.add(statistic),
                None => self.entries.push(*statistic),
            }
        }
    }

    /// Appends a number that is known at the end only.
    pub fn push(&mut self, name: &'static str, value: f64) {
        self.entries.push(Statistic {
            name,
            reduction: Reduction::Sum,
            numbers: [value, 0.0, 0.0, 0.0],
            tokens: 0.0,
        });
    }

    /// What is reported under this name.
    pub fn value(&self, name: &str) -> Option<f64> {
        let entry = self.entries.iter().find(|entry| entry.name == name)?;
        Some(entry.value())
    }
}

impl Serialize for Statistics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.entries.len()))?;
        for entry in &self.entries {
            map.serialize_entry(entry.name, &entry.value())?;
        }
        map.end()
    }
}

/// Statistics of one micro-batch, still on the device.
pub struct Measurements {
    tokens: f64,
    declared: Vec<(&'static str, Reduction)>,
    /// Scalars, float64.
    scalars: Vec<Tensor>,
}

impl Measurements {
    /// None yet, of a micro-batch with that many tokens.
    pub fn new(tokens: usize) -> Self {
        Self {
            tokens: tokens as f64,
            declared: Vec::new(),
            scalars: Vec::new(),
        }
    }

    /// A scalar that adds up over micro-batches.
    pub fn sum(&mut self, name: &'static str, scalar: &Tensor) {
        self.declare(name, Reduction::Sum, [double(scalar)]);
    }

    /// The mean of `[tokens]`.
    pub fn mean(&mut self, name: &'static str, per_token: &Tensor) {
        self.declare(name, Reduction::Mean, [total(per_token)]);
    }

    /// The largest of `[tokens]`.
    pub fn largest(&mut self, name: &'static str, per_token: &Tensor) {
        self.declare(name, Reduction::Largest, [double(&per_token.max())]);
    }

    /// How much of the variance of returns is explained, both `[tokens]`.
    pub fn explained_variance(&mut self, name: &'static str, returns: &Tensor, errors: &Tensor) {
        let (returns, errors) = (double(returns), double(errors));
        let sums = [&returns, &returns.square(), &errors, &errors.square()].map(total);
        self.declare(name, Reduction::ExplainedVariance, sums);
    }

    fn declare<const N: usize>(
        &mut self,
        name: &'static str,
        reduction: Reduction,
        scalars: [Tensor; N],
    ) {
        self.declared.push((name, reduction));
        self.scalars.extend(scalars);
    }

    /// The numbers, with one transfer from the device.
    pub fn read(self) -> Result<Statistics, TchError> {
        if self.scalars.is_empty() {
            return Ok(Statistics::default());
        }
        let flat = Vec::<f64>::try_from(Tensor::f_stack(&self.scalars, 0)?)?;
        let mut flat = flat.into_iter();
        let entries = self.declared.into_iter().map(|(name, reduction)| {
            let mut numbers = [0.0; MOST];
            for (slot, number) in numbers
                .iter_mut()
                .zip(flat.by_ref().take(reduction.width()))
            {
                *slot = number;
            }
            Statistic {
                name,
                reduction,
                numbers,
                tokens: self.tokens,
            }
        });
        Ok(Statistics {
            entries: entries.collect(),
        })
    }
}

fn double(tensor: &Tensor) -> Tensor {
    tensor.detach().to_kind(Kind::Double)
}

fn total(per_token: &Tensor) -> Tensor {
    per_token.detach().sum(Kind::Double)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(numbers: &[f32], declare: impl Fn(&mut Measurements, &Tensor)) -> Statistics {
        let mut measurements = Measurements::new(numbers.len());
        declare(&mut measurements, &Tensor::from_slice(numbers));
        measurements.read().unwrap()
    }

    #[test]
    fn parts_add_up_by_their_declaration() {
        let declare = |measurements: &mut Measurements, tokens: &Tensor| {
            measurements.sum("loss", &tokens.sum(Kind::Float));
            measurements.mean("gap", tokens);
            measurements.largest("gap_max", tokens);
        };
        let mut all = measured(&[0.5, 1.0], declare);
        all.add(&measured(&[0.75], declare));
        all.push("lr", 0.1);
        assert_eq!(
            serde_json::to_string(&all).unwrap(),
            "{\"loss\":2.25,\"gap\":0.75,\"gap_max\":1.0,\"lr\":0.1}"
        );
    }

    #[test]
    fn a_mean_covers_the_tokens_that_have_it() {
        let mut all = Statistics::default();
        all.add(&measured(&[9.0], |_, _| ()));
        all.add(&measured(&[2.0, 4.0], |measurements, tokens| {
            measurements.mean("gap", tokens);
        }));
        assert_eq!(all.value("gap"), Some(3.0));
        assert_eq!(all.value("other"), None);
    }

    /// Returns 1, 3 and values 1, 2: the variance of the errors is a quarter of that of the returns.
    #[test]
    fn explained_variance_compares_errors_with_returns() {
        let part = |returns: f32, error: f32| {
            measured(&[returns], |measurements, returns| {
                measurements.explained_variance(
                    "explained",
                    returns,
                    &Tensor::from_slice(&[error]),
                );
            })
        };
        let mut all = part(1.0, 0.0);
        all.add(&part(3.0, 1.0));
        assert_eq!(all.value("explained"), Some(0.75));
        let mut constant = part(2.0, 0.5);
        constant.add(&part(2.0, -0.5));
        assert_eq!(constant.value("explained"), Some(0.0));
    }
}
