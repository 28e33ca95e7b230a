//! Units of measure: which words are units, how they are combined, and what two units of one dimension are worth.

mod directions;
mod table;

use num_rational::BigRational;
use num_traits::{One, Pow};

pub(crate) use directions::{directions, opposed};
use table::{UNITS, Unit};

/// Letters that are units when the other side of a comparison says so, in the case that they are written in.
const LETTERS: &[char] = &[
    'm', 's', 'g', 'h', 'd', 'l', 'L', 'N', 'J', 'K', 'V', 'W', 'A', 'Ω', 'Å',
];

/// Short units with capitals; other capitals side by side are products (`GM`).
const CAPITALS: &[&str] = &[
    "Hz", "kHz", "Pa", "kPa", "kJ", "kW", "kN", "eV", "keV", "MeV", "GeV", "MHz", "GHz", "mV",
    "kV", "mA", "mL", "Kg", "KG", "Ft", "USD", "EUR", "JPY", "CNY", "RMB", "INR", "KRW", "RUB",
];

/// Units that are as likely products of names where they are no text.
const PRODUCTS: &[&str] = &["gm", "ma", "ns", "kn", "pc", "ly", "mv", "kv", "ev"];

/// Words that say a power: before the unit and behind it.
const POWERS_BEFORE: &[(&str, i32)] = &[("square", 2), ("sq", 2), ("cubic", 3), ("cu", 3)];
const POWERS_BEHIND: &[(&str, i32)] = &[("squared", 2), ("cubed", 3)];

fn find(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.names.contains(&name))
}

/// Whether a plain word after a number is certainly a unit; single letters never are (`2m` is two times m).
pub(crate) fn is_unit_word(word: &str) -> bool {
    let lower = word.bytes().all(|b| b.is_ascii_lowercase());
    let cased = lower || word.len() > 3 || CAPITALS.contains(&word);
    word.len() >= 2
        && cased
        && !PRODUCTS.contains(&word)
        && find(&word.to_ascii_lowercase()).is_some()
}

/// Whether a letter may be a unit.
pub(crate) fn is_unit_letter(letter: char) -> bool {
    LETTERS.contains(&letter)
}

/// Whether a word stands before units and says their power: `sq`.
pub(crate) fn is_power_word(word: &str) -> bool {
    let is = |(name, _): &(&str, i32)| name.eq_ignore_ascii_case(word);
    POWERS_BEFORE.iter().chain(POWERS_BEHIND).any(is)
}

/// A written unit (`square feet`, `cm^2`, `m/s`) as dimension and size, where the table knows all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measure {
    dimension: Vec<(&'static str, i32)>,
    pub(crate) size: BigRational,
}

impl Measure {
    pub(crate) fn same_dimension(&self, other: &Self) -> bool {
        self.dimension == other.dimension
    }

    /// Degrees, of an angle or of a scale of temperature: the scale is often left out.
    pub(crate) fn is_degree(&self) -> bool {
        matches!(
            self.dimension[..],
            [("angle" | "celsius" | "fahrenheit", 1)]
        )
    }

    /// The same dimension in its base units.
    pub(crate) fn base(&self) -> Self {
        Self {
            size: BigRational::one(),
            dimension: self.dimension.clone(),
        }
    }

    /// The dimension, for messages: `length time^-1`.
    pub(crate) fn dimension(&self) -> String {
        let power = |(name, power): &(&str, i32)| match power {
            1 => (*name).to_owned(),
            _ => format!("{name}^{power}"),
        };
        self.dimension
            .iter()
            .map(power)
            .collect::<Vec<_>>()
            .join(" ")
    }

    fn multiply(&mut self, unit: &Unit, power: i32) -> Option<()> {
        for (name, own) in unit.dimension {
            let own = own.checked_mul(power)?;
            match self.dimension.iter_mut().find(|(other, _)| other == name) {
                Some((_, total)) => *total = total.checked_add(own)?,
                None => self.dimension.push((name, own)),
            }
        }
        let size = BigRational::new(unit.size.0.into(), unit.size.1.into());
        self.size *= size.pow(power);
        Some(())
    }
}

