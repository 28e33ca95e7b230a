//! Boxes that make up one answer: `\boxed{1} and \boxed{-2}`, `x = \boxed{3}, y = \boxed{4}`, `(\boxed{1}, \boxed{2})`.

use std::borrow::Cow;

use super::attached;
use super::boxed::{Boxed, last_box};
use super::gaps::{Joint, joint};

/// More boxes than these are no list that anyone writes.
const MOST: usize = 64;

/// Boxes as one answer.
pub(super) struct Joined {
    pub(super) text: String,
    /// Each box says what another name stands for.
    pub(super) name_different_things: bool,
}

/// Boxes in the order of writing, and what is between each two.
struct Row<'a> {
    boxes: Vec<Boxed<'a>>,
    joints: Vec<Joint>,
}

/// The last boxes as one list, each with its label, when nothing but commas, conjunctions, layout and list marks joins
/// them; a tuple, fraction or sum when they are its parts.
pub(super) fn joined(text: &str) -> Option<Joined> {
    let row = last_boxes(text)?;
    if let Some(text) = whole_of(text, &row) {
        return Some(Joined {
            text,
            name_different_things: false,
        });
    }
    let items = row.items(text);
    let names: Option<Vec<String>> = items.iter().map(|item| name_of(item)).collect();
    let differ = names.is_some_and(|mut names| {
        names.sort_unstable();
        names.windows(2).all(|pair| pair[0] != pair[1])
    });
    Some(Joined {
        text: items.join(", "),
        name_different_things: differ || row.joints.iter().all(|joint| *joint == Joint::Part),
    })
}

impl Row<'_> {
    /// Each box with its label; boxes that an operator joins are one item.
    fn items(&self, text: &str) -> Vec<String> {
        let mut items: Vec<String> = Vec::new();
        for (at, boxed) in self.boxes.iter().enumerate() {
            let operator = at
                .checked_sub(1)
                .and_then(|before| operated(self.joints[before], &attached::operand(text, boxed)));
            match (operator, items.last_mut()) {
                (Some(operated), Some(last)) => last.push_str(&operated),
                _ => items.push(labelled(text, boxed)),
            }
        }
        items
    }
}

/// An operator with its second operand.
fn operated(joint: Joint, operand: &str) -> Option<String> {
    match joint {
        Joint::Operator(sign, true) => Some(format!("{sign}{{{operand}}}")),
        Joint::Operator(sign, false) if is_one_thing(operand) => Some(format!("{sign}{operand}")),
        Joint::Operator(sign, false) => Some(format!("{sign}({operand})")),
        _ => None,
    }
}

/// Whether an operand needs no brackets.
fn is_one_thing(operand: &str) -> bool {
    operand.chars().all(|c| c.is_alphanumeric() || c == '.')
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

/// The tuple, fraction or sum whose parts are the last boxes: `(\boxed{4}, \boxed{-2})`, `\frac{\boxed{1}}{\boxed{3}}`,
/// `\boxed{1}/\boxed{3}`.
pub(super) fn enclosed(text: &str) -> Option<String> {
    whole_of(text, &last_boxes(text)?)
}

/// The boxes at the end that belong together, two or more.
fn last_boxes(text: &str) -> Option<Row<'_>> {
    let mut last = last_box(text)?;
    let mut row = Row {
        boxes: vec![last],
        joints: Vec::new(),
    };
    while row.boxes.len() < MOST {
        let Some(previous) = last_box(&text[..last.start]) else {
            break;
        };
        let gap = &text[previous.end..last.start];
        let Some(joint) = joint(gap, || attached::is_in_formula(&text[..previous.start])) else {
            break;
        };
        row.boxes.push(previous);
        row.joints.push(joint);
        last = previous;
    }
    row.boxes.reverse();
    row.joints.reverse();
    (row.boxes.len() > 1).then_some(row)
}

