//! Whether a box holds an answer: not blanks, dots and dashes, and not only a word for one, as in `\boxed{your answer}`.

use super::boxed::braced;
use super::gaps::is_among;

/// What is longer than this (bytes) is looked at no closer: nobody writes so many blanks.
const LONGEST: usize = 400;

/// Words for an answer that is not there.
const NOUNS: &str = "\
    answer answers ans result solution response placeholder youranswer finalanswer tbd 答案 你的答案 最终答案 \
    antwort respuesta ответ";

/// Words around those.
const AROUND: &str = "\
    a an the my your our this final correct numerical numeric exact boxed box value number text here \
    goes is in inside of to insert put write enter place some";

/// Commands whose argument is not shown.
const INVISIBLE: &str = "phantom hphantom vphantom hspace vspace rule color label";

/// Commands that set blanks, a font, dots or an empty frame.
const SETTING: &str = "\
    quad qquad enspace thinspace space hfill newline displaystyle textstyle ldots cdots dots dotsc cdot \
    bullet square Box text textbf textit textrm texttt textsf textsc textnormal textunderscore mathrm \
    mathbf mathit mathsf mathtt operatorname mbox hbox emph underline boxed fbox left right large";

/// Whether there is something in a box.
pub(super) fn holds_answer(content: &str) -> bool {
    content.len() > LONGEST
        || match words(content) {
            Shown::Mathematics => true,
            Shown::Words(words) => !is_placeholder(&words),
        }
}

/// What a box shows.
enum Shown {
    Mathematics,
    /// Letters alone; there may be none.
    Words(Vec<String>),
}

fn is_placeholder(words: &[String]) -> bool {
    let is = is_among;
    let names = words.iter().any(|word| is(word, NOUNS));
    let only = words.iter().all(|word| is(word, NOUNS) || is(word, AROUND));
    words.is_empty() || names && only || words == ["no", "answer"]
}

fn words(content: &str) -> Shown {
    let (mut words, mut word) = (Vec::new(), String::new());
    // Signs that are an answer by themselves, as `>` is, and mean nothing around words.
    let mut signs = false;
    let mut rest = content;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match c {
            '\\' => match behind_layout(rest) {
                Some(behind) => rest = behind,
                None => return Shown::Mathematics,
            },
            '<' | '>' | '[' | ']' | '(' | ')' | '*' | '"' | '\'' | '`' | ':' | '!' | '=' | '+'
            | '/' | '|' | '#' => signs = true,
            '{' | '}' | '$' | '~' | '.' | ',' | ';' | '…' | '⋯' | '·' | '•' | '?' | '_' | '-'
            | '–' | '—' | '−' => {}
            '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => {}
            c if c.is_whitespace() => {}
            _ => return Shown::Mathematics,
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    if signs && words.is_empty() {
        Shown::Mathematics
    } else {
        Shown::Words(words)
    }
}

/// What follows a command that shows nothing, with its argument where that is not shown; `rest` is behind the backslash.
fn behind_layout(rest: &str) -> Option<&str> {
    let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    if length == 0 {
        let blank = [
            ' ', ',', ';', ':', '!', '>', '_', '\\', '(', ')', '[', ']', '$', '\n',
        ];
        return rest.strip_prefix(blank);
    }
    let (name, mut behind) = rest.split_at(length);
    if is_among(name, INVISIBLE) {
        while let Some(argument) = braced(behind) {
            behind = &behind[argument.len() + 2..];
        }
        return Some(behind);
    }
    is_among(name, SETTING).then_some(behind)
}

#[cfg(test)]
mod tests {
    use super::holds_answer;

    #[test]
    fn boxes_without_content() {
        for content in [
            "",
            " ",
            r"\ ",
            "~",
            r"\quad",
            r"\,",
            "{}",
            r"\text{}",
            r"\text{ }",
            "$$",
            "?",
            "...",
            "-",
            r"\phantom{1}",
            "\u{200b}",
            "\u{a0}",
            ".",
            r"\boxed{}",
            r"\cdot",
            r"\_\_",
            "___",
            r"\ldots",
            r"\underline{\hspace{2cm}}",
            r"\square",
            "…",
            r"\hspace{1em}\phantom{x+1}",
        ] {
            assert!(!holds_answer(content), "{content:?}");
        }
    }

    #[test]
    fn boxes_that_only_name_an_answer() {
        for content in [
            "answer",
            "ANSWER",
            r"\text{answer}",
            "your answer",
            "final_answer",
            r"\text{your final answer here}",
            "[answer]",
            "<answer>",
            "Your Answer Here",
            r"\text{no answer}",
            r"\text{insert answer}",
            "答案",
            r"final\_answer",
            "...answer...",
            "result",
        ] {
            assert!(!holds_answer(content), "{content:?}");
        }
    }

    #[test]
    fn answers() {
        for content in [
            "0",
            "x",
            "58",
            "-1",
            ">",
            "=",
            "+",
            r"\emptyset",
            r"\{\}",
            "[]",
            "()",
            r"\infty",
            "A",
            "no solution",
            r"\text{no solution}",
            "none",
            r"\text{yes}",
            r"\text{the answer is } 5",
            "answer: 5",
            "solution set",
            r"\frac{}{2}",
            "∅",
            r"\text{undefined}",
            "an",
            "here",
            r"\$5",
            r"50\%",
            r"\phantom{1}2",
            "number",
        ] {
            assert!(holds_answer(content), "{content:?}");
        }
    }
}
