//! Runs by arm, and their outcomes as numbers by seed and question. Knows nothing about texts and figures.

use indexmap::IndexMap;
use measures::{Crossed, Estimate, pass_at};

use crate::outcomes::{Digits, Outcomes, RunOutcome};

/// All arms in the order in which they were gathered.
pub struct Arms<'a> {
    pub families: Vec<&'a str>,
    strata: Vec<usize>,
    arms: IndexMap<&'a str, Vec<&'a RunOutcome>>,
}

/// `[seed][question]`; NaN where a question does not count.
type Values = Vec<Vec<f64>>;

/// How many out of how many, over all seeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    pub hits: usize,
    pub trials: usize,
}

/// An estimate with the exact count beside it.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub estimate: Estimate,
    pub count: Counted,
}

impl<'a> Arms<'a> {
    pub fn of(outcomes: &'a Outcomes) -> Self {
        let mut arms: IndexMap<&str, Vec<&RunOutcome>> = IndexMap::new();
        for run in &outcomes.runs {
            arms.entry(&run.arm).or_default().push(run);
        }
        for runs in arms.values_mut() {
            runs.sort_by_key(|run| run.seed);
        }
        let families = &outcomes.questions.families;
        Self {
            families: families.iter().map(|(name, _)| name.as_str()).collect(),
            strata: outcomes.questions.strata(),
            arms,
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.arms.keys().copied()
    }

    /// Ascending by seed; none where there is no such arm.
    pub fn runs(&self, arm: &str) -> &[&'a RunOutcome] {
        self.arms.get(arm).map_or(&[], Vec::as_slice)
    }

    /// The largest number of attempts that was allowed.
    pub fn most_attempts(&self) -> u32 {
        let runs = self.arms.values().flatten();
        let plays = runs.filter_map(|run| run.plays.get("attempts"));
        plays
            .filter_map(|play| play.keys().max().copied())
            .max()
            .unwrap_or(0)
    }

    /// The numbers of attempts that tables have a column for: 1, 2, 3 and the largest.
    pub fn columns(&self) -> Vec<u32> {
        let most = self.most_attempts();
        let beyond = (most > 3).then_some(most);
        (1..=most.min(3)).chain(beyond).collect()
    }

    /// Share of questions right with `allowed` attempts.
    pub fn accuracy(&self, arm: &str, allowed: u32, family: Option<usize>) -> Option<Measured> {
        let values = self.solved(self.runs(arm), allowed)?;
        self.share(&values, family)
    }

    /// What the attempts from `few` to `many` add, in shares of all questions.
    pub fn gain(&self, arm: &str, few: u32, many: u32, family: Option<usize>) -> Option<Estimate> {
        let (few, many) = (
            self.solved(self.runs(arm), few)?,
            self.solved(self.runs(arm), many)?,
        );
        self.estimate(&difference(&many, &few), family)
    }

    /// How much more of the questions `arm` has right than `other`, seed by seed.
    pub fn lead(&self, arm: &str, other: &str, allowed: u32) -> Option<Estimate> {
        let (ours, theirs) = self.paired(arm, other);
        let lead = difference(
            &self.solved(&ours, allowed)?,
            &self.solved(&theirs, allowed)?,
        );
        self.estimate(&lead, None)
    }

    /// How much more `arm` gains from attempts `few` to `many` than `other`, seed by seed.
    pub fn lead_in_gain(&self, arm: &str, other: &str, few: u32, many: u32) -> Option<Estimate> {
        let (ours, theirs) = self.paired(arm, other);
        let gain = |runs: &[&RunOutcome]| {
            Some(difference(
                &self.solved(runs, many)?,
                &self.solved(runs, few)?,
            ))
        };
        self.estimate(&difference(&gain(&ours)?, &gain(&theirs)?), None)
    }

    /// Share right within k attempts, with the feedback of the play `name`, of its most attempts allowed.
    pub fn within(&self, arm: &str, name: &str, k: usize) -> Option<Measured> {
        let values = self.values(self.runs(arm), name, None, |digits, at| {
            let solved_at = value(&digits.solved, at);
            f64::from(solved_at >= 1 && solved_at <= k)
        })?;
        self.share(&values, None)
    }

    /// pass@k of independent single attempts.
    pub fn pass_at(&self, arm: &str, k: usize, family: Option<usize>) -> Option<Estimate> {
        let values = self.values(self.runs(arm), "independent", Some(1), |digits, at| {
            let samples = u64::from(digits.samples);
            if k as u64 > samples {
                return f64::NAN;
            }
            pass_at(k as u64, samples, value(&digits.solved, at) as u64)
        })?;
        self.estimate(&values, family)
    }

    /// Of the second attempts that `among` counts, the share that `hit` says, in the play `name` with `allowed` attempts.
    /// `hit` and `among` are given the first right attempt (0: none) and the character of the second one.
    pub fn second(
        &self,
        arm: &str,
        name: &str,
        allowed: Option<u32>,
        among: fn(usize, char) -> bool,
        hit: fn(char) -> bool,
    ) -> Option<Measured> {
        let values = self.values(self.runs(arm), name, allowed, |digits, at| {
            let second = digits.second.as_bytes()[at] as char;
            if among(value(&digits.solved, at), second) {
                f64::from(hit(second))
            } else {
                f64::NAN
            }
        })?;
        self.share(&values, None)
    }

    /// Runs of both arms with the same seeds.
    fn paired(&self, arm: &str, other: &str) -> (Vec<&'a RunOutcome>, Vec<&'a RunOutcome>) {
        let theirs = self.runs(other);
        let pair = |ours: &&'a RunOutcome| {
            let same = theirs.iter().find(|theirs| theirs.seed == ours.seed);
            same.map(|theirs| (*ours, *theirs))
        };
        self.runs(arm).iter().filter_map(pair).unzip()
    }

