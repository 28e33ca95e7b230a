//! A mean over seeds and questions, both drawn from more than were tried. Knows nothing about what is measured.

use crate::Estimate;

/// Values by seed and question, the questions in strata (families, benchmarks) of fixed size.
#[derive(Clone, Debug)]
pub struct Crossed<'a> {
    /// `[seed][question]`, all of one length.
    pub values: &'a [Vec<f64>],
    /// The stratum of each question, counted from 0.
    pub strata: &'a [usize],
}

impl Crossed<'_> {
    /// The mean of all values with a 95 % interval that speaks of other seeds and other questions of the same strata.
    ///
    /// A crossed random-effects design (Searle, Casella and McCulloch, Variance Components, 1992, chapter 4): with mean
    /// squares of seeds, questions and residuals the variance of the mean is `(MS_s + MS_q - MS_e) / SQ`, at least either
    /// of the first two; degrees of freedom by Satterthwaite (Biometrics Bulletin 2, 1946), the quantile is Student's.
    /// With one seed the interval speaks of questions alone.
    ///
    /// None without seeds or questions.
    pub fn mean(&self) -> Option<Estimate> {
        let (seeds, questions) = (self.values.len(), self.strata.len());
        if seeds == 0 || questions == 0 {
            return None;
        }
        let means = Means::of(self);
        let size = (seeds * questions) as f64;
        let strata = means.of_stratum.len();
        let free_questions = questions.saturating_sub(strata) as f64;
        let free_seeds = (seeds - 1) as f64;
        let per = |sum: f64, free: f64| if free > 0.0 { sum / free } else { 0.0 };
        let of_seeds = per(squares(&means.of_seed, |_| means.all), free_seeds) / seeds as f64;
        let of_questions = per(
            squares(&means.of_question, |at| means.of_stratum[self.strata[at]]),
            free_questions,
        ) / questions as f64;
        let residual = per(self.residual(&means), free_seeds * free_questions) / size;
        let variance = (of_seeds + of_questions - residual)
            .max(of_seeds)
            .max(of_questions);
        let half = if variance > 0.0 {
            let share = |part: f64, free: f64| per((part / variance).powi(2), free);
            let free = share(of_seeds, free_seeds) + share(of_questions, free_questions);
            student(1.0 / free) * variance.sqrt()
        } else {
            0.0
        };
        Some(Estimate {
            value: means.all,
            low: means.all - half,
            high: means.all + half,
        })
    }

    /// What neither seed nor question explains, squared and added up.
    fn residual(&self, means: &Means) -> f64 {
        let of_seed = |(seed, row): (usize, &Vec<f64>)| -> f64 {
            squares(row, |at| {
                let stratum = self.strata[at];
                means.of_question[at] + means.of_seed_in_stratum[seed][stratum]
                    - means.of_stratum[stratum]
            })
        };
        self.values.iter().enumerate().map(of_seed).sum()
    }
}

struct Means {
    all: f64,
    of_seed: Vec<f64>,
    of_question: Vec<f64>,
    of_stratum: Vec<f64>,
    of_seed_in_stratum: Vec<Vec<f64>>,
}

