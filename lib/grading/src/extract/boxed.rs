//! The last complete `\boxed{...}` or `\fbox{...}` of a text.

/// Content of the last `\boxed{...}` or `\fbox{...}` whose braces close, surrounding blanks removed; empty
/// boxes do not count. Escaped braces (`\{`, `\}`) do not nest.
pub fn last_boxed(text: &str) -> Option<&str> {
    let mut end = text.len();
    while let Some((start, open)) = last_opening(&text[..end]) {
        if let Some(content) = braced(&text[open..])
            .map(str::trim)
            .filter(|content| !content.is_empty())
        {
            return Some(content);
        }
        end = start;
    }
    None
}

/// Start of the last box command and the position of its opening brace.
fn last_opening(text: &str) -> Option<(usize, usize)> {
    let mut end = text.len();
    while let Some(start) = text[..end].rfind('\\') {
        let rest = &text[start + 1..];
        let after = rest
            .strip_prefix("boxed")
            .or_else(|| rest.strip_prefix("fbox"));
        if let Some(after) = after
            .map(str::trim_start)
            .filter(|after| after.starts_with('{'))
        {
            return Some((start, text.len() - after.len()));
        }
        end = start;
    }
    None
}

/// What stands between the brace at the start of `text` and the one that closes it.
fn braced(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0usize, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(&text[1..at]),
            b'}' => depth = depth.saturating_sub(1),
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
