//! What touches a box and belongs to the answer: the sign of `-\boxed{5}` and `\pm\boxed{6}`, the factors of
//! `\boxed{16}\pi` and `2\boxed{5}`, the marks of `\boxed{5}^2` and `\boxed{5}!`.

use std::borrow::Cow;

use super::boxed::{Boxed, braced};

/// Content of a box with the sign or the factor before it and the factor or mark behind it. A backslash too many
/// before the command is overlooked.
pub(super) fn whole<'a>(text: &'a str, boxed: &Boxed<'a>) -> Cow<'a, str> {
    let before = &text[..boxed.start];
    let digits = before.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (front, digits) = before.split_at(before.len() - digits);
    let alone = begins_value(front) && is_number(boxed.content);
    let coefficient = if alone { digits } else { "" };
    let sign = if coefficient.is_empty() {
        sign(before)
    } else {
        sign(front)
    };
    let factor = factor(&text[boxed.end..], alone);
    if sign.is_empty() && factor.is_empty() && coefficient.is_empty() {
        return Cow::Borrowed(boxed.content);
    }
    let raised = factor.starts_with(['^', '!']) && boxed.content.len() > 1;
    let compound =
        raised || !coefficient.is_empty() || boxed.content.contains(['+', '-', '−', ',', '=']);
    let (open, close) = if compound { ("(", ")") } else { ("", "") };
    Cow::Owned(format!(
        "{sign}{coefficient}{open}{}{close}{factor}",
        boxed.content
    ))
}

/// Content of a box behind an operator with the factor behind it: `\boxed{3} + \boxed{4}i`.
pub(super) fn operand(text: &str, boxed: &Boxed<'_>) -> String {
    let factor = factor(&text[boxed.end..], is_number(boxed.content));
    let compound = !factor.is_empty() && boxed.content.contains(['+', '-', '−', ',']);
    if compound {
        format!("({}){factor}", boxed.content)
    } else {
        format!("{}{factor}", boxed.content)
    }
}

/// Something that can be multiplied or raised.
fn is_number(content: &str) -> bool {
    content.contains(|c: char| c.is_ascii_digit()) && !content.contains('=')
}

/// Whether what follows is the whole value of a formula: behind its opening or its only equality sign, where no number
/// stands before that. In `35 = 7\boxed{5}` the box is asked for.
fn begins_value(front: &str) -> bool {
    let start = front.rfind(['$', '\n', '(', '[']).map_or(0, |at| at + 1);
    let (before, segment) = front.split_at(start);
    let opens = match before.as_bytes() {
        [] | [.., b'\n'] => true,
        [.., b'$'] => is_inside_dollars(before),
        [.., b'\\', b'(' | b'['] => true,
        _ => false,
    };
    let bare = without_spacing(segment);
    let bare = without_spacing(bare.trim_end_matches(['-', '−']));
    opens
        && (bare.is_empty() || bare.ends_with('='))
        && !bare.contains(|c: char| c.is_ascii_digit())
}

/// Whether a formula is open at the end of `before`.
pub(super) fn is_in_formula(before: &str) -> bool {
    let open = |open: &str, close: &str| match (before.rfind(open), before.rfind(close)) {
        (Some(open), Some(close)) => open > close,
        (open, _) => open.is_some(),
    };
    is_inside_dollars(before) || open("\\[", "\\]") || open("\\(", "\\)")
}

/// Whether the last dollar sign of the paragraph opens a formula.
fn is_inside_dollars(before: &str) -> bool {
    let paragraph = before.rfind("\n\n").map_or(before, |at| &before[at..]);
    let marks = paragraph.replace("\\$", "").replace("$$", "$");
    marks.matches('$').count() % 2 == 1 && !before.ends_with("\\$")
}

/// The sign at the end of `before`, if no value stands before it: `8-\boxed{3}` is a difference.
fn sign(before: &str) -> &'static str {
    const SIGNS: [(&str, &str); 5] = [
        ("-", "-"),
        ("−", "-"),
        ("\\pm", "\\pm "),
        ("±", "\\pm "),
        ("\\mp", "\\pm "),
    ];
    const FORMULA: [&str; 6] = ["=", "$", "\\(", "\\[", "&", "\\approx"];
    // In prose a dash with a blank behind it is a bullet or a pause.
    const PROSE: [&str; 3] = [":", "\n", " is"];
    let bare = without_spacing(before);
    SIGNS
        .iter()
        .find_map(|(written, sign)| {
            let unary = without_spacing(bare.strip_suffix(written)?);
            let ends = |openings: &[&str]| openings.iter().any(|open| unary.ends_with(open));
            let touches = before.trim_end_matches('\\').ends_with(written);
            let begins = ends(&FORMULA) || touches && (unary.is_empty() || ends(&PROSE));
            begins.then_some(*sign)
        })
        .unwrap_or_default()
}

