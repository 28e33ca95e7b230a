//! Known functions of balls. Errors are bounded by the derivative at the centre with a margin.

use super::ball::Ball;
use crate::read::token::Function;

/// Error bounds by derivatives hold only for narrow balls.
const WIDEST: f64 = 1e-3;

/// `function(x)`; `None` where it is undefined or its value cannot be bounded.
pub(super) fn apply(function: Function, x: Ball) -> Option<Ball> {
    use Function as F;
    let one = Ball::exact(1.0);
    let inverse = |x: Ball| one.div(x);
    match function {
        F::Sqrt => x.sqrt(),
        F::Cbrt => root(x, 3),
        F::Ln | F::Log => x.ln(),
        F::Log2 => x.ln()?.div(Ball::real(std::f64::consts::LN_2)),
        F::Log10 => x.ln()?.div(Ball::real(std::f64::consts::LN_10)),
        F::Exp => x.exp(),
        F::Abs => Some(Ball {
            re: x.size(),
            im: 0.0,
            error: x.error + x.size() * f64::EPSILON,
        }),
        F::Sin => sin(x),
        F::Cos => cos(x),
        F::Tan => sin(x)?.div(cos(x)?),
        F::Cot => cos(x)?.div(sin(x)?),
        F::Sec => inverse(cos(x)?),
        F::Csc => inverse(sin(x)?),
        F::ArcSin => bounded(x, f64::asin, |v| 1.0 / (1.0 - v * v).sqrt()),
        F::ArcCos => bounded(x, f64::acos, |v| 1.0 / (1.0 - v * v).sqrt()),
        F::ArcTan => real(x, f64::atan, |v| 1.0 / (1.0 + v * v)),
        F::ArcCot => Ball::real(std::f64::consts::FRAC_PI_2)
            .sub(apply(F::ArcTan, x)?)
            .checked(),
        F::ArcSec => apply(F::ArcCos, inverse(x)?),
        F::ArcCsc => apply(F::ArcSin, inverse(x)?),
        F::Sinh => Some(x.exp()?.sub(x.negated().exp()?).mul(Ball::exact(0.5))),
        F::Cosh => Some(x.exp()?.add(x.negated().exp()?).mul(Ball::exact(0.5))),
        F::Tanh => apply(F::Sinh, x)?.div(apply(F::Cosh, x)?),
        F::Coth => apply(F::Cosh, x)?.div(apply(F::Sinh, x)?),
        F::Sech => inverse(apply(F::Cosh, x)?),
        F::Csch => inverse(apply(F::Sinh, x)?),
        F::ArcSinh => x.add(x.mul(x).add(one).sqrt()?).ln(),
        F::ArcCosh => x.add(x.mul(x).sub(one).sqrt()?).ln(),
        F::ArcTanh => Some(one.add(x).div(one.sub(x))?.ln()?.mul(Ball::exact(0.5))),
        F::Floor => stepped(x, f64::floor),
        F::Ceiling => stepped(x, f64::ceil),
        F::Sign => stepped(x, |v| if v == 0.0 { 0.0 } else { v.signum() }),
        F::Re => Some(Ball { im: 0.0, ..x }),
        F::Im => Some(Ball {
            re: x.im,
            im: 0.0,
            error: x.error,
        }),
        F::Conjugate => Some(Ball { im: -x.im, ..x }),
        F::Arg => Some(Ball {
            im: 0.0,
            re: x.ln()?.im,
            error: x.ln()?.error,
        }),
        F::Factorial => factorial(x, 1),
        F::DoubleFactorial => factorial(x, 2),
        F::Gcd | F::Lcm | F::Min | F::Max | F::Binomial | F::Det | F::Norm => None,
        F::Modulo | F::Cis => None,
    }
}

/// The real root of odd order for negative numbers, the principal root otherwise.
pub(super) fn root(x: Ball, order: i64) -> Option<Ball> {
    if order % 2 != 0 && x.is_real() && x.re < 0.0 {
        return root(x.negated(), order).map(Ball::negated);
    }
    match order {
        2 => x.sqrt(),
        _ => x.pow(Ball::real(1.0 / order as f64)),
    }
}

fn sin(x: Ball) -> Option<Ball> {
    let (re, im) = (x.re.sin() * x.im.cosh(), x.re.cos() * x.im.sinh());
    wave(x, re, im)
}

fn cos(x: Ball) -> Option<Ball> {
    let (re, im) = (x.re.cos() * x.im.cosh(), -x.re.sin() * x.im.sinh());
    wave(x, re, im)
}

/// Sine and cosine change by at most `cosh(im)` per unit; large arguments are themselves rounded.
fn wave(x: Ball, re: f64, im: f64) -> Option<Ball> {
    let slope = x.im.cosh();
    Ball {
        re,
        im,
        error: (x.error * 1.01 + f64::EPSILON * 4.0) * slope,
    }
    .checked()
    .filter(|_| x.error < 0.5)
}

/// A real function by its derivative.
fn real(x: Ball, value: fn(f64) -> f64, slope: fn(f64) -> f64) -> Option<Ball> {
    if !x.is_real() || x.error > WIDEST {
        return None;
    }
    let result = value(x.re);
    Ball {
        re: result,
        im: 0.0,
        error: 1.1 * x.error * slope(x.re).abs() + result.abs() * 4.0 * f64::EPSILON,
    }
    .checked()
}

/// A function that lives on [-1, 1]; the ends have infinite slope and get the root of the error.
fn bounded(x: Ball, value: fn(f64) -> f64, slope: fn(f64) -> f64) -> Option<Ball> {
    if !x.is_real() || x.re.abs() > 1.0 + x.error {
        return None;
    }
    let at = x.re.clamp(-1.0, 1.0);
    if 1.0 - at.abs() > 4.0 * x.error {
        return real(Ball { re: at, ..x }, value, slope);
    }
    Some(Ball {
        re: value(at),
        im: 0.0,
        error: 4.0 * (x.error + f64::EPSILON).sqrt(),
    })
}

/// A step function, where the ball lies between two steps or is a step exactly.
fn stepped(x: Ball, value: fn(f64) -> f64) -> Option<Ball> {
    if !x.is_real() {
        return None;
    }
    let (low, high) = (value(x.re - x.error), value(x.re + x.error));
    (low == high || x.error == 0.0).then(|| Ball::exact(value(x.re)))
}

/// Factorials of whole numbers that a double can hold.
fn factorial(x: Ball, step: usize) -> Option<Ball> {
    let n = x.re.round();
    if !x.is_real() || (x.re - n).abs() > x.error || x.error > 0.1 || !(0.0..=170.0).contains(&n) {
        return None;
    }
    (1..=n as u64)
        .rev()
        .step_by(step)
        .map(|k| Ball::exact(k as f64))
        .try_fold(Ball::exact(1.0), |product, k| product.mul(k).checked())
}
