//! Answers that are words: yes and no, names, phrases.

use crate::read::node::Node;
use crate::read::{LONGEST, ReadError, TEXT_COMMANDS, stripped};
use crate::{Decision, Reason};

/// Compares as text where at least one side is not mathematics. `None`: text has nothing to say.
pub(super) fn compare(
    prediction: &str,
    reference: &str,
    p: &Result<Node, ReadError>,
    r: &Result<Node, ReadError>,
) -> Option<Decision> {
    if !reads_as_text(p) && !reads_as_text(r) {
        return None;
    }
    // A name is no other formula: `n` is not `n!`.
    let prose = |node: &Node| node.any(&|node| matches!(node, Node::Text(_)));
    let formula = |reading: &Result<Node, ReadError>| {
        !reads_as_text(reading) && reading.as_ref().is_ok_and(|node| !prose(node))
    };
    let name = |reading: &Result<Node, ReadError>| matches!(reading, Ok(Node::Symbol(_)));
    if (formula(p) && name(r)) || (name(p) && formula(r)) {
        return None;
    }
    let letter = |reading: &Result<Node, ReadError>| matches!(reading, Ok(Node::Symbol(name)) if name.len() == 1);
    if letter(p) && letter(r) {
        return None;
    }
    // What is no mathematics says the same as a formula only in the same letters: `*2^{n}+1` is not `2^{n+1}`.
    if (formula(r) && p.is_err()) || (formula(p) && r.is_err()) {
        return (tight(prediction) == tight(reference)).then(|| Decision::yes(Reason::SameWords));
    }
    if prediction.len() > LONGEST || reference.len() > LONGEST {
        return None;
    }
    if let Some(decision) = letters(prediction, reference) {
        return Some(decision);
    }
    let (a, b) = (truth(words(prediction)), truth(words(reference)));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    if a == b {
        Some(Decision::yes(Reason::SameWords))
    } else {
        Some(Decision::no(Reason::DifferentWords, || {
            format!("\"{a}\", not \"{b}\"")
        }))
    }
}

/// A text without blanks, dollars, a closing full stop and the braces of a set around all of it.
fn tight(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut apart = false;
    for c in text.chars() {
        if c.is_whitespace() || c == '$' {
            apart = true;
            continue;
        }
        // Digits that stand apart stay apart.
        if apart && c.is_ascii_digit() && bare.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
            bare.push(' ');
        }
        apart = false;
        bare.push(c);
    }
    let bare = bare.trim_end_matches(['.', ',']);
    let bare = bare.strip_prefix("\\boxed{").unwrap_or(bare);
    let bare = bare.strip_prefix("\\{").unwrap_or(bare);
    let bare = bare.strip_suffix("\\}").unwrap_or(bare);
    bare.trim_end_matches('\\').to_owned()
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
    Some(if sorted(p) == sorted(r) {
        Decision::yes(Reason::SameForm)
    } else {
        Decision::no(Reason::DifferentValue, || format!("{p} is not {r}"))
    })
}

pub(super) fn reads_as_text(reading: &Result<Node, ReadError>) -> bool {
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
        "doesnotexist" | "limitdoesnotexist" | "undefined" | "isundefined" | "notdefined" => {
            "dne".to_owned()
        }
        _ => words,
    }
}

/// Commands that say nothing where words are compared.
const LAYOUT_COMMANDS: [&str; 6] = [
    "left",
    "right",
    "operatorname",
    "quad",
    "displaystyle",
    "boxed",
];

/// Letters, digits and operators in lower case; markup, blanks, articles and closing punctuation gone. Digits that
/// stand apart stay apart: `1 2` is not 12.
fn words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = stripped(text);
    let mut apart = false;
    while !rest.is_empty() {
        if plain.is_empty()
            && let Some(behind) = behind_article(rest)
        {
            rest = behind;
            continue;
        }
        let (said, behind) = spoken(rest);
        rest = behind;
        let digit = |c: char| c.is_ascii_digit() || c == '.';
        let digits = said.starts_with(digit) && plain.ends_with(digit);
        if apart && digits {
            plain.push(' ');
        }
        apart = said.is_empty() && (apart || !plain.is_empty());
        plain.push_str(&said);
    }
    plain.trim_end_matches(['.', ',', '!', ' ']).to_owned()
}

/// What the first character or command of `text` says, and what follows it.
fn spoken(text: &str) -> (String, &str) {
    let mut characters = text.chars();
    let Some(c) = characters.next() else {
        return (String::new(), "");
    };
    let behind = characters.as_str();
    if c == '\\' {
        let name = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (command, behind) = behind.split_at(name);
        let said = if LAYOUT_COMMANDS.contains(&command) || TEXT_COMMANDS.contains(&command) {
            ""
        } else {
            command
        };
        return (said.to_owned(), behind);
    }
    let said = match c {
        '-' | '−' => "-".to_owned(),
        ':' | '(' | ')' | '!' | '.' | ',' if !behind.is_empty() => c.to_string(),
        '{' | '}' | '$' | '~' | '"' | '.' | ',' | '*' | '`' | '(' | ')' | ':' | ';' | '!' => {
            String::new()
        }
        c if c.is_whitespace() => String::new(),
        c => c.to_lowercase().collect(),
    };
    (said, behind)
}

/// What follows an article before a word of some length.
fn behind_article(text: &str) -> Option<&str> {
    let (article, rest) = text.split_once(' ')?;
    let known = ["a", "an", "the", "on", "at"]
        .iter()
        .any(|known| article.eq_ignore_ascii_case(known));
    let length = rest.chars().take_while(|c| c.is_alphabetic()).count();
    (known && length > 2).then_some(rest)
}
