//! Colours of a terminal. Knows nothing about dialogues.

/// How a piece of text stands out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    Strong,
    Pale,
    Right,
    Wrong,
    /// A ground from pale to strong: below zero warm, above cool; the size is at most 1.
    Ground(f32),
}

// Of the 256 colours; with black letters they can be read on light and on dark terminals.
const WARM: [u8; 4] = [230, 222, 215, 208];
const COOL: [u8; 4] = [195, 153, 117, 75];

/// The text between escape sequences, or as it is.
pub fn painted(text: &str, paint: Paint, coloured: bool) -> String {
    match codes(paint).filter(|_| coloured && !text.is_empty()) {
        Some(codes) => format!("\x1b[{codes}m{text}\x1b[0m"),
        None => text.to_owned(),
    }
}

fn codes(paint: Paint) -> Option<String> {
    Some(match paint {
        Paint::Strong => "1".into(),
        Paint::Pale => "2".into(),
        Paint::Right => "32".into(),
        Paint::Wrong => "31".into(),
        Paint::Ground(size) => {
            let shades = if size < 0.0 { WARM } else { COOL };
            // The lowest fifth keeps the terminal's ground.
            let place = (size.abs().min(1.0) * 5.0) as usize;
            let shade = shades[place.checked_sub(1)?.min(shades.len() - 1)];
            format!("38;5;16;48;5;{shade}")
        }
    })
}

/// The text without what a terminal would obey: a model may say anything.
pub fn harmless(text: &str) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter,
        // Pictures of the control characters.
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(letter)).unwrap_or('\u{FFFD}'),
        letter if letter.is_control() => '\u{FFFD}',
        letter => letter,
    };
    text.chars().map(shown).collect()
}
