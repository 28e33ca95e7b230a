//! Elementary functions of wide numbers: arguments are reduced until short series suffice.
//!
//! Logarithms and angles start from the double's value and correct it once, because the correction of a value that is
//! right to 50 bits needs only four terms.

use super::Wide;

pub(in crate::numeric) const PI: Wide = Wide::constant(
    2,
    [
        0x302b_0a6d_f25f_1437,
        0xef95_19b3_cd3a_431b,
        0x514a_0879_8e34_04dd,
        0x020b_bea6_3b13_9b22,
        0x2902_4e08_8a67_cc74,
        0xc4c6_628b_80dc_1cd1,
        0xc90f_daa2_2168_c234,
    ],
);
pub(in crate::numeric) const E: Wide = Wide::constant(
    2,
    [
        0xf681_b202_aec4_617a,
        0x7d2f_e363_630c_75d8,
        0xcc93_9dce_249b_3ef9,
        0xa9e1_3641_1464_33fb,
        0xd8b9_c583_ce2d_3695,
        0xafdc_5620_273d_3cf1,
        0xadf8_5458_a2bb_4a9a,
    ],
);
pub(in crate::numeric) const LN_2: Wide = Wide::constant(
    0,
    [
        0xed2e_ae35_c138_2144,
        0x5595_52fb_4afa_1b10,
        0xe7b8_7620_6deb_ac98,
        0x8a0d_175b_8baa_fa2b,
        0x40f3_4326_7298_b62d,
        0xc9e3_b398_03f2_f6af,
        0xb172_17f7_d1cf_79ab,
    ],
);
pub(in crate::numeric) const LN_10: Wide = Wide::constant(
    2,
    [
        0x2c62_2418_410b_e2da,
        0xcc70_cbc0_2c5f_0d68,
        0x962f_02d7_b1a8_105c,
        0x83c6_1e82_01f0_2d72,
        0xe28f_ecf9_da5d_f90e,
        0xea56_d62b_82d3_0a28,
        0x935d_8ddd_aaa8_ac16,
    ],
);
const TWO_OVER_PI: Wide = Wide::constant(
    0,
    [
        0xfe1d_eb1c_b129_a73e,
        0x0649_2eea_09d1_921c,
        0xb724_6e3a_424d_d2e0,
        0xfe51_63ab_debb_c561,
        0xdb62_9599_3c43_9041,
        0xfc27_57d1_f534_ddc0,
        0xa2f9_836e_4e44_1529,
    ],
);

/// `1 / k!`, enough for the series below to reach the last bit.
const INVERSE_FACTORIALS: [Wide; 34] = {
    let mut all = [Wide::ONE; 34];
    let mut k = 1;
    while k < all.len() {
        all[k] = all[k - 1].over(k as u64);
        k += 1;
    }
    all
};
const THIRD: Wide = Wide::ONE.over(3);
const FIFTH: Wide = Wide::ONE.over(5);
const SEVENTH: Wide = Wide::ONE.over(7);

/// Arguments of the exponential are divided by 2 to this power; each squaring back loses a bit.
const EXP_HALVINGS: i64 = 16;
const EXP_TERMS: usize = 23;
/// Angles are halved so often, and doubled again.
const ANGLE_HALVINGS: i64 = 10;
const SINE_TERMS: usize = 16;
/// Angles of 2 to this power and more (1e30) have too few bits left below one turn.
const LARGEST_ANGLE: i64 = 100;

impl Wide {
    pub(in crate::numeric) fn exp(self) -> Self {
        let size = self.to_f64();
        if size.is_nan() || size.abs() >= 1e5 {
            return if size < 0.0 { Self::ZERO } else { Self::NAN };
        }
        let doublings = (size * std::f64::consts::LOG2_E).round();
        let small = (self - Self::from_f64(doublings) * LN_2).scaled(-EXP_HALVINGS);
        let mut power = INVERSE_FACTORIALS[EXP_TERMS - 1];
        for coefficient in INVERSE_FACTORIALS[..EXP_TERMS - 1].iter().rev() {
            power = power * small + *coefficient;
        }
        for _ in 0..EXP_HALVINGS {
            power = power * power;
        }
        power.scaled(doublings as i64)
    }

