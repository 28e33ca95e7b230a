//! Words as answers, looked for only where the reference is one: `Therefore, **Navin** would earn the most`.

use super::prose;

/// Bytes at the end of a text in which a word is its answer.
const EDGE: usize = 400;
/// More words than these are a sentence.
const MOST_WORDS: usize = 3;

/// The last bold words, or the last word of a closing sentence, where the reference is words without digits.
pub(super) fn in_prose<'a>(text: &'a str, reference: &str) -> Option<&'a str> {
    let reference = reference
        .trim()
        .trim_start_matches("\\text")
        .trim_matches(['{', '}']);
    if !is_words(reference) {
        return None;
    }
    let start = prose::floor(text, text.len().saturating_sub(EDGE));
    last_bold(&text[start..]).or_else(|| last_word(&text[start..]))
}

fn is_words(text: &str) -> bool {
    let text = text.trim();
    text.len() > 1
        && text.split_whitespace().count() <= MOST_WORDS
        && text
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '\'' | '-'))
}

fn last_bold(text: &str) -> Option<&str> {
    let mut pieces: Vec<&str> = text.split("**").collect();
    // An odd number of marks leaves what is bold in doubt; the last mark opens nothing.
    if pieces.len().is_multiple_of(2) {
        pieces.pop();
    }
    let bold = pieces.iter().skip(1).step_by(2).rev();
    bold.copied()
        .map(|inner| inner.trim_end_matches(['.', ',', ':']))
        .find(|inner| is_words(inner))
}

/// `So the function is even.`
fn last_word(text: &str) -> Option<&str> {
    let text = text.trim_end().trim_end_matches('.');
    let sentence = text.rsplit(['.', '\n']).next()?.trim();
    let concludes = ["So ", "Thus", "Therefore", "Hence"]
        .iter()
        .any(|word| sentence.starts_with(word));
    let (_, word) = sentence.rsplit_once(" is ").filter(|_| concludes)?;
    is_words(word).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::in_prose;

    #[test]
    fn words_where_the_reference_is_one() {
        for (text, word) in [
            ("Thus the function is **even**, not odd.", Some("even")),
            (
                "| Ian | 39.14 |\n\nTherefore, **Navin** would earn the most.",
                Some("Navin"),
            ),
            ("We look at it.\nSo the function is even.", Some("even")),
            ("The number is 5.", None),
        ] {
            assert_eq!(in_prose(text, "\\text{even}"), word, "{text}");
        }
        assert_eq!(in_prose("Therefore, **Navin** wins", "12"), None);
    }
}
