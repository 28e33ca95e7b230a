//! Complex numbers in double precision with a bound on their absolute error.

use std::f64::consts::PI;

/// Relative error granted to each operation: a few units in the last place.
const ULP: f64 = 4.0 * f64::EPSILON;

/// All values within `error` of `re + i im`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ball {
    pub(crate) re: f64,
    pub(crate) im: f64,
    pub(crate) error: f64,
}

impl Ball {
    pub(crate) const I: Self = Self {
        re: 0.0,
        im: 1.0,
        error: 0.0,
    };

    /// A real value known to a few units in the last place.
    pub(crate) fn real(value: f64) -> Self {
        Self {
            re: value,
            im: 0.0,
            error: value.abs() * f64::EPSILON,
        }
    }

    /// A value that is exactly representable.
    pub(crate) fn exact(value: f64) -> Self {
        Self {
            re: value,
            im: 0.0,
            error: 0.0,
        }
    }

    pub(crate) fn size(self) -> f64 {
        self.re.hypot(self.im)
    }

    pub(crate) fn is_real(self) -> bool {
        self.im.abs() <= self.error
    }

    /// `None` for overflow and for values of which nothing is known.
    pub(crate) fn checked(self) -> Option<Self> {
        let known = self.re.is_finite() && self.im.is_finite() && self.error.is_finite();
        known.then_some(self)
    }

    fn rounded(self) -> Self {
        Self {
            error: self.error + self.size() * ULP,
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
        let error = self.error * (other.size() + other.error) + other.error * self.size();
        let re = self.re * other.re - self.im * other.im;
        let im = self.re * other.im + self.im * other.re;
        let size = self.size() * other.size();
        Self {
            re,
            im,
            error: error + size * ULP,
        }
    }

    /// `None` when the divisor may be zero.
    pub(crate) fn div(self, other: Self) -> Option<Self> {
        let size = other.size();
        if size <= 2.0 * other.error || size == 0.0 {
            return None;
        }
        let (re, im) = (other.re / size / size, -other.im / size / size);
        let error = other.error / size / (size - other.error) + ULP / size;
        self.mul(Self { re, im, error }).checked()
    }

    pub(crate) fn exp(self) -> Option<Self> {
        let scale = self.re.exp();
        let error = scale * (self.error.exp_m1() + (1.0 + self.re.abs() + self.im.abs()) * ULP);
        Self {
            re: scale * self.im.cos(),
            im: scale * self.im.sin(),
            error,
        }
        .checked()
    }

    /// Principal logarithm; `None` near zero.
    pub(crate) fn ln(self) -> Option<Self> {
        let size = self.size();
        if size <= 2.0 * self.error || size == 0.0 {
            return None;
        }
        let im = if self.is_real() {
            if self.re < 0.0 { PI } else { 0.0 }
        } else {
            self.im.atan2(self.re)
        };
        let error = self.error / (size - self.error) + ULP * (1.0 + size.ln().abs());
        Some(Self {
            re: size.ln(),
            im,
            error,
        })
    }

    /// Principal square root.
    pub(crate) fn sqrt(self) -> Option<Self> {
        if self.is_real() && self.re >= 0.0 {
            let root = self.re.sqrt();
            let error = if root > 0.0 && self.error < self.re {
                self.error / root
            } else {
                self.error.sqrt()
            };
            return Some(Self {
                re: root,
                im: 0.0,
                error: error + root * ULP,
            });
        }
        if self.size() == 0.0 {
            return Some(Self {
                re: 0.0,
                im: 0.0,
                error: self.error.sqrt(),
            });
        }
        self.ln()?.mul(Self::exact(0.5)).exp().map(|root| {
            // A negative real has a purely imaginary root.
            if self.is_real() {
                Self { re: 0.0, ..root }
            } else {
                root
            }
        })
    }

    /// Whole power by squaring.
    pub(crate) fn powi(self, exponent: i64) -> Option<Self> {
        let (mut base, mut left, mut product) = (self, exponent.unsigned_abs(), Self::exact(1.0));
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
            Self::exact(1.0).div(product)
        } else {
            Some(product)
        }
    }

    /// `self^other`; whole powers are exact about signs, everything else is principal.
    pub(crate) fn pow(self, other: Self) -> Option<Self> {
        let nearest = other.re.round();
        if other.is_real()
            && other.error < 1e-9
            && (other.re - nearest).abs() <= other.error
            && nearest.abs() < 1e9
        {
            return self.powi(nearest as i64);
        }
        if self.size() == 0.0 {
            return (other.re > other.error).then(|| Self::exact(0.0));
        }
        let power = other.mul(self.ln()?).exp()?;
        let real = self.is_real() && self.re > 0.0 && other.is_real();
        Some(if real {
            Self { im: 0.0, ..power }
        } else {
            power
        })
    }
}