    /// Natural logarithm; no number unless positive.
    pub(in crate::numeric) fn ln(self) -> Self {
        if !self.is_finite() || self.is_zero() || self.is_negative() {
            return Self::NAN;
        }
        let doublings = self.exponent();
        let mantissa = self.scaled(-doublings);
        let guess = Self::from_f64(mantissa.to_f64().ln());
        let near_one = mantissa * (-guess).exp();
        let z = (near_one - Self::ONE) / (near_one + Self::ONE);
        let square = z * z;
        let series = Self::ONE + square * (THIRD + square * (FIFTH + square * SEVENTH));
        guess + (z * series).scaled(1) + Self::from_f64(doublings as f64) * LN_2
    }

    /// Sine and cosine; no numbers for angles of which no fraction of a turn is known.
    pub(in crate::numeric) fn sin_cos(self) -> (Self, Self) {
        if !self.is_finite() || self.exponent() >= LARGEST_ANGLE {
            return (Self::NAN, Self::NAN);
        }
        let quarters = (self * TWO_OVER_PI + Self::ONE.scaled(-1)).floor();
        let small = (self - quarters * PI.scaled(-1)).scaled(-ANGLE_HALVINGS);
        let (mut sine, mut cosine) = sin_cos_of_small(small);
        for _ in 0..ANGLE_HALVINGS {
            let square = sine * sine;
            sine = (sine * cosine).scaled(1);
            cosine = Self::ONE - square.scaled(1);
        }
        match quarters.quadrant() {
            0 => (sine, cosine),
            1 => (cosine, -sine),
            2 => (-sine, -cosine),
            _ => (-cosine, sine),
        }
    }

    /// The angle of `x + i self`, between minus and plus pi.
    pub(in crate::numeric) fn atan2(self, x: Self) -> Self {
        if !self.is_finite() || !x.is_finite() {
            return Self::NAN;
        }
        // To the same scale, so that neither double overflows.
        let larger = match (self.is_zero(), x.is_zero()) {
            (true, true) => return Self::ZERO,
            (true, false) => x.exponent(),
            (false, true) => self.exponent(),
            (false, false) => self.exponent().max(x.exponent()),
        };
        let (y, x) = (self.scaled(-larger), x.scaled(-larger));
        let guess = Self::from_f64(y.to_f64().atan2(x.to_f64()));
        let (sine, cosine) = guess.sin_cos();
        let z = (y * cosine - x * sine) / (x * cosine + y * sine);
        let square = z * z;
        let series = Self::ONE - square * (THIRD - square * (FIFTH - square * SEVENTH));
        guess + z * series
    }
}

