//! The `<|...|>` marks of a text.

use std::collections::BTreeSet;

/// The marks that stand in `text`: each must be one token, or the policy would see its pieces.
pub fn marks(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (start, _) in text.match_indices("<|") {
        if let Some(length) = text[start..].find("|>") {
            let mark = &text[start..start + length + 2];
            if !mark.contains(char::is_whitespace) {
                found.insert(mark);
            }
        }
    }
    found
}

/// `text` in which no mark is one: what the policy wrote is quoted as text.
pub fn broken(text: &str) -> String {
    text.replace("<|", "< |")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_and_broken() {
        let text = "<|a|>x<|b c|>y<|a|><|d|>";
        assert_eq!(
            marks(text).into_iter().collect::<Vec<_>>(),
            ["<|a|>", "<|d|>"]
        );
        assert!(marks(&broken(text)).is_empty());
    }
}
