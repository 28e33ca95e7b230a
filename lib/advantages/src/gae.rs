//! Generalised advantage estimation over policy tokens (Schulman et al., arXiv 1506.02438, eq. 16).

use crate::AdvantageError;
use crate::error::{finite, same_length};

/// Discounts of the estimator, per step: a policy token, or an attempt for [`crate::turn_gae`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gae {
    /// Discount gamma.
    pub gamma: f64,
    /// Lambda of the advantages: 0 is one step of temporal difference, 1 the whole return.
    pub lambda: f64,
}

/// Advantages A_t and returns A_t + V_t, both `[tokens]`, 0 where `policy` is false.
///
/// With `t' ` the next policy token after `t` (V = A = 0 after the last one):
/// `delta_t = r_t + gamma V_t' - V_t` and `A_t = delta_t + gamma lambda A_t'`.
/// A reward on a token that the policy did not sample belongs to the last policy token before it,
/// undiscounted; values on such tokens have no influence.
pub fn gae(
    values: &[f32],
    rewards: &[f32],
    policy: &[bool],
    options: Gae,
) -> Result<(Vec<f32>, Vec<f32>), AdvantageError> {
    let tokens = policy.len();
    same_length("values", tokens, values.len())?;
    same_length("rewards", tokens, rewards.len())?;
    finite("values", values, policy)?;
    finite("rewards", rewards, &vec![true; tokens])?;
    let (mut advantages, mut returns) = (vec![0.0; tokens], vec![0.0; tokens]);
    let (mut next_value, mut next_advantage, mut reward) = (0.0, 0.0, 0.0);
    for t in (0..tokens).rev() {
        reward += f64::from(rewards[t]);
        if !policy[t] {
            continue;
        }
        let value = f64::from(values[t]);
        let delta = reward + options.gamma * next_value - value;
        let advantage = delta + options.gamma * options.lambda * next_advantage;
        advantages[t] = advantage as f32;
        returns[t] = (advantage + value) as f32;
        (next_value, next_advantage, reward) = (value, advantage, 0.0);
    }
    Ok((advantages, returns))
}
