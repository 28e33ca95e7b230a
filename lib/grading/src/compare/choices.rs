//! Letters of multiple choice, alone, with their text, and several of them.

use super::texts::reads_as_text;
use crate::read::node::Node;
use crate::read::{ReadError, TEXT_COMMANDS, stripped};
use crate::{Decision, Reason};

/// Compares as choices. `None` where the two are none, or may be other things.
pub(super) fn compare(
    prediction: &str,
    reference: &str,
    p: &Result<Node, ReadError>,
    r: &Result<Node, ReadError>,
    reference_asks: bool,
) -> Option<Decision> {
    let asked = if reference_asks {
        reference_choice(reference)
    } else {
        choice(reference)
    };
    if let (Some(a), Some(b)) = (choice(prediction), asked) {
        let marked = is_marked(prediction) || is_marked(reference);
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
        && choice(reference)
            .is_some_and(|letter| leading_choice(prediction).is_some_and(|(own, _)| own == letter));
    (listed || led).then(|| Decision::yes(Reason::SameChoice))
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

/// Whether a letter is marked as a choice: in brackets, upright, with a full stop, or by further words.
fn is_marked(text: &str) -> bool {
    text.contains(['(', '{', '.']) || text.len() > 2
}

/// The letter of a choice that goes on with the choice's text: `(A) 5`, `A. 5`, `\textbf{(A)}\ 5`.
fn leading_choice(text: &str) -> Option<(char, &str)> {
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
    (closed && goes_on && !takes_back(rest)).then_some((letter, rest))
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
    let (_, text) = leading_choice(text)?;
    let behind = text.trim_start_matches(['}', '\\', ' ', '~', ':', '.']);
    // The backslash of a command was no blank.
    let start = text.len() - behind.len();
    let command =
        text[..start].ends_with('\\') && behind.starts_with(|c: char| c.is_ascii_alphabetic());
    Some(if command { &text[start - 1..] } else { behind })
}

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
