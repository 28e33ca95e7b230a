//! Known functions of balls. Errors are bounded by the largest derivative in the ball.

use super::ball::Ball;
use super::real::Real;
use crate::read::token::Function;

/// `function(x)`; `None` where it is undefined or its value cannot be bounded.
pub(super) fn apply<T: Real>(function: Function, x: Ball<T>) -> Option<Ball<T>> {
    use Function as F;
    let one = Ball::ONE;
    let inverse = |x: Ball<T>| one.div(x);
    match function {
        F::Sqrt => x.sqrt(),
        F::Cbrt => root(x, 3),
        F::Ln | F::Log => x.ln(),
        F::Log2 => x.ln()?.div(Ball::real(T::LN_2)),
        F::Log10 => x.ln()?.div(Ball::real(T::LN_10)),
        F::Exp => x.exp(),
        F::Abs => Some(Ball {
            error: x.error + x.size() * 4.0 * T::EPSILON,
            ..Ball::at(x.re.hypot(x.im))
        }),
        F::Sin => sin(x),
        F::Cos => cos(x),
        F::Tan => sin(x)?.div(cos(x)?),
        F::Cot => cos(x)?.div(sin(x)?),
        F::Sec => inverse(cos(x)?),
        F::Csc => inverse(sin(x)?),
        F::ArcSin => bounded(x, |v, rest| v.atan2(rest)),
        F::ArcCos => bounded(x, |v, rest| rest.atan2(v)),
        F::ArcTan => arctan(x),
        F::ArcCot => half_turn().sub(arctan(x)?).checked(),
        F::ArcSec => apply(F::ArcCos, inverse(x)?),
        F::ArcCsc => apply(F::ArcSin, inverse(x)?),
        F::Sinh => hyperbolic(x, |grown, shrunk| grown.sub(shrunk)),
        F::Cosh => hyperbolic(x, Ball::add),
        F::Tanh => apply(F::Sinh, x)?.div(apply(F::Cosh, x)?),
        F::Coth => apply(F::Cosh, x)?.div(apply(F::Sinh, x)?),
        F::Sech => inverse(apply(F::Cosh, x)?),
        F::Csch => inverse(apply(F::Sinh, x)?),
        F::ArcSinh => x.add(x.mul(x).add(one).sqrt()?).ln(),
        F::ArcCosh => x.add(x.mul(x).sub(one).sqrt()?).ln(),
        F::ArcTanh => Some(one.add(x).div(one.sub(x))?.ln()?.mul(Ball::exact(0.5))),
        F::Floor => stepped(x, T::floor),
        F::Ceiling => stepped(x, |v| -(-v).floor()),
        F::Sign => stepped(x, sign),
        F::Re => Some(Ball { im: T::ZERO, ..x }),
        F::Im => Some(Ball {
            error: x.error,
            ..Ball::at(x.im)
        }),
        F::Conjugate => Some(Ball { im: -x.im, ..x }),
        F::Arg => x.ln().map(|ln| Ball {
            error: ln.error,
            ..Ball::at(ln.im)
        }),
        F::Factorial => factorial(x, 1),
        F::DoubleFactorial => factorial(x, 2),
        F::Gcd | F::Lcm | F::Min | F::Max | F::Binomial | F::Det | F::Norm => None,
        F::Modulo | F::Cis => None,
    }
}

/// The real root of odd order for negative numbers, the principal root otherwise.
pub(super) fn root<T: Real>(x: Ball<T>, order: i64) -> Option<Ball<T>> {
    if order % 2 != 0 && x.is_real() && x.re < T::ZERO {
        return root(x.negated(), order).map(Ball::negated);
    }
    match order {
        2 => x.sqrt(),
        _ => x.pow(Ball::ONE.div(Ball::exact(order as f64))?),
    }
}

fn half_turn<T: Real>() -> Ball<T> {
    Ball::real(T::PI).mul(Ball::exact(0.5))
}

fn sin<T: Real>(x: Ball<T>) -> Option<Ball<T>> {
    wave(x, |sine, cosine, cosh, sinh| (sine * cosh, cosine * sinh))
}

fn cos<T: Real>(x: Ball<T>) -> Option<Ball<T>> {
    wave(x, |sine, cosine, cosh, sinh| {
        (cosine * cosh, -(sine * sinh))
    })
}

