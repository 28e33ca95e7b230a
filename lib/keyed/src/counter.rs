//! A counter-based generator: the seed and the position are mixed by the finaliser of SplitMix64 (Steele, Lea and Flood
//! 2014), one after the other, so no draw depends on how many were made before it.

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// The random number in [0, 1) of the token at `position` of the dialogue with `seed`.
pub fn uniform(seed: i64, position: usize) -> f64 {
    (bits(seed, position as u64) >> 11) as f64 / (1u64 << 53) as f64
}

/// One of `count` (at least 1) for a whole dialogue with `seed`; apart from the numbers of its tokens.
pub fn choice(seed: i64, count: usize) -> usize {
    let place = (u128::from(bits(seed, u64::MAX - 1)) * count as u128) >> 64;
    place as usize
}

fn bits(seed: i64, position: u64) -> u64 {
    let key = mix((seed as u64).wrapping_add(GAMMA));
    mix(key ^ (position.wrapping_add(1)).wrapping_mul(GAMMA))
}

fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_even_and_stay_within_their_number() {
        let mut counts = [0; 5];
        (0..10_000).for_each(|seed| counts[choice(seed, 5)] += 1);
        // Four standard deviations of a binomial count with p = 1/5.
        assert!(
            counts.iter().all(|count| (1840..=2160).contains(count)),
            "{counts:?}"
        );
        assert_eq!(choice(7, 1), 0);
    }

    #[test]
    fn numbers_stay_the_same_from_release_to_release() {
        assert_eq!(uniform(1, 0).to_bits(), EXPECTED);
    }

    const EXPECTED: u64 = 4_605_977_618_744_149_411;
}
