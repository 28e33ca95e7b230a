//! Finds a complete boxed answer in a growing attempt. Knows nothing about whether the answer is right.

/// The text inside the braces of the last `boxed{` of `text`, or `""` when there is none, when its braces do not
/// close yet, or when it is empty.
///
/// This is the test of whether an attempt may be over, so only the last box counts: an earlier complete box followed
/// by an open one is an attempt that still changes its mind.
pub fn extract_box(text: &str) -> &str {
    const OPENING: &str = "boxed{";
    let Some(start) = text.rfind(OPENING) else {
        return "";
    };
    let inside = &text[start + OPENING.len()..];
    let mut depth = 1usize;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            return &inside[..at];
        }
    }
    ""
}
