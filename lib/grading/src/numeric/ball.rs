//! Complex numbers of either precision with a bound on their absolute error.

use super::real::Real;

/// All values within `error` of `re + i im`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ball<T> {
    pub(crate) re: T,
    pub(crate) im: T,
    pub(crate) error: f64,
}

impl<T: Real> Ball<T> {
    pub(crate) const I: Self = Self {
        re: T::ZERO,
        im: T::ONE,
        error: 0.0,
    };
    pub(crate) const ONE: Self = Self {
        re: T::ONE,
        im: T::ZERO,
        error: 0.0,
    };
    /// Relative error granted to each operation: a few units in the last place.
    const ULP: f64 = 4.0 * T::EPSILON;

    /// A real value known to a few units in the last place.
    pub(crate) fn real(value: T) -> Self {
        Self {
            error: value.to_f64().abs() * T::EPSILON,
            ..Self::at(value)
        }
    }

    /// A value that is exactly representable.
    pub(crate) fn exact(value: f64) -> Self {
        Self::at(T::from_f64(value))
    }

    /// A value that is exactly as given.
    pub(crate) fn at(re: T) -> Self {
        Self {
            re,
            im: T::ZERO,
            error: 0.0,
        }
    }

    /// Nothing but a bound.
    pub(super) fn around_zero(error: f64) -> Self {
        Self {
            error,
            ..Self::at(T::ZERO)
        }
    }

    pub(crate) fn size(self) -> f64 {
        if self.im.is_zero() {
            self.re.to_f64().abs()
        } else {
            self.re.to_f64().hypot(self.im.to_f64())
        }
    }

    pub(crate) fn is_real(self) -> bool {
        self.im.is_zero() || self.im.to_f64().abs() <= self.error
    }

    /// What an operation on it costs, beside one on a real number.
    pub(super) fn weight(self) -> usize {
        if self.im.is_zero() { 1 } else { 3 }
    }

    /// The whole number that a real value may be.
    pub(crate) fn whole(self) -> Option<f64> {
        let nearest = self.re.to_f64().round();
        let off = (self.re - T::from_f64(nearest)).to_f64().abs();
        (self.is_real() && off <= self.error).then_some(nearest)
    }

    /// `None` for overflow, for values of which nothing is known, and for those too small to have a bound.
    pub(crate) fn checked(self) -> Option<Self> {
        let known = self.re.is_finite() && self.im.is_finite() && self.error.is_finite();
        let size = self.size();
        let small = size < T::SMALLEST && size > self.error;
        (known && !small).then_some(self)
    }

    fn rounded(self) -> Self {
        Self {
            error: self.error + self.size() * Self::ULP,
            ..self
        }
    }

    pub(crate) fn add(self, other: Self) -> Self {
        Self {
            re: self.re + other.re,
            im: self.im + other.im,
            error: self.error + other.error,
        }
        .rounded()
    }

    pub(crate) fn negated(self) -> Self {
        Self {
            re: -self.re,
            im: -self.im,
            error: self.error,
        }
    }

    pub(crate) fn sub(self, other: Self) -> Self {
        self.add(other.negated())
    }

    pub(crate) fn mul(self, other: Self) -> Self {
        let (own, others) = (self.size(), other.size());
        let error = self.error * (others + other.error) + other.error * own;
        let (re, im) = if self.im.is_zero() && other.im.is_zero() {
            (self.re * other.re, T::ZERO)
        } else {
            (
                self.re * other.re - self.im * other.im,
                self.re * other.im + self.im * other.re,
            )
        };
        let size = own * others;
        // A product of numbers that are not zero must not look like zero.
        let vanished = size < T::SMALLEST && own > self.error && others > other.error;
        Self {
            re,
            im,
            error: if vanished {
                f64::INFINITY
            } else {
                error + size * Self::ULP
            },
        }
    }

    /// `None` when the divisor may be zero.
    pub(crate) fn div(self, other: Self) -> Option<Self> {
        self.mul(other.inverse()?).checked()
    }

    fn inverse(self) -> Option<Self> {
        let size = self.size();
        if size <= 2.0 * self.error || size == 0.0 {
            return None;
        }
        let (re, im) = if self.im.is_zero() {
            (T::ONE / self.re, T::ZERO)
        } else {
            // Scaled by a double near the size, so that squares do not overflow.
            let scale = T::from_f64(size);
            let (re, im) = (self.re / scale, self.im / scale);
            let near_one = (re * re + im * im) * scale;
            (re / near_one, -im / near_one)
        };
        let error = self.error / size / (size - self.error) + Self::ULP / size;
        Some(Self { re, im, error })
    }