/// Without blanks, LaTeX spaces and stray backslashes at the end.
fn without_spacing(before: &str) -> &str {
    let mut rest = before;
    loop {
        let bare = rest.trim_end_matches([' ', '\\', '~']);
        let bare = ["\\,", "\\;", "\\!", "\\:"]
            .iter()
            .find_map(|space| bare.strip_suffix(space))
            .unwrap_or(bare);
        if bare.len() == rest.len() {
            return rest;
        }
        rest = bare;
    }
}

/// π, `i`, a root, a power of ten, an exponent or a factorial sign at the start of `after`, with which the formula
/// ends; marks only where they belong to the box `alone`.
fn factor(after: &str, alone: bool) -> &str {
    let bare = after
        .trim_start_matches(' ')
        .trim_start_matches("\\,")
        .trim_start_matches(' ');
    let length = if let Some(rest) = bare.strip_prefix("\\sqrt") {
        braced(rest)
            .filter(|inner| !inner.contains("\\boxed"))
            .map_or(0, |inner| "\\sqrt{}".len() + inner.len())
    } else {
        [
            "\\pi",
            "π",
            "i",
            "!",
            "^",
            "\\times 10^",
            "\\cdot 10^",
            "\\times10^",
            "\\cdot10^",
        ]
        .iter()
        .find(|factor| bare.starts_with(**factor))
        .map_or(0, |factor| {
            if factor.ends_with('^') {
                exponent(&bare[factor.len()..]).map_or(0, |own| factor.len() + own)
            } else {
                factor.len()
            }
        })
    };
    let (factor, behind) = bare.split_at(length);
    let behind = behind.trim_start();
    let closes = ["$", "\\)", "\\]"]
        .iter()
        .any(|close| behind.starts_with(close));
    // In prose `\boxed{5}!` is glad of its answer.
    let mark = factor.starts_with(['i', '!', '^']);
    // A unit or an approximation may follow; an operator or a letter makes it a part of something else.
    let apart = [
        "\\text", "\\mathrm", "\\mbox", "\\approx", "\\,", "\\;", "\\ ", "\\quad", "~", "≈",
    ]
    .iter()
    .any(|command| behind.starts_with(command));
    let stops = behind.is_empty() || behind.starts_with(['.', ',', '\n', ')', ';', ':']);
    let ends = closes && (alone || !mark) || !mark && (apart || stops);
    if ends { factor } else { "" }
}

/// Length of one digit or of a group of letters and digits in braces.
fn exponent(text: &str) -> Option<usize> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(1);
    }
    let plain = |inner: &&str| inner.chars().all(|c| c.is_alphanumeric() || c == '-');
    braced(text).filter(plain).map(|inner| inner.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::super::boxed::last_box;
    use super::whole;

    #[test]
    fn signs_and_factors() {
        let found =
            |text: &'static str| last_box(text).map(|boxed| whole(text, &boxed).into_owned());
        for (text, answer) in [
            (r"so $a = -8\cdot 32 = -\boxed{256}$", "-256"),
            (r"so $a = -\\boxed{256}$", "-256"),
            (r"$m = -\,\boxed{2}$", "-2"),
            (r"$x = \pm\boxed{6}$", r"\pm 6"),
            (r"$-\boxed{x+1}$", "-(x+1)"),
            (r"$8-\boxed{3}$", "3"),
            (r"$8 \pm \boxed{3}$", "3"),
            (r"$\boxed{16}\pi$", r"16\pi"),
            (r"$\boxed{3}\sqrt{2}$.", r"3\sqrt{2}"),
            (r"$\boxed{3}\pi + 2$", "3"),
            (
                r"$\boxed{3.2}\times10^{-19}\text{ J}$",
                r"3.2\times10^{-19}",
            ),
            (r"$AB = \boxed{3}\sqrt{5}\text{ cm}$", r"3\sqrt{5}"),
            (r"$V = \boxed{36}\pi \approx 113$", r"36\pi"),
            (r"$\boxed{5}i$", "5i"),
            (r"$\boxed{5}^2$", "5^2"),
            (r"$\boxed{12}!$", "(12)!"),
            (r"so $x = \boxed{5} \times 10^{3}$.", r"5\times 10^{3}"),
            (r"so $x = 2\boxed{5}$.", "2(5)"),
            (r"so $x = -2\boxed{5}$.", "-2(5)"),
            (r"so $10 = 2\boxed{5}$.", "5"),
            (r"so $=$ 7\boxed{5}$.", "5"),
            (r"it costs \$2\boxed{5}$.", "5"),
            (r"$x^2+\boxed{5}^2$.", "5"),
            (r"$\boxed{12}^{*}$", "12"),
            (r"$\boxed{A}!$", "A"),
            (r"in step 2\boxed{5}", "5"),
            (r"it is \boxed{5}!", "5"),
            (r"it is \boxed{5} indeed", "5"),
            ("so:\n- \\boxed{3}", "3"),
        ] {
            assert_eq!(found(text).as_deref(), Some(answer), "{text}");
        }
    }
}
