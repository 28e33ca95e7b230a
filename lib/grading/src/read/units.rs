//! Units of measure: which words are units, how they are combined, and what two units of one dimension are worth.

use num_rational::BigRational;
use num_traits::{One, Pow};

/// Powers of base dimensions.
type Dimension = &'static [(&'static str, i32)];

/// A unit's names, its dimension and its size in the dimension's base units.
struct Unit {
    names: &'static [&'static str],
    dimension: Dimension,
    /// Size as a fraction, exact.
    size: (u64, u64),
}

const fn unit(dimension: Dimension, size: (u64, u64), names: &'static [&'static str]) -> Unit {
    Unit {
        names,
        dimension,
        size,
    }
}

const LENGTH: Dimension = &[("length", 1)];
const TIME: Dimension = &[("time", 1)];
const MONTHS: Dimension = &[("months", 1)];
const MASS: Dimension = &[("mass", 1)];
const POUNDS: Dimension = &[("pounds", 1)];
const VOLUME: Dimension = &[("length", 3)];
const GALLONS: Dimension = &[("gallons", 1)];
const MONEY: Dimension = &[("money", 1)];
const SPEED: Dimension = &[("length", 1), ("time", -1)];
const FREQUENCY: Dimension = &[("time", -1)];
const FORCE: Dimension = &[("length", 1), ("mass", 1), ("time", -2)];
const ENERGY: Dimension = &[("length", 2), ("mass", 1), ("time", -2)];
const POWER: Dimension = &[("length", 2), ("mass", 1), ("time", -3)];
const PRESSURE: Dimension = &[("length", -1), ("mass", 1), ("time", -2)];
const CURRENT: Dimension = &[("current", 1)];
const VOLTAGE: Dimension = &[("current", -1), ("length", 2), ("mass", 1), ("time", -3)];
const RESISTANCE: Dimension = &[("current", -2), ("length", 2), ("mass", 1), ("time", -3)];

/// Base units: metre, second, gram, ampere, dollar, degree and what else cannot be converted exactly.
const UNITS: &[Unit] = &[
    unit(LENGTH, (1, 1), &["m", "meter", "meters", "metre", "metres"]),
    unit(
        LENGTH,
        (1, 100),
        &[
            "cm",
            "cms",
            "centimeter",
            "centimeters",
            "centimetre",
            "centimetres",
        ],
    ),
    unit(
        LENGTH,
        (1, 1000),
        &[
            "mm",
            "millimeter",
            "millimeters",
            "millimetre",
            "millimetres",
        ],
    ),
    unit(LENGTH, (1, 10), &["dm", "decimeter", "decimeters"]),
    unit(
        LENGTH,
        (1000, 1),
        &[
            "km",
            "kilometer",
            "kilometers",
            "kilometre",
            "kilometres",
            "kms",
        ],
    ),
    unit(
        LENGTH,
        (1, 1_000_000),
        &["μm", "micrometer", "micrometers", "micron", "microns"],
    ),
    unit(
        LENGTH,
        (1, 1_000_000_000),
        &["nm", "nanometer", "nanometers"],
    ),
    unit(LENGTH, (1, 10_000_000_000), &["å", "angstrom", "angstroms"]),
    unit(LENGTH, (254, 10_000), &["in", "inch", "inches"]),
    unit(LENGTH, (3048, 10_000), &["ft", "foot", "feet"]),
    unit(LENGTH, (9144, 10_000), &["yd", "yds", "yard", "yards"]),
    unit(LENGTH, (1_609_344, 1000), &["mi", "mile", "miles"]),
    unit(TIME, (1, 1), &["s", "sec", "secs", "second", "seconds"]),
    unit(TIME, (1, 1000), &["ms", "millisecond", "milliseconds"]),
    unit(TIME, (1, 1_000_000), &["μs", "microsecond", "microseconds"]),
    unit(
        TIME,
        (1, 1_000_000_000),
        &["ns", "nanosecond", "nanoseconds"],
    ),
    unit(TIME, (60, 1), &["min", "mins", "minute", "minutes"]),
    unit(TIME, (3600, 1), &["h", "hr", "hrs", "hour", "hours"]),
    unit(TIME, (86_400, 1), &["d", "day", "days"]),
    unit(TIME, (604_800, 1), &["week", "weeks", "wk", "wks"]),
    unit(MONTHS, (1, 1), &["month", "months", "mo"]),
    unit(MONTHS, (12, 1), &["year", "years", "yr", "yrs"]),
    unit(MASS, (1, 1), &["g", "gm", "gms", "gram", "grams"]),
    unit(MASS, (1000, 1), &["kg", "kgs", "kilogram", "kilograms"]),
    unit(MASS, (1, 1000), &["mg", "milligram", "milligrams"]),
    unit(MASS, (1, 1_000_000), &["μg", "microgram", "micrograms"]),
    unit(MASS, (1_000_000, 1), &["tonne", "tonnes"]),
    unit(POUNDS, (16, 1), &["lb", "lbs", "pound", "pounds"]),
    unit(POUNDS, (1, 1), &["oz", "ounce", "ounces"]),
    unit(
        VOLUME,
        (1, 1000),
        &["l", "liter", "liters", "litre", "litres"],
    ),
    unit(
        VOLUME,
        (1, 1_000_000),
        &[
            "ml",
            "milliliter",
            "milliliters",
            "millilitre",
            "millilitres",
        ],
    ),
    unit(GALLONS, (4, 1), &["gal", "gallon", "gallons"]),
    unit(GALLONS, (1, 1), &["qt", "quart", "quarts"]),
    unit(MONEY, (1, 1), &["dollar", "dollars", "usd"]),
    unit(MONEY, (1, 100), &["cent", "cents"]),
    unit(&[("euros", 1)], (1, 1), &["euro", "euros", "eur"]),
    unit(&[("yen", 1)], (1, 1), &["yen", "jpy"]),
    unit(&[("yuan", 1)], (1, 1), &["yuan", "rmb", "cny"]),
    unit(&[("rupees", 1)], (1, 1), &["rupee", "rupees", "inr"]),
    unit(&[("rubles", 1)], (1, 1), &["ruble", "rubles", "rub"]),
    unit(&[("won", 1)], (1, 1), &["won", "krw"]),
    unit(SPEED, (1_609_344, 3_600_000), &["mph"]),
    unit(SPEED, (1000, 3600), &["kph", "kmph"]),
    unit(&[("percent", 1)], (1, 1), &["percent", "pct"]),
    unit(&[("angle", 1)], (1, 1), &["degree", "degrees", "deg"]),
    unit(
        &[("radians", 1)],
        (1, 1),
        &["radian", "radians", "rad", "rads"],
    ),
    unit(&[("count", 1)], (1, 1), &["unit", "units"]),
    unit(FREQUENCY, (1, 1), &["hz", "hertz"]),
    unit(FREQUENCY, (1000, 1), &["khz"]),
    unit(FORCE, (1000, 1), &["n", "newton", "newtons"]),
    unit(FORCE, (1_000_000, 1), &["kn"]),
    unit(ENERGY, (1000, 1), &["j", "joule", "joules"]),
    unit(ENERGY, (1_000_000, 1), &["kj", "kilojoule", "kilojoules"]),
    unit(&[("electronvolts", 1)], (1, 1), &["ev"]),
    unit(POWER, (1000, 1), &["w", "watt", "watts"]),
    unit(POWER, (1_000_000, 1), &["kw", "kilowatt", "kilowatts"]),
    unit(PRESSURE, (1000, 1), &["pa", "pascal", "pascals"]),
    unit(PRESSURE, (1_000_000, 1), &["kpa"]),
    unit(VOLTAGE, (1000, 1), &["v", "volt", "volts"]),
    unit(RESISTANCE, (1000, 1), &["ω", "ohm", "ohms"]),
    unit(&[("temperature", 1)], (1, 1), &["k", "kelvin", "kelvins"]),
    unit(&[("celsius", 1)], (1, 1), &["celsius", "centigrade"]),
    unit(&[("fahrenheit", 1)], (1, 1), &["fahrenheit"]),
    unit(&[("amount", 1)], (1, 1), &["mol", "mole", "moles"]),
    unit(CURRENT, (1, 1), &["a", "amp", "amps", "ampere", "amperes"]),
    unit(CURRENT, (1, 1000), &["ma", "milliamp", "milliamps"]),
    unit(&[("bits", 1)], (1, 1), &["bit", "bits"]),
];

