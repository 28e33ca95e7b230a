//! Answers that are words: choice letters, yes and no, names, phrases.

use crate::read::node::Node;
use crate::read::{ReadError, stripped};
use crate::{Decision, Reason};

/// Compares as text where at least one side is not mathematics. `None`: text has nothing to say.
pub(super) fn compare(
    prediction: &str,
    reference: &str,
    p: &Result<Node, ReadError>,
    r: &Result<Node, ReadError>,
) -> Option<Decision> {
    if let (Some(a), Some(b)) = (choice(prediction), reference_choice(reference)) {
        let marked = is_marked(prediction) || is_marked(reference) || reference.len() > 2;
        if a == b {
            return Some(Decision::yes(Reason::SameChoice));
        }
        if marked && reads_as_text(p) && reads_as_text(r) {
            return Some(Decision::no(Reason::DifferentChoice, || {
                format!("({a}), not ({b})")
            }));
        }
    }
    if !reads_as_text(p) && !reads_as_text(r) {
        return None;
    }
    // A name is no other formula: `n` is not `n!`.
    let formula = |reading: &Result<Node, ReadError>| reading.is_ok() && !reads_as_text(reading);
    let name = |reading: &Result<Node, ReadError>| matches!(reading, Ok(Node::Symbol(_)));
    if (formula(p) && name(r)) || (name(p) && formula(r)) {
        return None;
    }
    if let Some(decision) = letters(prediction, reference) {
        return Some(decision);
    }
    let (a, b) = (truth(words(prediction)), truth(words(reference)));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    match a == b {
        true => Some(Decision::yes(Reason::SameWords)),
        false => Some(Decision::no(Reason::DifferentWords, || {
            format!("\"{a}\", not \"{b}\"")
        })),
    }
}

/// Two short words of which one has a capital behind a small letter are formulas like `qvB`: products of names, in
/// which capitals matter and the order does not.
fn letters(prediction: &str, reference: &str) -> Option<Decision> {
    let inner_capital = |text: &str| {
        text.as_bytes()
            .windows(2)
            .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    };
    let short = |text: &str| text.len() <= 5 && text.bytes().all(|b| b.is_ascii_alphabetic());
    let (p, r) = (stripped(prediction), stripped(reference));
    if !(short(p) && short(r) && (inner_capital(p) || inner_capital(r))) {
        return None;
    }
    let sorted = |text: &str| {
        let mut letters = text.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    Some(match sorted(p) == sorted(r) {
        true => Decision::yes(Reason::SameForm),
        false => Decision::no(Reason::DifferentValue, || format!("{p} is not {r}")),
    })
}

fn reads_as_text(reading: &Result<Node, ReadError>) -> bool {
    match reading {
        Err(_) => true,
        Ok(node) => matches!(node, Node::Text(_) | Node::Symbol(_)),
    }
}

/// Yes is true and no is false.
fn truth(words: String) -> String {
    match words.as_str() {
        "yes" => "true".to_owned(),
        "no" => "false".to_owned(),
        _ => words,
    }
}

/// Letters, digits and operators in lower case; markup, blanks, articles and closing punctuation gone.
fn words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = stripped(text);
    while let Some(c) = rest.chars().next() {
        if c == '\\' {
            let name = rest[1..]
                .bytes()
                .take_while(u8::is_ascii_alphabetic)
                .count();
            let command = &rest[1..1 + name];
            if !matches!(
                command,
                "text"
                    | "textbf"
                    | "textit"
                    | "mathrm"
                    | "mathbf"
                    | "mbox"
                    | "left"
                    | "right"
                    | "textrm"
                    | "emph"
                    | "operatorname"
                    | "quad"
                    | "displaystyle"
                    | "boxed"
            ) {
                plain.push_str(command);
            }
            rest = &rest[1 + name..];
            continue;
        }
        if !c.is_whitespace()
            && !matches!(
                c,
                '{' | '}'
                    | '$'
                    | '~'
                    | '"'
                    | '.'
                    | ','
                    | '*'
                    | '`'
                    | '('
                    | ')'
                    | '-'
                    | '−'
                    | ':'
                    | ';'
                    | '!'
            )
        {
            plain.extend(c.to_lowercase());
        } else if matches!(c, '-' | '−') {
            plain.push('-');
        } else if matches!(c, ':' | '(' | ')' | '!' | '.' | ',') && rest.len() > 1 {
            plain.push(c);
        }
        rest = &rest[c.len_utf8()..];
    }
    let plain = plain.trim_end_matches(['.', ',', '!']);
    plain
        .strip_prefix("the")
        .filter(|rest| rest.len() > 2)
        .unwrap_or(plain)
        .to_owned()
}

/// The letter of `(E)`, `E`, `E.`, `\text{(E)}`, `Option E`, `**E**`.
pub(crate) fn choice(text: &str) -> Option<char> {
    let mut text = stripped(text);
    for command in [
        "\\textbf", "\\text", "\\mathrm", "\\mathbf", "\\textit", "\\mbox", "\\rm",
    ] {
        if let Some(inner) = text.strip_prefix(command) {
            text = inner
                .trim()
                .strip_prefix('{')
                .and_then(|inner| inner.strip_suffix('}'))
                .unwrap_or(inner);
        }
    }
    let text = stripped(text);
    let lower = text.get(..7).map(str::to_ascii_lowercase);
    let text = match lower.as_deref() {
        Some("option " | "choice " | "answer ") => &text[7..],
        _ => text,
    };
    let bare = text.trim_matches(['(', ')', '[', ']', '{', '}', '.', ' ', '~']);
    let mut letters = bare.chars();
    let letter = letters.next().filter(char::is_ascii_alphabetic)?;
    letters
        .next()
        .is_none()
        .then(|| letter.to_ascii_uppercase())
}

/// Like [`choice`]; a reference may carry the choice's text behind the letter: `C Cecile`, `(A) 12`.
pub(crate) fn reference_choice(text: &str) -> Option<char> {
    if let Some(letter) = choice(text) {
        return Some(letter);
    }
    let mut lines = text.trim().lines();
    let first = lines.next()?;
    lettered(first).or_else(|| lettered(lines.next_back()?))
}

/// The letter of one line of a reference.
fn lettered(line: &str) -> Option<char> {
    let upper = |c: &char| c.is_ascii_uppercase();
    let trimmed = line.trim();
    if let Some(open) = trimmed.find('(') {
        let mut inside = trimmed[open + 1..].chars();
        if let (Some(letter), Some(')')) = (inside.next().filter(upper), inside.next()) {
            return Some(letter);
        }
    }
    let mut characters = trimmed.chars();
    let letter = characters.next().filter(upper)?;
    let rest = characters.as_str();
    let worded = rest
        .trim_start_matches(['.', ':', ')', ' '])
        .chars()
        .take_while(|c| c.is_alphabetic())
        .count()
        > 1;
    (rest.starts_with(['.', ':', ')', ' ']) && worded).then_some(letter)
}

/// Whether a letter is marked as a choice: in brackets, upright, or with a full stop.
fn is_marked(text: &str) -> bool {
    text.contains(['(', '{', '.']) || text.len() > 2
}
