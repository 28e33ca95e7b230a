//! The last complete `\boxed{...}` or `\fbox{...}` of a text.

/// A complete box that is not empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boxed<'a> {
    /// What it holds, surrounding blanks removed.
    pub(super) content: &'a str,
    /// Where its command begins.
    pub(super) start: usize,
    /// Where it has ended.
    pub(super) end: usize,
}

/// Content of the last `\boxed{...}` or `\fbox{...}` whose braces close, surrounding blanks removed; empty
/// boxes do not count. Escaped braces (`\{`, `\}`) do not nest. `\boxed 7` boxes one word.
pub fn last_boxed(text: &str) -> Option<&str> {
    last_box(text).map(|boxed| boxed.content)
}

/// The last box of `text`.
pub(super) fn last_box(text: &str) -> Option<Boxed<'_>> {
    let mut end = text.len();
    while let Some((start, content)) = last_opening(text, end) {
        if let Some((content, end)) = content
            && !content.trim().is_empty()
        {
            return Some(Boxed {
                content: content.trim(),
                start,
                end,
            });
        }
        end = start;
    }
    None
}

/// Start of the last box command before `end`, what it boxes and where it has ended.
fn last_opening(text: &str, end: usize) -> Option<(usize, Option<(&str, usize)>)> {
    let start = text[..end]
        .rfind("box")
        .and_then(|at| text[..at].rfind('\\').map(|slash| (slash, at)));
    let (slash, at) = start?;
    let rest = &text[slash + 1..];
    let after = rest
        .strip_prefix("boxed")
        .or_else(|| rest.strip_prefix("fbox"));
    match after {
        Some(after) if slash + 2 >= at => {
            let begin = text.len() - after.len();
            let boxed = boxed_content(after).map(|(content, length)| (content, begin + length));
            Some((slash, boxed))
        }
        _ => Some((at, None)),
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
    use super::last_boxed;

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
    }

    #[test]
    fn empty_and_open_boxes_are_none() {
        for text in [
            "",
            "boxed{1}",
            r"\boxed{}",
            r"\boxed{ }",
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
