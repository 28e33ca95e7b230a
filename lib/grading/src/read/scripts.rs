//! Unicode fractions, superscripts and subscripts in plain characters.

/// Numerator and denominator of `½` and its like.
pub(super) fn vulgar(c: char) -> Option<(&'static str, &'static str)> {
    Some(match c {
        '½' => ("1", "2"),
        '⅓' => ("1", "3"),
        '⅔' => ("2", "3"),
        '¼' => ("1", "4"),
        '¾' => ("3", "4"),
        '⅕' => ("1", "5"),
        '⅖' => ("2", "5"),
        '⅗' => ("3", "5"),
        '⅘' => ("4", "5"),
        '⅙' => ("1", "6"),
        '⅚' => ("5", "6"),
        '⅛' => ("1", "8"),
        '⅜' => ("3", "8"),
        '⅝' => ("5", "8"),
        '⅞' => ("7", "8"),
        _ => return None,
    })
}

/// The plain character of a superscript.
pub(super) fn raised(c: char) -> Option<char> {
    place("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿⁱ", "0123456789-ni", c)
}

/// The plain character of a subscript.
pub(super) fn lowered(c: char) -> Option<char> {
    place("₀₁₂₃₄₅₆₇₈₉ₙₓ", "0123456789nx", c)
}

fn place(from: &str, to: &str, c: char) -> Option<char> {
    from.chars()
        .position(|f| f == c)
        .and_then(|at| to.chars().nth(at))
}