/// Both by the series of the sine, for angles below 2 to the minus ten.
fn sin_cos_of_small(angle: Wide) -> (Wide, Wide) {
    let square = -(angle * angle);
    let mut series = Wide::ZERO;
    for term in (0..SINE_TERMS).rev() {
        series = series * square + INVERSE_FACTORIALS[2 * term + 1];
    }
    let sine = angle * series;
    (sine, (Wide::ONE - sine * sine).sqrt())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use num_bigint::BigInt;
    use num_rational::BigRational;

    use super::*;
    use crate::numeric::Real;

    fn ratio(top: i64, bottom: i64) -> Wide {
        Wide::from_rational(&BigRational::new(top.into(), bottom.into()))
    }

    fn decimal(text: &str) -> Wide {
        let (whole, places) = text.split_once('.').unwrap();
        let digits: BigInt = format!("{whole}{places}").parse().unwrap();
        let unit = BigInt::from(10).pow(u32::try_from(places.len()).unwrap());
        Wide::from_rational(&BigRational::new(digits, unit))
    }

    /// Against mpmath 1.3 at 150 digits, printed to 125 significant ones.
    #[test]
    fn agrees_with_mpmath() {
        let tiny = Wide::ONE / Wide::from_rational(&BigInt::from(10).pow(30).into());
        let large = Wide::from_rational(&BigInt::from(10).pow(41).into());
        let values = [
            (
                PI,
                "3.1415926535897932384626433832795028841971693993751058209749445923078164062862089986280348253421170679821480865132823066470938",
            ),
            (
                E,
                "2.7182818284590452353602874713526624977572470936999595749669676277240766303535475945713821785251664274274663919320030599218174",
            ),
            (
                LN_2,
                "0.69314718055994530941723212145817656807550013436025525412068000949339362196969471560586332699641868754200148102057068573368552",
            ),
            (
                LN_10,
                "2.3025850929940456840179914546843642076011014886287729760333279009675726096773524802359972050895982983419677840422862486334095",
            ),
            (
                ratio(1, 3).exp(),
                "1.3956124250860895286281253196025868375979065151994069826175167060317390156459518469697888172958302241352111844104188620961221",
            ),
            (
                ratio(-77, 10).exp(),
                "0.00045282718288679705799720726459784733905575485613772783929308468488714498713818147900044794456981104237525949530708870268748298",
            ),
            (
                ratio(1, 3).ln(),
                "-1.098612288668109691395245236922525704647490557822749451734694333637494293218608966873615754813732088787970029065957865742368",
            ),
            (
                ratio(1_000_000_000, 1).ln(),
                "20.723265836946411156161923092159277868409913397658956784299951108708153487096172322123974845806384685077710056380576237700686",
            ),
            (
                ratio(1, 3).sin_cos().0,
                "0.32719469679615224417334408526762060606430140689375979159005627707057637448176152339691079390756936098215402681191502391241236",
            ),
            (
                ratio(22, 1).sin_cos().1,
                "-0.99996082639463712645417473921269377413598846747941929305938220496377333903201240618491131394824908130101236393634330595169843",
            ),
            (
                ratio(1_000_000, 1).sin_cos().0,
                "-0.34999350217129295211765248678077146906140660532871627385705905464464122639545050506566689766889400811273316905679106496957094",
            ),
            (
                ratio(1, 3).atan2(Wide::ONE),
                "0.32175055439664219340140461435866131902075529555765619143280305935675623740581054435640842235064137443900716937712973914826764",
            ),
            (
                ratio(-1, 1).atan2(ratio(-7, 1)),
                "-2.9996955989856293156497917661769498011893876406466417485968145629443747795262778376838429637078705498646254036392212082818557",
            ),
            (
                tiny.atan2(Wide::ONE),
                "0.00000000000000000000000000000099999999999999999999999999999999999999999999999999999999999966666666666666666666666666666666666666666666666666666666666686667",
            ),
            (
                ratio(2, 1).sqrt(),
                "1.4142135623730950488016887242096980785696718753769480731766797379907324784621070388503875343276415727350138462309122970249248",
            ),
            (
                large.sqrt(),
                "316227766016837933199.88935444327185337195551393252168268575048527925944386392382213442481083793002951873472841528400551485489",
            ),
        ];
        for (value, expected) in values {
            let expected = decimal(expected);
            let error = ((value - expected) / expected).to_f64().abs();
            assert!(
                error <= 4.0 * <Wide as Real>::EPSILON,
                "{expected:?}: {error:e}"
            );
        }
    }

    #[test]
    fn beyond_the_range_nothing_is_claimed() {
        let huge = Wide::ONE.scaled(1 << 19);
        assert!(!huge.exp().is_finite() && (-huge).exp().is_zero());
        assert!(!(huge * huge * huge).is_finite());
        assert!(!huge.sin_cos().0.is_finite());
        assert!(!Wide::ZERO.ln().is_finite() && !(-huge).ln().is_finite());
        assert!(!(-huge).sqrt().is_finite() && !(huge / Wide::ZERO).is_finite());
        assert!(!Wide::from_f64(f64::INFINITY).atan2(Wide::ONE).is_finite());
        assert_eq!(huge.to_f64(), f64::INFINITY);
        assert_eq!((Wide::ONE / huge).to_f64(), 0.0);
    }

    #[test]
    fn doubles_and_whole_numbers_are_exact() {
        for value in [
            0.0,
            1.0,
            -0.1,
            1e-300,
            5e-324,
            2.0f64.powi(60) + 4096.0,
            -1e300,
        ] {
            assert_eq!(Wide::from_f64(value).to_f64(), value);
        }
        let (long, one) = (BigInt::from(3).pow(280), BigInt::from(1));
        let next = Wide::from_rational(&(&long + &one).into());
        assert_eq!((next - Wide::from_rational(&long.into())).to_f64(), 1.0);
        for (value, floor) in [
            (2.5, 2.0),
            (-2.5, -3.0),
            (-3.0, -3.0),
            (0.3, 0.0),
            (-0.3, -1.0),
        ] {
            assert_eq!(Wide::from_f64(value).floor().to_f64(), floor);
        }
    }
}
