//! Units of measure: which words are units, and what two units of one dimension are worth in each other.

/// A unit's canonical name, its dimension and its size in the dimension's base unit.
struct Unit {
    names: &'static [&'static str],
    dimension: &'static str,
    /// Size as a fraction, exact.
    size: (u64, u64),
}

const fn unit(dimension: &'static str, size: (u64, u64), names: &'static [&'static str]) -> Unit {
    Unit {
        names,
        dimension,
        size,
    }
}

/// Base units: metre, second, gram, litre, dollar, degree. Squares and cubes are made from these.
const UNITS: &[Unit] = &[
    unit(
        "length",
        (1, 1),
        &["m", "meter", "meters", "metre", "metres"],
    ),
    unit(
        "length",
        (1, 100),
        &[
            "cm",
            "centimeter",
            "centimeters",
            "centimetre",
            "centimetres",
        ],
    ),
    unit(
        "length",
        (1, 1000),
        &[
            "mm",
            "millimeter",
            "millimeters",
            "millimetre",
            "millimetres",
        ],
    ),
    unit("length", (1, 10), &["dm", "decimeter", "decimeters"]),
    unit(
        "length",
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
        "length",
        (1, 1_000_000),
        &["μm", "micrometer", "micrometers", "micron", "microns"],
    ),
    unit(
        "length",
        (1, 1_000_000_000),
        &["nm", "nanometer", "nanometers"],
    ),
    unit("length", (254, 10_000), &["in", "inch", "inches"]),
    unit("length", (3048, 10_000), &["ft", "foot", "feet"]),
    unit("length", (9144, 10_000), &["yd", "yds", "yard", "yards"]),
    unit("length", (1_609_344, 1000), &["mi", "mile", "miles"]),
    unit("time", (1, 1), &["s", "sec", "secs", "second", "seconds"]),
    unit("time", (1, 1000), &["ms", "millisecond", "milliseconds"]),
    unit("time", (60, 1), &["min", "mins", "minute", "minutes"]),
    unit("time", (3600, 1), &["h", "hr", "hrs", "hour", "hours"]),
    unit("time", (86_400, 1), &["d", "day", "days"]),
    unit("time", (604_800, 1), &["week", "weeks", "wk", "wks"]),
    unit("months", (1, 1), &["month", "months", "mo"]),
    unit("months", (12, 1), &["year", "years", "yr", "yrs"]),
    unit("mass", (1, 1), &["g", "gram", "grams"]),
    unit("mass", (1000, 1), &["kg", "kgs", "kilogram", "kilograms"]),
    unit("mass", (1, 1000), &["mg", "milligram", "milligrams"]),
    unit("mass", (1_000_000, 1), &["tonne", "tonnes"]),
    unit("pounds", (16, 1), &["lb", "lbs", "pound", "pounds"]),
    unit("pounds", (1, 1), &["oz", "ounce", "ounces"]),
    unit(
        "volume",
        (1, 1),
        &["l", "liter", "liters", "litre", "litres"],
    ),
    unit(
        "volume",
        (1, 1000),
        &[
            "ml",
            "milliliter",
            "milliliters",
            "millilitre",
            "millilitres",
        ],
    ),
    unit("gallons", (4, 1), &["gal", "gallon", "gallons"]),
    unit("gallons", (1, 1), &["qt", "quart", "quarts"]),
    unit("money", (1, 1), &["dollar", "dollars", "usd"]),
    unit("money", (1, 100), &["cent", "cents"]),
    unit("speed", (1, 1), &["mph"]),
    unit("percent", (1, 1), &["percent", "pct"]),
    unit("angle", (1, 1), &["degree", "degrees", "deg"]),
    unit("radians", (1, 1), &["radian", "radians", "rad", "rads"]),
    unit("count", (1, 1), &["unit", "units"]),
    unit("frequency", (1, 1), &["hz", "hertz"]),
    unit("frequency", (1000, 1), &["khz"]),
    unit("force", (1, 1), &["n", "newton", "newtons"]),
    unit("energy", (1, 1), &["j", "joule", "joules"]),
    unit("energy", (1000, 1), &["kj"]),
    unit("energy2", (1, 1), &["ev"]),
    unit("power", (1, 1), &["w", "watt", "watts"]),
    unit("power", (1000, 1), &["kw"]),
    unit("pressure", (1, 1), &["pa", "pascal", "pascals"]),
    unit("pressure", (1000, 1), &["kpa"]),
    unit("voltage", (1, 1), &["v", "volt", "volts"]),
    unit("resistance", (1, 1), &["ohm", "ohms"]),
    unit("temperature", (1, 1), &["kelvin", "kelvins"]),
    unit("amount", (1, 1), &["mol", "mole", "moles"]),
    unit("current", (1, 1), &["amp", "amps", "ampere", "amperes"]),
    unit("bits", (1, 1), &["bit", "bits"]),
];

fn find(name: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.names.contains(&name))
}

/// Whether a plain word after a number is certainly a unit; single letters never are (`2m` is two times m).
pub(crate) fn is_unit_word(word: &str) -> bool {
    word.len() >= 2 && find(&word.to_ascii_lowercase()).is_some()
}

/// A written unit (`square feet`, `cm^2`, `m/s`) as dimension and size, where the table knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Measure {
    pub(crate) dimension: String,
    pub(crate) size: (u64, u64),
}

/// Reads a unit as written; `None` for what only names what is counted (`students`).
pub(crate) fn measure(text: &str) -> Option<Measure> {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let (text, prefix) = match text.split_once(' ') {
        Some(("square" | "sq" | "sq.", rest)) => (rest.trim().to_owned(), 2),
        Some(("cubic" | "cu" | "cu.", rest)) => (rest.trim().to_owned(), 3),
        _ => (text, 1),
    };
    let (name, power) = match text.split_once('^') {
        Some((name, power)) => (name.trim().to_owned(), power.trim().parse::<u32>().ok()?),
        None => (text, prefix),
    };
    let unit = find(&name)?;
    let dimension = if power == 1 {
        unit.dimension.to_owned()
    } else {
        format!("{}^{power}", unit.dimension)
    };
    let size = (
        unit.size.0.checked_pow(power)?,
        unit.size.1.checked_pow(power)?,
    );
    Some(Measure { dimension, size })
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
}
