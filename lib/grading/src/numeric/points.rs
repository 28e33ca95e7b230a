//! Where expressions are evaluated: each name gets a pseudo-random value that depends on the name and the round.

/// One assignment of values to names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    round: u64,
}

impl Point {
    /// Rounds below this take positive values only: conventions about roots and logarithms differ elsewhere.
    pub(crate) const POSITIVE: u64 = 6;
    pub(crate) const ROUNDS: u64 = 20;
    /// The rounds behind the others lie on and just below eighths, where floors and signs change.
    pub(crate) const ROUNDS_WITH_STEPS: u64 = 60;
    /// Rounds from this one on lie far out, on both sides: `3 - x` is `|x - 3|` nearby.
    const FAR: u64 = 12;

    pub(crate) fn new(round: u64) -> Self {
        Self { round }
    }

    pub(crate) fn is_positive(self) -> bool {
        self.round < Self::POSITIVE
    }

    /// The value of a variable.
    pub(crate) fn value(self, name: &str) -> f64 {
        let unit = unit(hash(name, self.round));
        match self.round {
            _ if self.is_positive() => 0.15 + 2.2 * unit,
            round if round < Self::FAR => 3.1 * unit - 1.6,
            round if round >= Self::ROUNDS => {
                let below = if round % 2 == 0 { 0.0 } else { 1.0 / 1024.0 };
                (64.0 * (unit - 0.5)).floor() / 8.0 - below
            }
            round => {
                let reach = if round % 2 == 0 { 16.0 } else { 120.0 };
                reach * (unit - 0.5)
            }
        }
    }

    /// The value of a name that is a whole number.
    pub(crate) fn whole(self, name: &str) -> f64 {
        let most = if self.is_positive() { 12.0 } else { 60.0 };
        1.0 + (most * unit(hash(name, self.round))).floor()
    }

    /// Coefficients of the smooth function that stands for an unknown one.
    pub(crate) fn coefficients(self, name: &str) -> [f64; 3] {
        [1, 2, 3].map(|part| {
            0.3 + 1.4 * unit(hash(name, self.round.wrapping_mul(31).wrapping_add(part)))
        })
    }
}

/// FNV-1a, then a finaliser, so that neighbouring rounds are unrelated.
fn hash(name: &str, round: u64) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325u64 ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for byte in name.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}
