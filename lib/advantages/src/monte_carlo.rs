//! Returns without a critic (REINFORCE): what follows, discounted.

/// `scale gamma^k` on the policy token that has `k` policy tokens after it, 0 elsewhere: spreads one
/// number per dialogue, such as a return with its baseline taken off, over its tokens.
pub fn spread(scale: f64, gamma: f64, policy: &[bool]) -> Vec<f32> {
    let mut spread = vec![0.0; policy.len()];
    let mut discounted = scale;
    for t in (0..policy.len()).rev().filter(|&t| policy[t]) {
        spread[t] = discounted as f32;
        discounted *= gamma;
    }
    spread
}

/// Rewards-to-go `G_t = r_t + gamma G_t'` with `t'` the next policy token, `[tokens]`, 0 where
/// `policy` is false. As in [`crate::gae`], a reward on another token belongs to the last policy
/// token before it.
pub fn rewards_to_go(rewards: &[f32], gamma: f64, policy: &[bool]) -> Vec<f32> {
    let mut returns = vec![0.0; policy.len()];
    let (mut following, mut reward) = (0.0, 0.0);
    for t in (0..policy.len().min(rewards.len())).rev() {
        reward += f64::from(rewards[t]);
        if policy[t] {
            following = reward + gamma * following;
            returns[t] = following as f32;
            reward = 0.0;
        }
    }
    returns
}
