//! The units: names, dimensions, sizes.

/// Powers of base dimensions.
pub(super) type Dimension = &'static [(&'static str, i32)];

/// A unit's names, its dimension and its size in the dimension's base units.
pub(super) struct Unit {
    pub(super) names: &'static [&'static str],
    pub(super) dimension: Dimension,
    /// Size as a fraction, exact.
    pub(super) size: (u64, u64),
}

const fn unit(dimension: Dimension, size: (u64, u64), names: &'static [&'static str]) -> Unit {
    Unit {
        names,
        dimension,
        size,
    }
}

const LENGTH: Dimension = &[("length", 1)];
/// Feet or minutes of arc, inches or seconds of arc: the question knows which.
const PRIME: Dimension = &[("prime", 1)];
const DOUBLE_PRIME: Dimension = &[("double prime", 1)];
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
pub(super) const UNITS: &[Unit] = &[
    unit(PRIME, (1, 1), &["'"]),
    unit(DOUBLE_PRIME, (1, 1), &["\'\'"]),
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
    unit(
        LENGTH,
        (9_460_730_472_580_800, 1),
        &["ly", "lightyear", "lightyears"],
    ),
    unit(&[("parsecs", 1)], (1, 1), &["pc", "parsec", "parsecs"]),
    unit(
        &[("parsecs", 1)],
        (1000, 1),
        &["kpc", "kiloparsec", "kiloparsecs"],
    ),
    unit(
        &[("parsecs", 1)],
        (1_000_000, 1),
        &["mpc", "megaparsec", "megaparsecs"],
    ),
    unit(
        &[("length", 2)],
        (40_468_564_224, 10_000_000),
        &["acre", "acres"],
    ),
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
    unit(MONTHS, (120, 1), &["decade", "decades"]),
    unit(MONTHS, (1200, 1), &["century", "centuries"]),
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
    unit(FREQUENCY, (1_000_000, 1), &["mhz"]),
    unit(FREQUENCY, (1_000_000_000, 1), &["ghz"]),
    unit(FORCE, (1000, 1), &["n", "newton", "newtons"]),
    unit(FORCE, (1_000_000, 1), &["kn"]),
    unit(ENERGY, (1000, 1), &["j", "joule", "joules"]),
    unit(ENERGY, (1_000_000, 1), &["kj", "kilojoule", "kilojoules"]),
    unit(ENERGY, (1, 10_000), &["erg", "ergs"]),
    unit(ENERGY, (4184, 1), &["cal", "calorie", "calories"]),
    unit(
        ENERGY,
        (4_184_000, 1),
        &["kcal", "kilocalorie", "kilocalories"],
    ),
    unit(&[("electronvolts", 1)], (1, 1), &["ev"]),
    unit(&[("electronvolts", 1)], (1000, 1), &["kev"]),
    unit(&[("electronvolts", 1)], (1_000_000, 1), &["mev"]),
    unit(&[("electronvolts", 1)], (1_000_000_000, 1), &["gev"]),
    unit(POWER, (1000, 1), &["w", "watt", "watts"]),
    unit(POWER, (1_000_000, 1), &["kw", "kilowatt", "kilowatts"]),
    unit(PRESSURE, (1000, 1), &["pa", "pascal", "pascals"]),
    unit(PRESSURE, (1_000_000, 1), &["kpa"]),
    unit(VOLTAGE, (1000, 1), &["v", "volt", "volts"]),
    unit(VOLTAGE, (1, 1), &["mv", "millivolt", "millivolts"]),
    unit(VOLTAGE, (1_000_000, 1), &["kv", "kilovolt", "kilovolts"]),
    unit(RESISTANCE, (1000, 1), &["ω", "ohm", "ohms"]),
    unit(&[("temperature", 1)], (1, 1), &["k", "kelvin", "kelvins"]),
    unit(&[("celsius", 1)], (1, 1), &["celsius", "centigrade", "°c"]),
    unit(&[("fahrenheit", 1)], (1, 1), &["fahrenheit", "°f"]),
    unit(&[("amount", 1)], (1, 1), &["mol", "mole", "moles"]),
    unit(
        &[("amount", 1)],
        (1, 1000),
        &["mmol", "millimole", "millimoles"],
    ),
    unit(CURRENT, (1, 1), &["a", "amp", "amps", "ampere", "amperes"]),
    unit(CURRENT, (1, 1000), &["ma", "milliamp", "milliamps"]),
    unit(&[("bits", 1)], (1, 1), &["bit", "bits"]),
];
