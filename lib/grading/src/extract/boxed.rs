//! The last complete `\boxed{...}` or `\fbox{...}` of a text.

use super::contents::holds_answer;

/// A complete box that holds an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boxed<'a> {
    /// What it holds, surrounding blanks removed.
    pub(super) content: &'a str,
    /// Where its command begins.
    pub(super) start: usize,
    /// Where it has ended.
    pub(super) end: usize,
}

/// The last `\boxed{...}` or `\fbox{...}` whose braces close; boxes without an answer do not count. Escaped braces (`\{`,
/// `\}`) do not nest. `\boxed 7` boxes one word.
pub(super) fn last_box(text: &str) -> Option<Boxed<'_>> {
    let mut before = text.len();
    // Where braces may close: a box that is open at the end of the text leaves those around it open, too.
    let mut limit = text.len();
    while let Some(at) = text[..before].rfind("box") {
        before = at;
        let Some((start, after)) = opening(&text[..limit], at) else {
            continue;
        };
        match boxed_content(after) {
            Some((content, length)) if holds_answer(content) => {
                return Some(Boxed {
                    content: content.trim(),
                    start,
                    end: limit - after.len() + length,
                });
            }
            Some(_) => {}
            None if after.trim_start().starts_with('{') => limit = start,
            None => {}
        }
    }
    None
}

/// Start of the command that has its `box` at a place, and what follows it.
fn opening(text: &str, at: usize) -> Option<(usize, &str)> {
    let (before, rest) = text.split_at(at);
    match rest
        .strip_prefix("boxed")
        .filter(|_| before.ends_with('\\'))
    {
        Some(after) => Some((at - 1, after)),
        None => before
            .ends_with("\\f")
            .then(|| (at - 2, &rest["box".len()..])),
    }
}

/// What is boxed, and the bytes from behind the command to behind the box.
fn boxed_content(after: &str) -> Option<(&str, usize)> {
    let trimmed = after.trim_start();
    let blanks = after.len() - trimmed.len();
    if trimmed.starts_with('{') {
        return braced(trimmed).map(|content| (content, blanks + content.len() + 2));
    }
    let word = trimmed
        .split(['$', ' ', '\n', '.', ',', '\\'])
        .next()
        .unwrap_or_default();
    (after.starts_with(' ') && word.bytes().all(|b| b.is_ascii_digit()))
        .then_some((word, blanks + word.len()))
}

/// What stands between the brace at the start of `text` and the one that closes it.
pub(crate) fn braced(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' if depth == 1 => return text.get(1..at),
            b'}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::last_box;

    fn last_boxed(text: &str) -> Option<&str> {
        last_box(text).map(|boxed| boxed.content)
    }

    #[test]
    fn takes_the_last_complete_box() {
        assert_eq!(
            last_boxed(r"\boxed{1} then \boxed{\frac{1}{2}} and \boxed{3"),
            Some(r"\frac{1}{2}")
        );
        assert_eq!(last_boxed(r"\fbox{ 7 }."), Some("7"));
        assert_eq!(last_boxed(r"\boxed {8}"), Some("8"));
        assert_eq!(last_boxed(r"So we get $\boxed 7$ here"), Some("7"));
        assert_eq!(last_boxed(r"\boxed{5} oops \boxed{}"), Some("5"));
        assert_eq!(last_boxed(r"\boxed{5}, as \boxed{answer}"), Some("5"));
    }

    #[test]
    fn empty_and_open_boxes_are_none() {
        for text in [
            "",
            "boxed{1}",
            r"\boxed{}",
            r"\boxed{ }",
            r"\boxed{\boxed{\text{ }}}",
            r"\boxed{\text{your answer}}",
            r"\boxed{1",
            r"\boxed",
            "a box \\alpha",
        ] {
            assert_eq!(last_boxed(text), None, "{text}");
        }
    }

    #[test]
    fn escaped_braces_do_not_nest() {
        assert_eq!(last_boxed(r"\boxed{\{1,2\}}"), Some(r"\{1,2\}"));
        assert_eq!(
            last_boxed(r"\boxed{\left\{x\right.}"),
            Some(r"\left\{x\right.")
        );
    }
}