/// Letters that are units when the other side of a comparison says so, in the case that they are written in.
const LETTERS: &[char] = &[
    'm', 's', 'g', 'h', 'd', 'l', 'L', 'N', 'J', 'K', 'V', 'W', 'A', 'Ω', 'Å',
];

/// Short units with capitals; other capitals side by side are products (`GM`).
const CAPITALS: &[&str] = &[
    "Hz", "kHz", "Pa", "kPa", "kJ", "kW", "kN", "eV", "mA", "mL", "Kg", "KG", "Ft", "USD", "EUR",
    "JPY", "CNY", "RMB", "INR", "KRW", "RUB",
];

/// Units that are as likely products of names where they are no text.
const PRODUCTS: &[&str] = &["gm", "ma", "ns", "kn"];

/// Words that say a power: before the unit and behind it.
const POWERS_BEFORE: &[(&str, i32)] = &[("square", 2), ("sq", 2), ("cubic", 3), ("cu", 3)];
const POWERS_BEHIND: &[(&str, i32)] = &[("squared", 2), ("cubed", 3)];

/// Words of a unit that say where to, not how much: axes, and on each the senses that exclude one another.
const DIRECTIONS: &[&[&[&str]]] = &[
    &[
        &["up", "upward", "upwards"],
        &["down", "downward", "downwards"],
        &["left", "leftward", "leftwards"],
        &["right", "rightward", "rightwards"],
    ],
    &[
        &["north"],
        &["south"],
        &["east"],
        &["west"],
        &["northeast"],
        &["northwest"],
        &["southeast"],
        &["southwest"],
    ],
    &[&["clockwise"], &["counterclockwise", "anticlockwise"]],
    &[&["above"], &["below"]],
    &[&["profit", "gain"], &["loss"]],
    &[&["increase"], &["decrease"]],
    &[&["more"], &["less", "fewer"]],
    &[&["ago", "before"], &["later", "after"]],
];

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

/// Where to a unit says: axes and senses.
pub(crate) fn directions(text: &str) -> Vec<(usize, usize)> {
    let sense = |word: &str| {
        DIRECTIONS.iter().enumerate().find_map(|(axis, senses)| {
            let is = |known: &&str| known.eq_ignore_ascii_case(word);
            let sense = senses.iter().position(|words| words.iter().any(is))?;
            Some((axis, sense))
        })
    };
    text.split(|c: char| !c.is_alphabetic())
        .filter_map(sense)
        .collect()
}

/// Whether two directions exclude each other: another sense on the same axis.
pub(crate) fn opposed(a: &[(usize, usize)], b: &[(usize, usize)]) -> bool {
    a.iter().any(|(axis, sense)| {
        let mut same_axis = b.iter().filter(|(other, _)| other == axis).peekable();
        same_axis.peek().is_some() && !same_axis.any(|(_, other)| other == sense)
    })
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