/// Powers of units beyond these are no units.
const LARGEST_POWER: i32 = 9;
/// Pieces of one unit beyond these are none.
const MOST_PIECES: usize = 12;

/// Reads a unit as written; `None` for what only names what is counted (`students`).
pub(crate) fn measure(text: &str) -> Option<Measure> {
    if let Some(unit) = find(text.trim()) {
        return Some(Measure {
            dimension: unit.dimension.to_vec(),
            size: BigRational::new(unit.size.0.into(), unit.size.1.into()),
        });
    }
    let mut measure = Measure {
        dimension: Vec::new(),
        size: BigRational::one(),
    };
    let mut last: Option<(&Unit, i32)> = None;
    let (mut below, mut next) = (1, 1);
    let pieces = pieces(text);
    if pieces.len() > MOST_PIECES {
        return None;
    }
    for piece in &pieces {
        let piece = piece.as_str();
        if let Some((_, power)) = POWERS_BEFORE.iter().find(|(name, _)| *name == piece) {
            next = *power;
        } else if let Some((_, power)) = POWERS_BEHIND.iter().find(|(name, _)| *name == piece) {
            let (unit, own) = last?;
            measure.multiply(unit, own * (power - 1))?;
        } else if matches!(piece, "/" | "per") {
            below = -1;
        } else if !matches!(piece, "·" | "*" | "a" | "an") || last.is_none() && piece == "a" {
            let (name, power) = match piece.split_once('^') {
                Some((name, power)) => (name, power.parse().ok()?),
                None => (piece, next),
            };
            let power = Some(power).filter(|power: &i32| power.abs() <= LARGEST_POWER)? * below;
            let unit = find(name)?;
            measure.multiply(unit, power)?;
            last = Some((unit, power));
            next = 1;
        }
    }
    measure.dimension.retain(|(_, power)| *power != 0);
    measure.dimension.sort_unstable();
    let whole = last.is_some() && pieces.last().is_some_and(|piece| piece != "/");
    whole.then_some(measure)
}

/// Words, powers and signs of a unit in lower case: `kg m^{-2}` is `kg`, `m^-2`.
fn pieces(text: &str) -> Vec<String> {
    let plain = text
        .replace("\\cdot", "·")
        .replace("\\mu", "μ")
        .replace(['{', '}'], "")
        .replace("^ ", "^")
        .replace(" ^", "^");
    let mut pieces = vec![String::new()];
    for c in plain.chars().flat_map(char::to_lowercase) {
        match c {
            '/' | '·' | '*' => pieces.extend([c.to_string(), String::new()]),
            ' ' | '~' | '\\' | ',' | '.' | ';' | '!' => pieces.push(String::new()),
            '²' | '³' => {
                if let Some(last) = pieces.last_mut() {
                    last.push_str(if c == '²' { "^2" } else { "^3" });
                }
            }
            // Micro sign, Ohm sign and Ångström sign have twins among the letters.
            'µ' => pieces
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|last| last.push('μ')),
            _ => pieces
                .iter_mut()
                .last()
                .into_iter()
                .for_each(|last| last.push(c)),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_and_plurals() {
        assert_eq!(measure("square inches"), measure("in^2"));
        assert_eq!(measure("inches^2"), measure("square inch"));
        assert_ne!(measure("cm"), measure("m"));
        assert_eq!(measure("students"), None);
        assert!(is_unit_word("cm") && !is_unit_word("m") && !is_unit_word("ab"));
    }

    #[test]
    fn combinations() {
        for (a, b) in [
            ("m/s^2", "meters per second squared"),
            ("m\\,s^{-2}", "m / s^2"),
            ("N", "kg m/s^2"),
            ("J", "N·m"),
            ("km/h", "kilometers per hour"),
            ("sq. cm", "cm^2"),
            ("L", "dm^3"),
        ] {
            assert!(measure(a).is_some(), "{a}");
            assert_eq!(measure(a), measure(b), "{a} {b}");
        }
        for (a, b) in [
            ("m/s", "m/s^2"),
            ("m s", "m/s"),
            ("€", "$"),
            ("cm^2", "cm^3"),
        ] {
            assert!(measure(a).is_none() || measure(a) != measure(b), "{a} {b}");
        }
    }
}
