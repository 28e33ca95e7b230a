//! Numbers with bounds, as typed on a command line or written in a configuration file.

use std::str::FromStr;

/// Neither infinite nor NaN.
pub fn finite<T: Number>(text: &str) -> Result<T, String> {
    bounded(text, "a finite number", |_| true)
}

/// Above 0.
pub fn positive<T: Number>(text: &str) -> Result<T, String> {
    bounded(text, "a number above 0", |number| number > 0.0)
}

/// 0 or above.
pub fn not_negative<T: Number>(text: &str) -> Result<T, String> {
    bounded(text, "a number that is not negative", |number| {
        number >= 0.0
    })
}

/// 0 to 1.
pub fn share<T: Number>(text: &str) -> Result<T, String> {
    let within = |number| (0.0..=1.0).contains(&number);
    bounded(text, "a number from 0 to 1", within)
}

/// Above 0, up to 1.
pub fn positive_share<T: Number>(text: &str) -> Result<T, String> {
    let within = |number| number > 0.0 && number <= 1.0;
    bounded(text, "a number above 0, up to 1", within)
}

/// A sampling temperature: 0 (the likeliest token), or no smaller than 0.001, below which
/// probabilities leave float32.
pub fn temperature(text: &str) -> Result<f32, String> {
    let sound = |number| number == 0.0 || number >= 1e-3;
    bounded(text, "0 or a number of at least 0.001", sound)
}

/// A whole number from 1 up.
pub fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err("expected a whole number of at least 1".to_owned()),
    }
}

/// Two rates from 0 to below 1 with a comma between.
pub fn betas(text: &str) -> Result<(f64, f64), String> {
    let expected = "two numbers from 0 to below 1 such as 0.9,0.95";
    let (first, second) = text
        .split_once(',')
        .ok_or_else(|| format!("expected {expected}"))?;
    let rate = |text: &str| bounded(text.trim(), expected, |number| (0.0..1.0).contains(&number));
    Ok((rate(first)?, rate(second)?))
}

/// A lower and a higher number, neither negative, with a comma between.
pub fn bounds(text: &str) -> Result<(f64, f64), String> {
    let expected = "a lower and a higher number such as 0.5,5";
    let refused = || format!("expected {expected}");
    let (low, high) = text.split_once(',').ok_or_else(refused)?;
    let number = |text: &str| bounded(text.trim(), expected, |number| number >= 0.0);
    let (low, high) = (number(low)?, number(high)?);
    if low < high {
        Ok((low, high))
    } else {
        Err(refused())
    }
}

/// The types that flags with decimals have.
pub trait Number: FromStr + Copy + Into<f64> {}

impl Number for f32 {}
impl Number for f64 {}

fn bounded<T: Number>(
    text: &str,
    expected: &str,
    holds: impl Fn(f64) -> bool,
) -> Result<T, String> {
    let refused = || format!("expected {expected}");
    let number: T = text.parse().map_err(|_| refused())?;
    // A NaN compares false with everything.
    let wide: f64 = number.into();
    if wide.is_finite() && holds(wide) {
        Ok(number)
    } else {
        Err(refused())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold() {
        assert_eq!(positive("1e-3"), Ok(1e-3));
        for text in ["0", "-1", "NaN", "inf", "x", ""] {
            assert!(positive::<f64>(text).is_err(), "{text}");
        }
        assert_eq!(finite("-0.5"), Ok(-0.5f32));
        assert!(finite::<f32>("1e39").is_err() && finite::<f64>("1e39").is_ok());
        assert_eq!(not_negative("0"), Ok(0.0));
        assert!(share::<f64>("1.1").is_err());
        assert!(positive_share::<f32>("0").is_err() && positive_share("1") == Ok(1.0f32));
        assert!(count("0").is_err() && count("1.5").is_err() && count("7") == Ok(7));
        assert_eq!(betas("0.9, 0.95"), Ok((0.9, 0.95)));
        assert!(betas("0.9,1").is_err() && betas("0.9").is_err());
    }

    #[test]
    fn a_temperature_may_be_0() {
        assert_eq!(temperature("0"), Ok(0.0));
        assert_eq!(temperature("0.001"), Ok(0.001));
        let refused = Err("expected 0 or a number of at least 0.001".to_owned());
        assert_eq!(temperature("1e-4"), refused);
    }
}