/// What operators between boxes, or the brackets or the fraction around them, make of them; `\\[` opens a display, no
/// interval.
fn whole_of(text: &str, row: &Row<'_>) -> Option<String> {
    let (first, last) = (row.boxes.first()?, row.boxes.last()?);
    let (before, after) = (&text[..first.start], text[last.end..].trim_start());
    if row.joints == [Joint::Fraction] {
        let [top, bottom] = [first, last].map(|boxed| attached::whole(text, boxed));
        let framed = before.ends_with("frac{") && after.starts_with('}');
        return framed.then(|| format!("\\frac{{{top}}}{{{bottom}}}"));
    }
    if row
        .joints
        .iter()
        .all(|joint| matches!(joint, Joint::Operator(..)))
    {
        return row.operated(text);
    }
    let gaps: Vec<&str> = row
        .boxes
        .windows(2)
        .map(|pair| text[pair[0].end..pair[1].start].trim())
        .collect();
    let contents: Vec<Cow<'_, str>> = row
        .boxes
        .iter()
        .map(|boxed| attached::whole(text, boxed))
        .collect();
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

impl Row<'_> {
    /// All boxes as what their operators make of them.
    fn operated(&self, text: &str) -> Option<String> {
        let (first, others) = self.boxes.split_first()?;
        let first = attached::whole(text, first);
        let alone = is_one_thing(&first)
            || matches!(self.joints.first(), Some(Joint::Operator("+" | "-", _)));
        let mut whole = if alone {
            first.into_owned()
        } else {
            format!("({first})")
        };
        for (joint, boxed) in self.joints.iter().zip(others) {
            whole.push_str(&operated(*joint, &attached::operand(text, boxed))?);
        }
        Some(whole)
    }
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
pub(super) fn label(before: &str) -> Option<&str> {
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
            (r"$\boxed{1} \qquad \boxed{2}$", "1, 2"),
            (r"$\boxed{1} \\ \boxed{2}$", "1, 2"),
            (r"$\boxed{1} ~ \boxed{2}$", "1, 2"),
            (r"$\boxed{1} \hspace{1em} \boxed{2}$", "1, 2"),
            (r"$\boxed{1}$ $\boxed{2}$", "1, 2"),
            (r"$\boxed{1} \lor \boxed{2}$", "1, 2"),
            ("\\boxed{1},\n\n\\boxed{2}", "1, 2"),
            ("* \\boxed{1}\n* \\boxed{2}", "1, 2"),
            ("1. \\boxed{1}\n2. \\boxed{2}", "1, 2"),
            (r"\boxed{1} as well as \boxed{2}", "1, 2"),
            (r"\boxed{1}. Otherwise, \boxed{2}", "1, 2"),
            ("Case A: \\boxed{1}\nCase B: \\boxed{2}", "1, 2"),
            (
                "\\boxed{1} (if n is even)\n\n\\boxed{2} (if n is odd)",
                "1, 2",
            ),
            (r"$\boxed{1}/\boxed{2}$ or $\boxed{3}$", "1/2, 3"),
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
            "\\boxed{1}\n\nThe answer: \\boxed{2}",
            r"\boxed{1} \approx \boxed{2}",
            r"$\boxed{1} + 3 = \boxed{4}$",
            r"\boxed{1} (wrong) \boxed{2}",
            r"\boxed{1} is \boxed{2}",
            r"\boxed{1} \implies \boxed{2}",
            r"\boxed{1} is not valid; \boxed{2}",
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
            (r"so $\boxed{3}/\boxed{4}$", "3/4"),
            (r"so $\boxed{3}$/$\boxed{4}$", "3/4"),
            (r"so $\boxed{-3}/\boxed{x+1}$", "(-3)/(x+1)"),
            (r"so $\boxed{3} + \boxed{4}i$", "3+4i"),
            (r"so $\boxed{3} - \boxed{4}$", "3-4"),
            (r"so $\boxed{3} \times 10^{\boxed{5}}$", r"3\cdot 10^{5}"),
            (r"so $\boxed{3}\sqrt{\boxed{2}}$", r"3\sqrt{2}"),
            (r"so $\boxed{2}^{\boxed{10}}$", "2^{10}"),
            (r"so $\boxed{3}:\boxed{4}$", "3:4"),
        ] {
            assert_eq!(enclosed(text).as_deref(), Some(whole), "{text}");
        }
        assert_eq!(enclosed(r"(so $\boxed{4}$ and $\boxed{5}$)"), None);
    }
}
