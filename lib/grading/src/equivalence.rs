//! Whether two answers mean the same.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{One, Zero};

use crate::{Decision, Options, Reason};

/// Decides whether `prediction` means the same as `reference`.
pub fn equivalent(prediction: &str, reference: &str, _options: &Options) -> Decision {
    let (p, r) = (normalised(prediction), normalised(reference));
    if r.is_empty() {
        return decision(false, Reason::UnreadableReference, "the reference is empty");
    }
    if p == r {
        return Decision {
            equivalent: true,
            reason: Reason::SameText,
            detail: None,
        };
    }
    match (number(&p), number(&r)) {
        (Some(x), Some(y)) if x == y => Decision {
            equivalent: true,
            reason: Reason::SameNumber,
            detail: None,
        },
        (Some(x), Some(y)) => decision(false, Reason::DifferentValue, &format!("{x} is not {y}")),
        _ => decision(false, Reason::DifferentText, &format!("`{p}` is not `{r}`")),
    }
}

fn decision(equivalent: bool, reason: Reason, detail: &str) -> Decision {
    Decision {
        equivalent,
        reason,
        detail: Some(detail.to_owned()),
    }
}

fn normalised(text: &str) -> String {
    let mut text: String = text
        .trim()
        .trim_matches('$')
        .trim_end_matches('.')
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    for (from, to) in [
        ("\\dfrac", "\\frac"),
        ("\\tfrac", "\\frac"),
        ("\\left", ""),
        ("\\right", ""),
        ("\\!", ""),
        ("\\,", ""),
        ("\\$", ""),
    ] {
        text = text.replace(from, to);
    }
    text
}

fn number(text: &str) -> Option<BigRational> {
    if let Some(rest) = text.strip_prefix('-') {
        return number(rest).map(|value| -value);
    }
    if let Some(rest) = text.strip_prefix("\\frac{") {
        let (top, rest) = rest.split_once("}{")?;
        return quotient(top, rest.strip_suffix('}')?);
    }
    match text.split_once('/') {
        Some((top, bottom)) => quotient(top, bottom),
        None => decimal(text),
    }
}

fn quotient(top: &str, bottom: &str) -> Option<BigRational> {
    let bottom = decimal(bottom).filter(|value| !value.is_zero())?;
    Some(decimal(top)? / bottom)
}

fn decimal(text: &str) -> Option<BigRational> {
    let (negative, text) = text
        .strip_prefix('-')
        .map_or((false, text), |rest| (true, rest));
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = whole
        .chars()
        .filter(|c| *c != ',')
        .chain(fraction.chars())
        .collect();
    if digits.is_empty() || digits.len() > 400 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let mut scale = BigInt::one();
    for _ in 0..fraction.len() {
        scale *= 10;
    }
    let value = BigRational::new(digits.parse().ok()?, scale);
    Some(if negative { -value } else { value })
}
