//! Boxes that make up one answer: `\boxed{1} and \boxed{-2}`, `x = \boxed{3}, y = \boxed{4}`, `-\boxed{5}`.

use std::borrow::Cow;

use super::boxed::{Boxed, last_box};

/// Boxes further apart than this are answers of their own.
const WIDEST_GAP: usize = 80;
/// More boxes than these are no list that anyone writes.
const MOST: usize = 64;

/// Content of the last box with the sign that stands before it: `= -\boxed{5}` says -5. A backslash too many before
/// the command is overlooked.
pub(super) fn signed<'a>(text: &'a str, last: &Boxed<'a>) -> Cow<'a, str> {
    let before = text[..last.start].trim_end_matches([' ', '\\']);
    let Some(before) = before
        .strip_suffix('-')
        .or_else(|| before.strip_suffix('−'))
    else {
        return Cow::Borrowed(last.content);
    };
    let unary = before.trim_end_matches(' ');
    let begins = unary.is_empty()
        || ["=", "$", "\\(", "\\[", ":", "\n", "&", "\\approx", " is"]
            .iter()
            .any(|opening| unary.ends_with(opening));
    match begins {
        false => Cow::Borrowed(last.content),
        true if last.content.contains(['+', '-', '−', ',', '=']) => {
            Cow::Owned(format!("-({})", last.content))
        }
        true => Cow::Owned(format!("-{}", last.content)),
    }
}

/// The last boxes as one list, each with its label, when nothing but commas and conjunctions joins them.
pub(super) fn joined(text: &str) -> Option<String> {
    let mut last = last_box(text)?;
    let mut items = vec![labelled(text, &last)];
    while items.len() < MOST {
        let Some(previous) = last_box(&text[..last.start]) else {
            break;
        };
        if !joins(&text[previous.end..last.start]) {
            break;
        }
        items.push(labelled(text, &previous));
        last = previous;
    }
    items.reverse();
    (items.len() > 1).then(|| items.join(", "))
}

/// `x = \boxed{3}` with its label.
fn labelled(text: &str, boxed: &Boxed<'_>) -> String {
    let value = signed(text, boxed);
    match label(&text[..boxed.start]) {
        Some(label) => format!("{label} = {value}"),
        None => value.into_owned(),
    }
}

/// The name in `name =` at the end of `before`: a letter, perhaps with a subscript.
fn label(before: &str) -> Option<&str> {
    let before = before.trim_end_matches([' ', '-', '−']).strip_suffix('=')?;
    let before = before.trim_end().trim_end_matches('&').trim_end();
    let start = before
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '}')))
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
    let name = &before[start..];
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 8).then_some(name)
}

/// Whether the text between two boxes joins them: a comma or a conjunction, and little else.
fn joins(gap: &str) -> bool {
    if gap.len() > WIDEST_GAP || gap.contains("\n\n") || gap.contains(". ") {
        return false;
    }
    let mut words = Vec::new();
    let mut rest = gap;
    while let Some(start) = rest.find(|c: char| c.is_alphabetic()) {
        let command = rest[..start].ends_with('\\');
        let length = rest[start..]
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(rest.len() - start);
        let word = &rest[start..start + length];
        rest = &rest[start + length..];
        // `x_1 =` labels the next box.
        let names =
            word.chars().count() <= 2 && label(gap).is_some_and(|label| label.starts_with(word));
        if !command && !names {
            words.push(word);
        }
    }
    let conjunction = |word: &&str| {
        matches!(
            *word,
            "and" | "or" | "y" | "und" | "oder" | "et" | "ou" | "和" | "或" | "и" | "или"
        )
    };
    let correction = |word: &str| {
        matches!(
            word,
            "but"
                | "not"
                | "no"
                | "actually"
                | "instead"
                | "so"
                | "thus"
                | "hence"
                | "then"
                | "therefore"
                | "wait"
                | "rather"
                | "correct"
        )
    };
    let parted = words.iter().any(conjunction) || gap.contains('&');
    match words.len() {
        0 => parted || gap.trim().is_empty() || gap.contains([',', ';', '，', '、']),
        1..=5 => parted && !words.iter().any(|word| correction(word)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_that_belong_together() {
        for (text, list) in [
            (r"$\boxed{1}$ and $\boxed{-2}$.", "1, -2"),
            (
                r"\[\boxed{(2, 2)}, \quad \boxed{(6, 2)}\]",
                "(2, 2), (6, 2)",
            ),
            (r"\boxed{1}\boxed{2}", "1, 2"),
            (r"\boxed{1} papers and \boxed{2} bins", "1, 2"),
            (
                r"$\boxed{k = 45} \quad \text{and} \quad \boxed{n = 2}$",
                "k = 45, n = 2",
            ),
            (r"$x = \boxed{3}$ and $y_1 = -\boxed{4}$", "x = 3, y_1 = -4"),
            (r"\boxed{1} thus but \boxed{2} and \boxed{3}", "2, 3"),
        ] {
            assert_eq!(joined(text).as_deref(), Some(list), "{text}");
        }
    }

    #[test]
    fn boxes_that_replace_one_another() {
        for text in [
            r"\boxed{1}",
            r"\boxed{1}, but actually \boxed{2}",
            r"\boxed{1}. Therefore \boxed{2}",
            r"\boxed{1} no no no \boxed{2}",
            "\\boxed{1},\n\n\\boxed{2}",
        ] {
            assert_eq!(joined(text), None, "{text}");
        }
    }

    #[test]
    fn a_sign_before_the_box() {
        let found = |text: &'static str| signed(text, &last_box(text).unwrap()).into_owned();
        assert_eq!(found(r"so $a = -8\cdot 32 = -\boxed{256}$"), "-256");
        assert_eq!(found(r"so $a = -\\boxed{256}$"), "-256");
        assert_eq!(found(r"$-\boxed{x+1}$"), "-(x+1)");
        assert_eq!(found(r"$8-\boxed{3}$"), "3");
    }
}
