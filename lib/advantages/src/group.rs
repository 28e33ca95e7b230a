//! Baselines from the other samples of the same question.

use crate::AdvantageError;

/// Keeps the quotient finite where all rewards are the same.
const EPSILON: f64 = 1e-6;

/// RLOO (Ahmadian et al., arXiv 2402.14740): each reward less the mean of the other samples' rewards.
pub fn leave_one_out(rewards: &[f32]) -> Result<Vec<f64>, AdvantageError> {
    let others = at_least_two(rewards)? - 1.0;
    let sum: f64 = rewards.iter().map(|&reward| f64::from(reward)).sum();
    let above = |&reward: &f32| f64::from(reward) - (sum - f64::from(reward)) / others;
    Ok(rewards.iter().map(above).collect())
}

/// GRPO (Shao et al., arXiv 2402.03300): `(r - mean) / (std + 1e-6)`, with the sample standard
/// deviation (n - 1). Without `divide` it is Dr. GRPO (Liu et al., arXiv 2503.20783): `r - mean`.
pub fn grpo(rewards: &[f32], divide: bool) -> Result<Vec<f64>, AdvantageError> {
    let count = at_least_two(rewards)?;
    let mean = rewards.iter().map(|&reward| f64::from(reward)).sum::<f64>() / count;
    let centred: Vec<f64> = rewards
        .iter()
        .map(|&reward| f64::from(reward) - mean)
        .collect();
    if !divide {
        return Ok(centred);
    }
    let squares: f64 = centred
        .iter()
        .map(|difference| difference * difference)
        .sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    Ok(centred
        .iter()
        .map(|difference| difference / (deviation + EPSILON))
        .collect())
}

fn at_least_two(rewards: &[f32]) -> Result<f64, AdvantageError> {
    match rewards.len() {
        0 | 1 => Err(AdvantageError::Alone),
        count => Ok(count as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_baseline_leaves_the_sample_itself_out() {
        assert_eq!(leave_one_out(&[1.0, -1.0, 0.0]).unwrap(), [1.5, -1.5, 0.0]);
        assert_eq!(leave_one_out(&[1.0]), Err(AdvantageError::Alone));
    }

    #[test]
    fn a_group_is_scaled_to_unit_deviation() {
        let scaled = grpo(&[1.0, -1.0, 1.0, -1.0], true).unwrap();
        let expected = 1.0 / ((4.0f64 / 3.0).sqrt() + 1e-6);
        assert!((scaled[0] - expected).abs() < 1e-12 && scaled[0] == -scaled[1]);
        assert_eq!(grpo(&[1.0, -0.5], false).unwrap(), [0.75, -0.75]);
    }

    #[test]
    fn equal_rewards_have_no_advantage() {
        assert_eq!(grpo(&[-0.5, -0.5, -0.5], true).unwrap(), [0.0; 3]);
        assert_eq!(leave_one_out(&[1.0, 1.0]).unwrap(), [0.0; 2]);
    }
}
