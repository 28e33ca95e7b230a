//! Decimals that go on: `0.272727...` shows its block `27` at least twice in full, so the dots mean that it repeats.
//! Of `3.14159...` they say only that digits are left out.

/// Longer blocks are not looked for.
const LONGEST_BLOCK: usize = 40;

/// Length of the dots at the start of `text`, blanks before them included.
pub(super) fn dots(text: &str) -> Option<usize> {
    const SPELLINGS: [&str; 6] = ["...", "…", "\\ldots", "\\dots", "\\cdots", "\\dotsc"];
    let bare = text.trim_start();
    let bare = bare.strip_prefix("\\,").unwrap_or(bare).trim_start();
    let spelling = SPELLINGS
        .iter()
        .rev()
        .find(|dots| bare.starts_with(**dots))?;
    let behind = &bare[spelling.len()..];
    let command = spelling.starts_with('\\');
    if command && behind.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    Some(text.len() - behind.len())
}

/// The block that the digits behind a point end in, where it is shown twice or more: the one that covers most digits.
pub(super) fn block(decimals: &str) -> Option<&str> {
    let bytes = decimals.as_bytes();
    let covered = |length: usize| {
        let last = &bytes[bytes.len() - length..];
        let shown = bytes.rchunks_exact(length).take_while(|own| *own == last);
        length * shown.count()
    };
    let mut best: Option<(usize, usize)> = None;
    for length in 1..=(bytes.len() / 2).min(LONGEST_BLOCK) {
        let covers = covered(length);
        if covers >= 2 * length && best.is_none_or(|(_, most)| covers > most) {
            best = Some((length, covers));
        }
    }
    best.map(|(length, _)| &decimals[decimals.len() - length..])
}

/// Whether a decimal in `text` shows a block and goes on.
pub(crate) fn goes_on(text: &str) -> bool {
    text.match_indices('.').any(|(at, _)| {
        let decimals = &text[at + 1..];
        let count = decimals.bytes().take_while(u8::is_ascii_digit).count();
        let (decimals, behind) = decimals.split_at(count);
        count > 1 && dots(behind).is_some() && block(decimals).is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::{block, dots, goes_on};

    #[test]
    fn blocks_are_shown_twice() {
        for (decimals, repeated) in [
            ("333", Some("3")),
            ("1666", Some("6")),
            ("272727", Some("27")),
            ("2727272", Some("72")),
            ("142857142857", Some("142857")),
            ("11441144", Some("1144")),
            ("0909", Some("09")),
            ("3", None),
            ("27", None),
            ("1428571", None),
            ("14159", None),
            ("1415926535", None),
            ("", None),
        ] {
            assert_eq!(block(decimals), repeated, "{decimals}");
        }
    }

    #[test]
    fn dots_go_on() {
        assert_eq!(dots("... ="), Some(3));
        assert_eq!(dots(r" \ldots"), Some(7));
        assert_eq!(dots(r"\dotsb"), None);
        assert_eq!(dots(".."), None);
        assert!(goes_on("0.333..., 0.5") && goes_on(r"x = 0.2727\dots"));
        assert!(!goes_on("3.14159...") && !goes_on("1, 2, ...") && !goes_on("0.333"));
    }
}
