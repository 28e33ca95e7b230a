//! Answers that are words: choice letters, yes and no, names, phrases.

use crate::read::node::Node;
use crate::read::{LONGEST, ReadError, stripped};
use crate::{Decision, Reason};

/// Compares as text where at least one side is not mathematics. `None`: text has nothing to say.
pub(super) fn compare(
    prediction: &str,
    reference: &str,
    p: &Result<Node, ReadError>,
    r: &Result<Node, ReadError>,
    reference_asks: bool,
) -> Option<Decision> {
    let asked = match reference_asks {
        true => reference_choice(reference),
        false => choice(reference),
    };
    if let (Some(a), Some(b)) = (choice(prediction), asked) {
        let marked = is_marked(prediction) || is_marked(reference) || reference.len() > 2;
        // Beyond J an unmarked letter is a name, and capitals matter.
        if a == b && (marked || matches!(a, 'A'..='J')) {
            return Some(Decision::yes(Reason::SameChoice));
        }
        if marked && reads_as_text(p) && reads_as_text(r) {
            return Some(Decision::no(Reason::DifferentChoice, || {
                format!("({a}), not ({b})")
            }));
        }
    }
    let listed = match (several_choices(prediction), several_choices(reference)) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    };
    let led = reference_asks
        && choice(reference).is_some_and(|letter| leading_choice(prediction) == Some(letter));
    if listed || led {
        return Some(Decision::yes(Reason::SameChoice));
    }
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
    match a == b {
        true => Some(Decision::yes(Reason::SameWords)),
        false => Some(Decision::no(Reason::DifferentWords, || {
            format!("\"{a}\", not \"{b}\"")
        })),
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

/// The letter of a choice that goes on with the choice's text: `(A) 5`, `A. 5`, `\textbf{(A)}\ 5`.
fn leading_choice(text: &str) -> Option<char> {
    let text = stripped(text);
    let text = text
        .strip_prefix('\\')
        .and_then(|command| command.split_once('{'))
        .filter(|(command, _)| TEXT_COMMANDS.contains(command))
        .map_or(text, |(_, inner)| inner)
        .trim_start();
    let inner = text.strip_prefix('(');
    let mut characters = inner.unwrap_or(text).chars();
    let letter = characters.next().filter(char::is_ascii_uppercase)?;
    let closed = match inner {
        Some(_) => characters.next() == Some(')'),
        None => matches!(characters.next(), Some(')' | '.' | ':')),
    };
    let rest = characters.as_str();
    let behind = rest.strip_prefix('}').unwrap_or(rest);
    let goes_on = behind.is_empty() || behind.starts_with([' ', '~', '\\', '$']);
    (closed && goes_on && !takes_back(rest)).then_some(letter)
}

/// Whether what follows a choice names another one or denies it: `or (D)`, `is wrong`.
fn takes_back(rest: &str) -> bool {
    let another = |word: &str| {
        let mut letters = word.trim_start_matches('(').chars();
        letters.next().is_some_and(|c| c.is_ascii_uppercase())
            && matches!(letters.next(), Some(')' | '.'))
    };
    rest.split([' ', '~', '{', '}', ',']).any(|word| {
        another(word) || TAKING_BACK.contains(&word) || matches!(word.as_bytes(), [b'A'..=b'J'])
    })
}

/// Words that deny a choice or add another.
const TAKING_BACK: [&str; 10] = [
    "or",
    "and",
    "not",
    "wrong",
    "incorrect",
    "nor",
    "no",
    "false",
    "is",
    "isn't",
];

/// What stands behind the letter of `\textbf{(D)}\ \frac{5}{9}`.
pub(super) fn value_of_choice(text: &str) -> Option<&str> {
    let text = stripped(text);
    leading_choice(text)?;
    let (_, behind) = text.split_once(')')?;
    let behind = behind.trim_start_matches(['}', '\\', ' ', '~', ':', '.']);
    // The backslash of a command was no blank.
    let start = text.len() - behind.len();
    let command =
        text[..start].ends_with('\\') && behind.starts_with(|c: char| c.is_ascii_alphabetic());
    Some(if command { &text[start - 1..] } else { behind })
}

/// Commands that set words in a font.
const TEXT_COMMANDS: [&str; 14] = [
    "text",
    "textbf",
    "textrm",
    "textit",
    "textsf",
    "texttt",
    "mathrm",
    "mathbf",
    "mbox",
    "emph",
    "boldsymbol",
    "bm",
    "bf",
    "rm",
];

/// Capital letters that name several choices, in order: `A,C`, `\text{C and A}`, `(A), (C)`, and `AC` where they follow
/// one another.
fn several_choices(text: &str) -> Option<Vec<char>> {
    const MOST: usize = 26;
    let text = stripped(text);
    let mut letters = Vec::new();
    let (mut parted, mut words) = (false, 0);
    for word in text.split([' ', ',', ';', '{', '}', '(', ')', '~', '$', '&']) {
        parted |= !letters.is_empty();
        match word {
            "" | "and" | "\\" => {}
            _ if word
                .strip_prefix('\\')
                .is_some_and(|name| TEXT_COMMANDS.contains(&name)) => {}
            _ if word.bytes().all(|b| b.is_ascii_uppercase()) => {
                words += 1;
                letters.extend(word.chars());
            }
            _ => return None,
        }
        if letters.len() > MOST {
            return None;
        }
    }
    let single = words == letters.len() && parted;
    let rising = words == 1 && letters.windows(2).all(|pair| pair[0] < pair[1]);
    letters.sort_unstable();
    letters.dedup();
    (letters.len() > 1 && (single || rising)).then_some(letters)
}

/// Yes is true and no is false.
fn truth(words: String) -> String {
    match words.as_str() {
        "yes" => "true".to_owned(),
        "no" => "false".to_owned(),
        "doesnotexist" => "dne".to_owned(),
        _ => words,
    }
}

/// Commands that only set text.
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

/// The letter of `(E)`, `E`, `E.`, `\text{(E)}`, `Option E`, `**E**`.
pub(crate) fn choice(text: &str) -> Option<char> {
    let mut text = stripped(text);
    // One command in another, no deeper.
    for _ in 0..2 {
        let Some(rest) = text.strip_prefix('\\') else {
            break;
        };
        let name = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, inner) = rest.split_at(name);
        if TEXT_COMMANDS.contains(&name) {
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

/// Words before the letter of a choice.
const ANNOUNCING: [&str; 9] = [
    "the",
    "answer",
    "is",
    "option",
    "choice",
    "correct",
    "final",
    "so",
    "therefore",
];

/// The letter of one line of a reference.
fn lettered(line: &str) -> Option<char> {
    let upper = |c: &char| matches!(c, 'A'..='J');
    let trimmed = line.trim();
    if several_choices(trimmed).is_some_and(|letters| letters.len() > 1) {
        return None;
    }
    // `The answer is (B)`, but not `Triangle (B) has area 5`.
    let apart = |before: &str| {
        let mut words = before.split(|c: char| !c.is_alphabetic());
        let announces = |word: &str| {
            word.is_empty()
                || TEXT_COMMANDS.contains(&word)
                || ANNOUNCING.iter().any(|own| own.eq_ignore_ascii_case(word))
        };
        (before.is_empty() || before.ends_with([' ', '{', '~', '\n'])) && words.all(announces)
    };
    if let Some(open) = trimmed
        .find('(')
        .filter(|open| apart(&trimmed[..*open]) && !trimmed.contains('='))
    {
        let mut inside = trimmed[open + 1..].chars();
        if let (Some(letter), Some(')')) = (inside.next().filter(upper), inside.next()) {
            return Some(letter);
        }
    }
    let mut characters = trimmed.chars();
    let letter = characters.next().filter(upper)?;
    let rest = characters.as_str();
    let content = rest.trim_start_matches(['.', ':', ')', ' ']);
    // `C Cecile`; `A line` is an article.
    let marked =
        rest.starts_with(['.', ':', ')']) || content.starts_with(|c: char| c.is_uppercase());
    let worded = marked && content.chars().take_while(|c| c.is_alphabetic()).count() > 1;
    let valued = rest.starts_with(['.', ':', ')'])
        && content.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '\\' | '-'));
    (rest.starts_with(['.', ':', ')', ' ']) && (worded || valued)).then_some(letter)
}

/// Whether a letter is marked as a choice: in brackets, upright, or with a full stop.
fn is_marked(text: &str) -> bool {
    text.contains(['(', '{', '.']) || text.len() > 2
}
