//! Numbers with bounds, as typed.

/// Above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    bounded(text, "a number above 0", |number| number > 0.0)
}

/// 0 or above.
pub fn not_negative(text: &str) -> Result<f64, String> {
    bounded(text, "a number that is not negative", |number| {
        number >= 0.0
    })
}

/// 0 to 1.
pub fn share(text: &str) -> Result<f64, String> {
    bounded(text, "a number from 0 to 1", |number| {
        (0.0..=1.0).contains(&number)
    })
}

/// Two rates below 1 with a comma between.
pub fn betas(text: &str) -> Result<(f64, f64), String> {
    let expected = "two numbers from 0 to below 1 such as 0.9,0.95";
    let (first, second) = text
        .split_once(',')
        .ok_or_else(|| format!("expected {expected}"))?;
    let rate = |text: &str| bounded(text.trim(), expected, |number| (0.0..1.0).contains(&number));
    Ok((rate(first)?, rate(second)?))
}

fn bounded(text: &str, expected: &str, holds: impl Fn(f64) -> bool) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| format!("expected {expected}"))?;
    // A NaN compares false with everything.
    if number.is_finite() && holds(number) {
        Ok(number)
    } else {
        Err(format!("expected {expected}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold() {
        assert_eq!(positive("1e-3"), Ok(1e-3));
        for text in ["0", "-1", "NaN", "inf", "x", ""] {
            assert!(positive(text).is_err(), "{text}");
        }
        assert_eq!(not_negative("0"), Ok(0.0));
        assert!(share("1.1").is_err());
        assert_eq!(betas("0.9, 0.95"), Ok((0.9, 0.95)));
        assert!(betas("0.9,1").is_err() && betas("0.9").is_err());
    }
}