impl Means {
    fn of(crossed: &Crossed) -> Self {
        let seeds = crossed.values.len() as f64;
        let of_question: Vec<f64> = (0..crossed.strata.len())
            .map(|at| crossed.values.iter().map(|row| row[at]).sum::<f64>() / seeds)
            .collect();
        Self {
            all: mean(&of_question),
            of_seed: crossed.values.iter().map(|row| mean(row)).collect(),
            of_stratum: by_stratum(&of_question, crossed.strata),
            of_seed_in_stratum: crossed
                .values
                .iter()
                .map(|row| by_stratum(row, crossed.strata))
                .collect(),
            of_question,
        }
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn by_stratum(values: &[f64], strata: &[usize]) -> Vec<f64> {
    let count = strata.iter().max().map_or(0, |last| last + 1);
    let mut sums = vec![(0.0, 0usize); count];
    for (value, stratum) in values.iter().zip(strata) {
        sums[*stratum].0 += value;
        sums[*stratum].1 += 1;
    }
    sums.iter()
        .map(|(sum, count)| sum / (*count).max(1) as f64)
        .collect()
}

/// Squared distances from what was expected at each place, added up.
fn squares(values: &[f64], expected: impl Fn(usize) -> f64) -> f64 {
    let squared = |(at, value): (usize, &f64)| (value - expected(at)).powi(2);
    values.iter().enumerate().map(squared).sum()
}

/// The two-sided 95 % point of Student's distribution with `free` degrees of freedom, not necessarily whole.
///
/// With t = sqrt(free) tan(a) the density becomes cos(a)^(free - 1), whose integral needs no gamma function.
fn student(free: f64) -> f64 {
    /// Beyond it the distribution is the normal one to four digits, and the integrand too narrow.
    const MOST: f64 = 1e5;
    let free = free.clamp(1.0, MOST);
    let density = |angle: f64| angle.cos().powf(free - 1.0);
    // With many degrees of freedom nothing of weight lies beyond forty deviations, and the integrand is narrow.
    let end = if free < 30.0 {
        std::f64::consts::FRAC_PI_2
    } else {
        (40.0 / free.sqrt()).atan()
    };
    let wanted = 0.95 * integral(&density, end);
    let (mut low, mut high) = (0.0, end);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if integral(&density, middle) < wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    free.sqrt() * low.tan()
}

/// From 0 to `end`, by Simpson's rule.
fn integral(density: &impl Fn(f64) -> f64, end: f64) -> f64 {
    const PARTS: usize = 2000;
    let step = end / PARTS as f64;
    let weight = |at: usize| match at {
        0 | PARTS => 1.0,
        at if at % 2 == 1 => 4.0,
        _ => 2.0,
    };
    let sum: f64 = (0..=PARTS)
        .map(|at| weight(at) * density(at as f64 * step))
        .sum();
    sum * step / 3.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    /// Two-sided 5 % points of printed tables.
    #[test]
    fn student_agrees_with_tables() {
        for (free, point) in [
            (1.0, 12.706),
            (2.0, 4.303),
            (4.0, 2.776),
            (10.0, 2.228),
            (30.0, 2.042),
            (120.0, 1.980),
            (1e9, 1.960),
        ] {
            assert!(
                (student(free) - point).abs() < 1.5e-3 * point,
                "{free}: {}",
                student(free)
            );
        }
    }

    #[test]
    fn one_seed_speaks_of_questions_alone() {
        let row: Vec<f64> = (0..100).map(|at| f64::from(at % 4 == 0)).collect();
        let estimate = Crossed {
            values: &[row],
            strata: &[0; 100],
        }
        .mean()
        .unwrap();
        // 0.25 * 0.75 / 99, Student's point for 99 degrees of freedom
        let half = 1.984_2 * (0.25_f64 * 0.75 / 99.0).sqrt();
        assert!((estimate.value - 0.25).abs() < 1e-12);
        assert!((estimate.high - 0.25 - half).abs() < 1e-4, "{estimate:?}");
    }

    #[test]
    fn seeds_that_differ_widen_the_interval() {
        let row =
            |share: usize| -> Vec<f64> { (0..100).map(|at| f64::from(at % 100 < share)).collect() };
        let width = |shares: [usize; 3]| {
            let values = shares.map(row);
            let estimate = Crossed {
                values: &values,
                strata: &[0; 100],
            }
            .mean()
            .unwrap();
            estimate.high - estimate.low
        };
        assert!(width([50, 50, 50]) < width([40, 50, 60]));
        // Seeds at 40, 50 and 60 %: their mean alone is known to 10 / sqrt(3) points, with 2 degrees of freedom.
        assert!(width([40, 50, 60]) < 2.0 * 4.303 * 0.1 / 3.0_f64.sqrt() + 0.05);
        assert!(width([40, 50, 60]) > 2.0 * 0.1 / 3.0_f64.sqrt());
    }

    #[test]
    fn strata_take_their_differences_out() {
        let values: Vec<Vec<f64>> = vec![(0..100).map(|at| f64::from(at < 50)).collect()];
        let strata: Vec<usize> = (0..100).map(|at| usize::from(at >= 50)).collect();
        let estimate = Crossed {
            values: &values,
            strata: &strata,
        }
        .mean()
        .unwrap();
        assert_eq!(
            (estimate.low, estimate.value, estimate.high),
            (0.5, 0.5, 0.5)
        );
    }

    #[test]
    fn nothing_gives_nothing() {
        assert!(
            Crossed {
                values: &[],
                strata: &[]
            }
            .mean()
            .is_none()
        );
    }
}