    fn solved(&self, runs: &[&RunOutcome], allowed: u32) -> Option<Values> {
        self.values(runs, "attempts", Some(allowed), |digits, at| {
            f64::from(value(&digits.solved, at) > 0)
        })
    }

    /// None where there is no run, or one has not played so. `allowed` of None is the most that was allowed.
    fn values(
        &self,
        runs: &[&RunOutcome],
        name: &str,
        allowed: Option<u32>,
        of: impl Fn(&Digits, usize) -> f64,
    ) -> Option<Values> {
        let of_run = |run: &&RunOutcome| {
            let play = run.plays.get(name)?;
            let digits = match allowed {
                Some(allowed) => play.get(&allowed)?,
                None => play.last_key_value()?.1,
            };
            Some((0..self.strata.len()).map(|at| of(digits, at)).collect())
        };
        let values: Option<Values> = runs.iter().map(of_run).collect();
        values.filter(|values| !values.is_empty())
    }

    fn share(&self, values: &Values, family: Option<usize>) -> Option<Measured> {
        let mut estimate = self.estimate(values, family)?;
        estimate.low = estimate.low.max(0.0);
        estimate.high = estimate.high.min(1.0);
        let counted = values
            .iter()
            .flat_map(|row| row.iter().zip(&self.strata))
            .filter(|(value, stratum)| {
                !value.is_nan() && family.is_none_or(|wanted| wanted == **stratum)
            });
        let count = counted.fold(Counted::default(), |count, (value, _)| Counted {
            hits: count.hits + usize::from(*value > 0.5),
            trials: count.trials + 1,
        });
        Some(Measured { estimate, count })
    }

    /// Over seeds and questions; where some questions do not count (NaN), over seeds and the questions that count with
    /// any seed, as a ratio of means.
    fn estimate(&self, values: &Values, family: Option<usize>) -> Option<Estimate> {
        let kept: Vec<usize> = (0..self.strata.len())
            .filter(|at| family.is_none_or(|wanted| wanted == self.strata[*at]))
            .filter(|at| values.iter().any(|row| !row[*at].is_nan()))
            .collect();
        let strata: Vec<usize> = match family {
            Some(_) => vec![0; kept.len()],
            None => kept.iter().map(|at| self.strata[*at]).collect(),
        };
        let all = || values.iter().flat_map(|row| kept.iter().map(|at| row[*at]));
        let counted = all().filter(|value| !value.is_nan()).count() as f64;
        let ratio = all().filter(|value| !value.is_nan()).sum::<f64>() / counted;
        // Linearised: what a value adds to the ratio, 0 where it does not count (Cochran, Sampling Techniques, 1977, 6.3).
        let weight = (values.len() * kept.len()) as f64 / counted;
        let linear = |value: f64| {
            if value.is_nan() {
                0.0
            } else {
                (value - ratio) * weight
            }
        };
        let rows: Values = values
            .iter()
            .map(|row| kept.iter().map(|at| linear(row[*at])).collect())
            .collect();
        let spread = Crossed {
            values: &rows,
            strata: &strata,
        }
        .mean()?;
        Some(Estimate {
            value: ratio,
            low: ratio + spread.low - spread.value,
            high: ratio + spread.high - spread.value,
        })
    }
}

fn difference(of: &Values, from: &Values) -> Values {
    let row =
        |(of, from): (&Vec<f64>, &Vec<f64>)| of.iter().zip(from).map(|(a, b)| a - b).collect();
    of.iter().zip(from).map(row).collect()
}

fn value(digits: &str, at: usize) -> usize {
    (digits.as_bytes()[at] as char).to_digit(36).unwrap_or(0) as usize
}
