//! Returns without a critic (REINFORCE): what follows, discounted.

/// `scale gamma^k` on the policy token that has `k` policy tokens after it, 0 elsewhere: spreads one
/// number per dialogue, such as a reward with its baseline taken off, over its tokens.
pub fn spread(scale: f64, gamma: f64, policy: &[bool]) -> Vec<f32> {
    let mut spread = vec![0.0; policy.len()];
    let mut discounted = scale;
    for t in (0..policy.len()).rev().filter(|&t| policy[t]) {
        spread[t] = discounted as f32;
        discounted *= gamma;
    }
    spread
}

/// Return G_t of a dialogue that is paid once, at its end.
pub fn returns_to_go(reward: f32, gamma: f64, policy: &[bool]) -> Vec<f32> {
    spread(f64::from(reward), gamma, policy)
}