    /// `None` where it overflows, or is too small to be told from zero.
    pub(crate) fn exp(self) -> Option<Self> {
        let scale = self.re.exp();
        let size = scale.to_f64();
        if size < T::SMALLEST {
            return None;
        }
        let reach = 1.0 + self.re.to_f64().abs() + self.im.to_f64().abs();
        let error = size * (self.error.exp_m1() + reach * Self::ULP);
        let (re, im) = if self.im.is_zero() {
            (scale, T::ZERO)
        } else {
            let (sine, cosine) = self.im.sin_cos();
            (scale * cosine, scale * sine)
        };
        Self { re, im, error }.checked()
    }

    /// Principal logarithm; `None` near zero.
    pub(crate) fn ln(self) -> Option<Self> {
        let size = self.size();
        if size <= 2.0 * self.error || size == 0.0 {
            return None;
        }
        let im = if !self.is_real() {
            self.im.atan2(self.re)
        } else if self.re < T::ZERO {
            T::PI
        } else {
            T::ZERO
        };
        let error = self.error / (size - self.error) + Self::ULP * (1.0 + size.ln().abs());
        let re = self.re.hypot(self.im).ln();
        Self { re, im, error }.checked()
    }

    /// Principal square root. A negative real has a purely imaginary one.
    pub(crate) fn sqrt(self) -> Option<Self> {
        let size = self.size();
        if self.error > 0.0 && size <= 2.0 * self.error {
            return Some(Self::around_zero((size + self.error).sqrt()));
        }
        if !self.is_real() {
            return self.ln()?.mul(Self::exact(0.5)).exp();
        }
        let root = self.re.abs().sqrt();
        let size = root.to_f64();
        let carried = if self.error > 0.0 {
            self.error / size
        } else {
            0.0
        };
        let (re, im) = if self.re < T::ZERO {
            (T::ZERO, root)
        } else {
            (root, T::ZERO)
        };
        Some(Self {
            re,
            im,
            error: carried + size * Self::ULP,
        })
    }

    /// Whole power by squaring.
    pub(crate) fn powi(self, exponent: i64) -> Option<Self> {
        let (mut base, mut left, mut product) = (self, exponent.unsigned_abs(), Self::ONE);
        while left > 0 {
            if left & 1 == 1 {
                product = product.mul(base).checked()?;
            }
            left >>= 1;
            if left > 0 {
                base = base.mul(base).checked()?;
            }
        }
        if exponent < 0 {
            Self::ONE.div(product)
        } else {
            Some(product)
        }
    }

    /// The exponent as a whole number, where it is or may be one and repeated squaring is short.
    pub(crate) fn whole_exponent(self) -> Option<i64> {
        self.whole()
            .filter(|whole| self.error < 1e-9 && whole.abs() < 1e9)
            .map(|whole| whole as i64)
    }

    /// `self^other`; whole powers are exact about signs, everything else is principal.
    pub(crate) fn pow(self, other: Self) -> Option<Self> {
        if let Some(whole) = other.whole_exponent() {
            let power = self.powi(whole)?;
            if other.error == 0.0 {
                return Some(power);
            }
            // The exponent may lie beside the whole number.
            let slope = if self.size() > 0.0 {
                power.size() * (self.size().ln().abs() + self.angle())
            } else {
                0.0
            };
            return Self {
                error: power.error + 2.0 * other.error * slope,
                ..power
            }
            .checked();
        }
        if self.size() <= 2.0 * self.error || self.size() == 0.0 {
            return self.power_near_zero(other);
        }
        let power = other.mul(self.ln()?).exp()?;
        let real = self.is_real() && self.re > T::ZERO && other.is_real();
        Some(if real {
            Self {
                im: T::ZERO,
                ..power
            }
        } else {
            power
        })
    }

    /// A positive power of what may be zero: no larger than the power of its bound.
    fn power_near_zero(self, other: Self) -> Option<Self> {
        let (bound, power) = (self.size() + self.error, other.re.to_f64());
        let largest = |power: f64| bound.powf(power);
        (other.is_real() && power > other.error).then(|| {
            Self::around_zero(largest(power - other.error).max(largest(power + other.error)))
        })
    }

    /// How far from the positive axis, for bounds. Real numbers keep to the axis: whole powers of them are real.
    fn angle(self) -> f64 {
        if self.is_real() {
            0.0
        } else {
            std::f64::consts::PI
        }
    }
}
