//! Random numbers by key: each depends on what it is for, and never on when or where it is drawn.

/// What a random number is for. Any two different keys give independent numbers.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    pub seed: u64,
    pub purpose: &'static str,
    /// Step or epoch.
    pub step: u64,
    pub question_id: &'a str,
    /// Sample, number of attempts and the like.
    pub index: u64,
}

impl Key<'_> {
    /// 64 random bits.
    pub fn bits(&self) -> u64 {
        let mut hasher = blake3::Hasher::new();
        // A length before each text: no two keys share their bytes.
        for text in [self.purpose, self.question_id] {
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
        }
        for number in [self.seed, self.step, self.index] {
            hasher.update(&number.to_le_bytes());
        }
        let mut bytes = [0; 8];
        hasher.finalize_xof().fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number from `low` to `high`, both included. The bias is below 2^-32 of the range.
    pub fn between(&self, low: i32, high: i32) -> i32 {
        let range = i64::from(high) - i64::from(low) + 1;
        let place = (u128::from(self.bits()) * range as u128) >> 64;
        low + place as i32
    }

    /// A seed for others: below 2^53, so that it survives programs that keep numbers as doubles.
    pub fn seed(&self) -> i64 {
        (self.bits() >> 11) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: Key = Key {
        seed: 1,
        purpose: "test",
        step: 0,
        question_id: "q",
        index: 0,
    };

    #[test]
    fn every_value_of_a_range_is_equally_likely() {
        let mut counts = [0; 5];
        for index in 0..10_000 {
            counts[Key { index, ..KEY }.between(1, 5) as usize - 1] += 1;
        }
        // Four standard deviations of a binomial count with p = 1/5.
        assert!(
            counts.iter().all(|count| (1840..=2160).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn numbers_stay_the_same_from_release_to_release() {
        assert_eq!(KEY.seed(), 5_570_984_806_783_714);
    }
}
