//! The order of questions: a shuffle per epoch, cut into steps.

use anyhow::{Context, Result};

use crate::load::Question;
use keyed::Key;

/// One question of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Place of the question in the data.
    pub question: usize,
    /// How often the same question came before in the same step: only where a step is longer than
    /// an epoch, or straddles two.
    pub occurrence: u64,
}

/// The questions at places `step * count` and on of the endless shuffle.
pub fn step(questions: &[Question], seed: u64, step: u64, count: u64) -> Result<Vec<Pick>> {
    let size = questions.len() as u64;
    let first = step
        .checked_mul(count)
        .context("--step times --count is too large")?;
    let last = first
        .checked_add(count)
        .context("--step times --count is too large")?;
    let mut picks = Vec::new();
    let mut seen = vec![0; questions.len()];
    for epoch in first / size..last.div_ceil(size) {
        let order = order(questions, seed, epoch);
        let start = first.max(epoch * size) - epoch * size;
        let end = last.min((epoch + 1) * size) - epoch * size;
        for &question in &order[start as usize..end as usize] {
            let occurrence = seen[question];
            seen[question] += 1;
            picks.push(Pick {
                question,
                occurrence,
            });
        }
    }
    Ok(picks)
}

/// All questions in the order of one epoch: sorted by a random number each. So it does not matter in
/// which order the data was read.
fn order(questions: &[Question], seed: u64, epoch: u64) -> Vec<usize> {
    let key = |question: &usize| {
        let question_id = questions[*question].question_id.as_str();
        let bits = Key {
            seed,
            purpose: "shuffle",
            step: epoch,
            question_id,
            index: 0,
        }
        .bits();
        (bits, question_id)
    };
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.sort_by_cached_key(key);
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(count: usize) -> Vec<Question> {
        (0..count)
            .map(|row| Question::named(&format!("set/{row}")))
            .collect()
    }

    fn ids(picks: &[Pick]) -> Vec<usize> {
        picks.iter().map(|pick| pick.question).collect()
    }

    #[test]
    fn steps_cover_an_epoch_without_repeats() {
        let data = questions(12);
        let mut epoch: Vec<usize> = Vec::new();
        for number in 0..3 {
            epoch.extend(ids(&step(&data, 7, number, 4).unwrap()));
        }
        epoch.sort_unstable();
        assert_eq!(epoch, (0..12).collect::<Vec<_>>());
    }

    #[test]
    fn a_step_may_straddle_epochs() {
        let data = questions(5);
        let whole = step(&data, 1, 0, 10).unwrap();
        let parts: Vec<usize> = (0..5)
            .flat_map(|number| ids(&step(&data, 1, number, 2).unwrap()))
            .collect();
        assert_eq!(ids(&whole), parts);
        let occurrences = whole.iter().map(|pick| pick.occurrence);
        assert_eq!(
            occurrences.collect::<Vec<_>>(),
            [0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
        );
    }

    #[test]
    fn epochs_and_seeds_differ() {
        let data = questions(50);
        let first = ids(&step(&data, 1, 0, 50).unwrap());
        assert_ne!(first, ids(&step(&data, 1, 1, 50).unwrap()));
        assert_ne!(first, ids(&step(&data, 2, 0, 50).unwrap()));
        assert_eq!(first, ids(&step(&data, 1, 0, 50).unwrap()));
    }

    #[test]
    fn the_order_of_the_data_does_not_matter() {
        let data = questions(20);
        let mut turned = questions(20);
        turned.reverse();
        let names = |data: &[Question]| -> Vec<String> {
            let picks = step(data, 3, 2, 7).unwrap();
            picks
                .iter()
                .map(|pick| data[pick.question].question_id.clone())
                .collect()
        };
        assert_eq!(names(&data), names(&turned));
    }

    #[test]
    fn a_step_beyond_all_numbers_is_an_error() {
        assert!(step(&questions(3), 0, u64::MAX, 2).is_err());
    }
}
