//! Boxes that make up one answer: `\boxed{1} and \boxed{-2}`, `x = \boxed{3}, y = \boxed{4}`, `(\boxed{1}, \boxed{2})`.

use std::borrow::Cow;

use super::attached;
use super::boxed::{Boxed, last_box};

/// Boxes further apart than this are answers of their own.
const WIDEST_GAP: usize = 80;
/// More boxes than these are no list that anyone writes.
const MOST: usize = 64;

/// Boxes as one answer.
pub(super) struct Joined {
    pub(super) text: String,
    /// Each box says what another name stands for.
    pub(super) name_different_things: bool,
}

/// The last boxes as one list, each with its label, when nothing but commas and conjunctions joins them; a tuple or
/// fraction when they are its parts.
pub(super) fn joined(text: &str) -> Option<Joined> {
    let boxes = last_boxes(text)?;
    if let Some(text) = whole_of(text, &boxes) {
        return Some(Joined {
            text,
            name_different_things: false,
        });
    }
    let items: Vec<String> = boxes.iter().map(|boxed| labelled(text, boxed)).collect();
    let names: Option<Vec<String>> = items.iter().map(|item| name_of(item)).collect();
    let differ = names.is_some_and(|mut names| {
        names.sort_unstable();
        names.windows(2).all(|pair| pair[0] != pair[1])
    });
    Some(Joined {
        text: items.join(", "),
        name_different_things: differ,
    })
}

/// The letters of the name before an equality sign, without font and subscript: `x_1` and `x_2` are one thing asked for
/// twice.
fn name_of(item: &str) -> Option<String> {
    let (name, _) = item.split_once('=')?;
    if is_computed(name.trim()) {
        return Some(name.replace(' ', ""));
    }
    let name = name.split('_').next().unwrap_or(name);
    let bare = name
        .replace("\\text", "")
        .replace("\\mathrm", "")
        .replace("\\mathbf", "");
    let letters: String = bare.chars().filter(|c| c.is_alphabetic()).collect();
    (!letters.is_empty()).then_some(letters)
}

/// The tuple or fraction whose parts are the last boxes: `(\boxed{4}, \boxed{-2})`, `\frac{\boxed{1}}{\boxed{3}}`.
pub(super) fn enclosed(text: &str) -> Option<String> {
    whole_of(text, &last_boxes(text)?)
}

/// The boxes at the end that nothing but commas and conjunctions joins, two or more.
fn last_boxes(text: &str) -> Option<Vec<Boxed<'_>>> {
    let mut last = last_box(text)?;
    let mut boxes = vec![last];
    while boxes.len() < MOST {
        let Some(previous) = last_box(&text[..last.start]) else {
            break;
        };
        let gap = &text[previous.end..last.start];
        if gap != "}{" && !joins(gap) {
            break;
        }
        boxes.push(previous);
        last = previous;
    }
    boxes.reverse();
    (boxes.len() > 1).then_some(boxes)
}

/// What the brackets or the fraction around several boxes make of them; `\\[` opens a display, no interval.
fn whole_of(text: &str, boxes: &[Boxed<'_>]) -> Option<String> {
    let (first, last) = (boxes.first()?, boxes.last()?);
    let gaps: Vec<&str> = boxes
        .windows(2)
        .map(|pair| text[pair[0].end..pair[1].start].trim())
        .collect();
    let (before, after) = (&text[..first.start], text[last.end..].trim_start());
    let contents: Vec<Cow<'_, str>> = boxes
        .iter()
        .map(|boxed| attached::whole(text, boxed))
        .collect();
    if gaps == ["}{"] && before.ends_with("frac{") && after.starts_with('}') {
        return Some(format!("\\frac{{{}}}{{{}}}", contents[0], contents[1]));
    }
    let after = after.strip_prefix("\\right").unwrap_or(after);
    let listed = gaps
        .iter()
        .all(|gap| matches!(gap.trim_end_matches(['\\', ' ']), "," | ";"));
    let around = |ends: &[&'static str], test: &dyn Fn(&str) -> bool| {
        ends.iter().copied().find(|end| test(end))
    };
    let open = around(&["(", "[", "\\{"], &|end| before.trim_end().ends_with(end))?;
    let close = around(&[")", "]", "\\}"], &|end| after.starts_with(end))?;
    listed.then(|| format!("{open}{}{close}", contents.join(", ")))
}

/// `x = \boxed{3}` with its label.
fn labelled(text: &str, boxed: &Boxed<'_>) -> String {
    let value = attached::whole(text, boxed);
    match label(&text[..boxed.start]) {
        Some(label) => format!("{label} = {value}"),
        None => value.into_owned(),
    }
}

/// The name in `name =` at the end of `before`: a letter, perhaps with a subscript.
fn label(before: &str) -> Option<&str> {
    let before = before.trim_end_matches([' ', '-', '−']).strip_suffix('=')?;
    let before = before.trim_end().trim_end_matches('&').trim_end();
    // `m + n`, `2x`: what is computed from names.
    let start = before
        .rfind(['$', ',', '\n', '(', '[', '=', ';', ':', '&'])
        .map_or(0, |at| at + 1);
    let computed = before[start..].trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || "_{}+-*/ ".contains(c);
    let mut words = computed.split(|c: char| !c.is_ascii_alphabetic());
    if computed.len() <= 16
        && is_computed(computed)
        && computed.chars().all(plain)
        && words.all(|word| word.len() <= 2)
    {
        return Some(computed);
    }
    let start = before
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '{' | '}')))
        .map_or(0, |at| {
            at + before[at..].chars().next().map_or(1, char::len_utf8)
        });
    let name = &before[start..];
    (name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.len() <= 8).then_some(name)
}

fn is_computed(name: &str) -> bool {
    name.contains(['+', '-', '*', '/']) && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        || name.starts_with(|c: char| c.is_ascii_digit()) && name.ends_with(char::is_alphabetic)
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
            let found = joined(text).map(|joined| joined.text);
            assert_eq!(found.as_deref(), Some(list), "{text}");
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
            assert!(joined(text).is_none(), "{text}");
        }
    }

    #[test]
    fn parts_of_a_whole() {
        for (text, whole) in [
            (r"the point $(\boxed{4}, \boxed{-2})$.", "(4, -2)"),
            (r"it is $\left( \boxed{4},\ \boxed{-2} \right)$", "(4, -2)"),
            (r"so $\left[\boxed{-1}, \boxed{3}\right)$", "[-1, 3)"),
            (r"so $\{\boxed{1}, \boxed{3}\}$", r"\{1, 3\}"),
            (r"so $\frac{\boxed{1}}{\boxed{3}}$", r"\frac{1}{3}"),
        ] {
            assert_eq!(enclosed(text).as_deref(), Some(whole), "{text}");
        }
        assert_eq!(enclosed(r"(so $\boxed{4}$ and $\boxed{5}$)"), None);
    }
}
