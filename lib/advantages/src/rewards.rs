//! Where rewards fall: on which tokens of a dialogue.

use std::ops::Range;

/// Rewards `[tokens]` of a dialogue that is paid once, at its last policy token.
pub fn reward_at_the_end(reward: f32, policy: &[bool]) -> Vec<f32> {
    let mut rewards = vec![0.0; policy.len()];
    if let Some(last) = policy.iter().rposition(|on| *on) {
        rewards[last] = reward;
    }
    rewards
}

/// Rewards `[tokens]` of a dialogue that is paid attempt by attempt, each at the attempt's last
/// policy token. An attempt without any passes its reward to the policy token before it, or to the
/// next one where there is none; on one token rewards add up.
///
/// `attempts` are ranges found in order by [`crate::attempt_ranges`], one per element of `rewards`.
pub fn rewards_of_attempts(
    rewards: &[f32],
    attempts: &[Range<usize>],
    policy: &[bool],
) -> Vec<f32> {
    let mut placed = vec![0.0; policy.len()];
    let first = policy.iter().position(|on| *on);
    for (reward, attempt) in rewards.iter().zip(attempts) {
        let before = policy[..attempt.end].iter().rposition(|on| *on);
        if let Some(token) = before.or(first) {
            placed[token] += *reward;
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_is_paid_at_its_last_policy_token() {
        let policy = [false, true, true, false, true, false];
        let placed = rewards_of_attempts(&[0.5, 1.0], &[1..3, 4..6], &policy);
        assert_eq!(placed, [0.0, 0.0, 0.5, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn an_attempt_without_policy_tokens_passes_its_reward_on() {
        let policy = [false, false, true, false, true, false];
        // The first attempt looks forward, the third back; the fourth shares the token of the third.
        let attempts = [1..1, 2..3, 3..4, 4..4, 4..6];
        let placed = rewards_of_attempts(&[0.5, 1.0, 2.0, 4.0, 8.0], &attempts, &policy);
        assert_eq!(placed, [0.0, 0.0, 7.5, 0.0, 8.0, 0.0]);
        assert_eq!(
            rewards_of_attempts(&[1.0; 2], &[0..1, 1..2], &[false; 2]),
            [0.0; 2]
        );
    }
}
