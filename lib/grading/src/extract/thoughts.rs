//! Thoughts of a model, which are no answers: what is said outside them.

/// Names of the tags around a thought: `<think>` and `</think>`.
const TAGS: [&str; 4] = ["think", "thinking", "thought", "reasoning"];

/// What follows the last thought; nothing of a thought that has not ended.
pub(super) fn spoken(text: &str) -> &str {
    let (mut from, mut open) = (0, None);
    for tag in tags(text, '<', '>', &TAGS).chain(bracketed(text)) {
        if tag.closes {
            // Tags come in the order of the text for each kind of bracket only.
            if tag.end > from {
                from = tag.end;
                open = open.filter(|open| *open >= from);
            }
        } else if tag.start >= from && open.is_none() {
            open = Some(tag.start);
        }
    }
    &text[from..open.unwrap_or(text.len())]
}

struct Tag {
    start: usize,
    end: usize,
    closes: bool,
}

/// `[THINK]` and `[/THINK]`, which are looked for only where they can be: square brackets are frequent.
fn bracketed(text: &str) -> impl Iterator<Item = Tag> + '_ {
    let text = if text.contains("THINK]") { text } else { "" };
    tags(text, '[', ']', &["THINK"])
}

/// The tags of these names, in order.
fn tags<'t>(
    text: &'t str,
    open: char,
    close: char,
    names: &'t [&'t str],
) -> impl Iterator<Item = Tag> + 't {
    text.match_indices(open).filter_map(move |(start, _)| {
        let behind = &text[start + 1..];
        let inner = behind.strip_prefix('/').unwrap_or(behind);
        let name = names.iter().find(|name| {
            let ends = |rest: &str| rest.starts_with(close);
            inner.strip_prefix(**name).is_some_and(ends)
        })?;
        Some(Tag {
            start,
            end: text.len() - inner.len() + name.len() + 1,
            closes: inner.len() < behind.len(),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::spoken;

    #[test]
    fn what_is_said_outside_thoughts() {
        for (text, said) in [
            ("no thought", "no thought"),
            ("<think>a</think>b", "b"),
            ("a</think>b", "b"),
            ("<think>a</think>b<think>c</think>d", "d"),
            ("<think>a", ""),
            ("a<think>b", "a"),
            ("<think>a</think>b<think>c", "b"),
            ("<think>a <think> b</think>c", "c"),
            ("<think>a</think>", ""),
            ("[THINK]a[/THINK]b", "b"),
            ("<thinking>a</thinking>b", "b"),
            ("x < think > 5", "x < think > 5"),
            ("[THINK]a[/THINK]b<think>c", "b"),
            ("<think>[THINK]a</think>b", "b"),
        ] {
            assert_eq!(spoken(text), said, "{text}");
        }
    }
}
