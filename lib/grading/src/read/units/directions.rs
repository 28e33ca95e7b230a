//! Words of a unit that say where to, not how much: `5 units up`.

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