/// Sine and cosine change by at most `cosh(im)` per unit; large arguments are themselves rounded.
fn wave<T: Real>(x: Ball<T>, parts: fn(T, T, T, T) -> (T, T)) -> Option<Ball<T>> {
    // Of a wider ball nothing is known, and the angle need not be computed.
    if x.error >= 0.5 {
        return None;
    }
    let (sine, cosine) = x.re.sin_cos();
    let (cosh, sinh) = if x.im.is_zero() {
        (T::ONE, T::ZERO)
    } else {
        let (half, grown) = (T::from_f64(0.5), x.im.exp());
        let shrunk = T::ONE / grown;
        ((grown + shrunk) * half, (grown - shrunk) * half)
    };
    let (re, im) = parts(sine, cosine, cosh, sinh);
    let rounding = T::EPSILON * (4.0 + x.re.to_f64().abs());
    let error = (x.error * 1.01 + rounding) * x.im.to_f64().cosh();
    Ball { re, im, error }.checked()
}

/// Half of `e^x` with `e^-x`.
fn hyperbolic<T: Real>(x: Ball<T>, joined: fn(Ball<T>, Ball<T>) -> Ball<T>) -> Option<Ball<T>> {
    let grown = x.exp()?;
    joined(grown, Ball::ONE.div(grown)?)
        .mul(Ball::exact(0.5))
        .checked()
}

fn arctan<T: Real>(x: Ball<T>) -> Option<Ball<T>> {
    let nearest = (x.re.to_f64().abs() - x.error).max(0.0);
    real(x, x.re.atan2(T::ONE), 1.0 / (1.0 + nearest * nearest))
}

/// The value of a real function by its steepest slope.
fn real<T: Real>(x: Ball<T>, value: T, slope: f64) -> Option<Ball<T>> {
    if !x.is_real() {
        return None;
    }
    Ball {
        error: 1.01 * x.error * slope + value.to_f64().abs() * 4.0 * T::EPSILON,
        ..Ball::at(value)
    }
    .checked()
}

/// A function that lives on [-1, 1], by `v` and `sqrt(1 - v^2)`; the ends have infinite slope and get the root of the
/// error.
fn bounded<T: Real>(x: Ball<T>, value: fn(T, T) -> T) -> Option<Ball<T>> {
    if !x.is_real() {
        return None;
    }
    let room = T::ONE - x.re.abs();
    let to_end = room.to_f64();
    if to_end < -x.error {
        return None;
    }
    if to_end <= 0.0 {
        let end = if x.re < T::ZERO { -T::ONE } else { T::ONE };
        return Some(Ball {
            error: 4.0 * (x.error + to_end.abs() + T::EPSILON.powi(2)).sqrt(),
            ..Ball::at(value(end, T::ZERO))
        });
    }
    let rest = (room * (T::ONE + x.re.abs())).sqrt();
    if to_end > 4.0 * x.error {
        // A quarter nearer to the end the slope is 2/sqrt(3) times as large at most.
        return real(x, value(x.re, rest), 1.16 / rest.to_f64());
    }
    Some(Ball {
        error: 4.0 * (x.error + T::EPSILON.powi(2)).sqrt(),
        ..Ball::at(value(x.re, rest))
    })
}

fn sign<T: Real>(value: T) -> T {
    if value.is_zero() {
        T::ZERO
    } else if value < T::ZERO {
        -T::ONE
    } else {
        T::ONE
    }
}

/// A step function, where the ball lies between two steps or is a step exactly.
fn stepped<T: Real>(x: Ball<T>, value: fn(T) -> T) -> Option<Ball<T>> {
    if !x.is_real() {
        return None;
    }
    let error = T::from_f64(x.error);
    let (low, high) = (value(x.re - error), value(x.re + error));
    (low == high || x.error == 0.0).then(|| Ball::at(value(x.re)))
}

/// Factorials of whole numbers that a double can hold.
fn factorial<T: Real>(x: Ball<T>, step: usize) -> Option<Ball<T>> {
    let n = x
        .whole()
        .filter(|n| x.error <= 0.1 && (0.0..=170.0).contains(n))?;
    (1..=n as u64)
        .rev()
        .step_by(step)
        .map(|k| Ball::exact(k as f64))
        .try_fold(Ball::ONE, |product, k| product.mul(k).checked())
}
