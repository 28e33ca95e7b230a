//! Where an announced answer begins and ends. Knows nothing about announcements themselves.

use std::borrow::Cow;

use super::formulas::{self, Formula};
use super::{choice, conclusion, prose, truth};

/// Longer statements (bytes) are no answers.
pub(super) const LONGEST: usize = 300;
/// Sentences are looked at so far.
const LONGEST_SENTENCE: usize = 1200;

/// The answer at the start of what follows an announcement.
pub(super) fn answer(rest: &str) -> Option<Cow<'_, str>> {
    let rest = without_hedges(rest);
    let answer = match leading_formulas(rest) {
        Some(formulas) => formulas,
        None => {
            let near = &rest[..prose::floor(rest, LONGEST_SENTENCE)];
            conclusion::of(ending(sentence(near)))
        }
    };
    let answer = match answer {
        Cow::Borrowed(text) => tidy(text).into(),
        Cow::Owned(text) => Cow::Owned(text),
    };
    (!answer.is_empty() && answer.len() <= LONGEST).then_some(answer)
}

/// Without marks at the start and punctuation at the end.
fn tidy(text: &str) -> &str {
    text.trim()
        .trim_end_matches(['*', '.', ',', ' ', '"'])
        .trim_start_matches(['*', '"', ' '])
}

/// Words before an answer that say nothing about it.
const HEDGES: [&str; 21] = [
    "therefore",
    "thus",
    "hence",
    "then",
    "simply",
    "just",
    "actually",
    "indeed",
    "approximately",
    "about",
    "roughly",
    "probably",
    "clearly",
    "exactly",
    "obviously",
    "definitely",
    "either",
    "given by",
    "equal to",
    "i think",
    "option",
];

/// Without marks and hedges at the start.
pub(super) fn without_hedges(rest: &str) -> &str {
    let mut rest = rest;
    loop {
        let bare = rest.trim_start_matches([' ', ':', '\n', '*', '=', '\u{a0}', '：', '"', '—']);
        let bare = ["- ", "– "]
            .iter()
            .find_map(|dash| bare.strip_prefix(dash))
            .unwrap_or(bare);
        let bare = HEDGES
            .iter()
            .find_map(|hedge| after_word(bare, hedge))
            .unwrap_or(bare);
        if bare.len() == rest.len() {
            return bare;
        }
        rest = bare;
    }
}

/// What follows a word that `text` begins with, a comma included.
fn after_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    let behind = &text[word.len()..];
    (start.eq_ignore_ascii_case(word) && behind.starts_with([' ', ',']))
        .then(|| behind.trim_start_matches([',', ' ']))
}

/// The formula that the rest begins with, delimiters taken off; or several that are joined.
fn leading_formulas(rest: &str) -> Option<Cow<'_, str>> {
    let first = formulas::opened(rest, 0).filter(|formula| !formula.bold)?;
    let last = last_joined(rest, first);
    if rest[last.end..].trim_start().starts_with(['=', '≈']) {
        return None;
    }
    if last.end == first.end {
        Some(formulas::conclusion(first.inner))
    } else {
        Some(rest[..last.end].into())
    }
}

/// More formulas than these are no list that anyone writes.
const MOST: usize = 32;

/// The last formula of a list that ends its sentence.
fn last_joined<'a>(rest: &'a str, first: Formula<'a>) -> Formula<'a> {
    let mut last = first;
    for _ in 0..MOST {
        let Some(next) = rest[last.end..].find(['$', '\\']).map(|at| last.end + at) else {
            break;
        };
        let joined = next - last.end <= 12 && formulas::joint(&rest[last.end..next]).is_some();
        match joined.then(|| formulas::opened(rest, next)).flatten() {
            Some(formula) => last = formula,
            None => break,
        }
    }
    let behind = rest[last.end..].trim_start_matches(['*', ' ']);
    let ends = behind.is_empty() || behind.starts_with(['.', '\n', ',', ';']);
    if ends { last } else { first }
}

/// Up to the end of the line or sentence.
fn sentence(rest: &str) -> &str {
    let line = rest.lines().next().unwrap_or_default();
    let mut at = 0;
    while let Some(found) = line[at..].find(['.', '。']) {
        let end = at + found;
        let behind = &line[end..];
        let full = behind.starts_with('。');
        at = end + if full { '。'.len_utf8() } else { 1 };
        let next = line[at..].trim_start_matches(['.', ' ']);
        // `3. 5` does not end; `St. Louis` may, which costs a text answer at most.
        let ends =
            full || line[at..].starts_with(' ') && !next.starts_with(|c: char| c.is_ascii_digit());
        if ends {
            return &line[..end];
        }
    }
    line
}

/// Words that give a reason or turn to something else: the answer has ended.
const REASONS: [&str; 28] = [
    "because",
    "since",
    "where",
    "which",
    "whereas",
    "meaning",
    "note",
    "however",
    "but",
    "denn",
    "weil",
    "car",
    "puisque",
    "parce",
    "porque",
    "pues",
    "perché",
    "poiché",
    "pois",
    "потому",
    "так",
    "поскольку",
    "want",
    "omdat",
    "ponieważ",
    "çünkü",
    "vì",
    "assuming",
];
/// The same only behind a comma.
const TURNS: [&str; 12] = [
    "not", "rather", "instead", "as", "da", "i", "we", "ya", "also", "alors", "donc", "right",
];
/// Words that a conclusion follows: behind a whole sentence the answer is there.
const CONCLUSIONS: [&str; 5] = ["so", "thus", "hence", "therefore", "thereby"];

/// Up to where a reason, a remark or another clause begins.
fn ending(sentence: &str) -> &str {
    let formulas = formulas::formulas(sentence);
    let inside = |at: usize| formulas.iter().any(|f| f.start < at && at < f.end);
    let mut start = 0;
    for (at, c) in sentence.char_indices() {
        if !matches!(c, ' ' | ';' | '，' | '（') || inside(at) {
            continue;
        }
        let front = sentence[start..at].trim_end_matches([',', ' ']);
        let behind = &sentence[at + c.len_utf8()..];
        if front.is_empty() {
            continue;
        }
        match parting(&sentence[start..at], c, behind) {
            Parting::None => {}
            Parting::Conclusion(length) if prose::words(front) >= 3 => {
                start = at + c.len_utf8() + length;
            }
            Parting::Conclusion(_) | Parting::End => return without_conjunction(front),
        }
    }
    &sentence[start..]
}

/// What a blank or punctuation mark within a sentence does.
enum Parting {
    None,
    /// The answer has ended.
    End,
    /// What follows a connective of this length is concluded from what came before.
    Conclusion(usize),
}

fn parting(front: &str, mark: char, behind: &str) -> Parting {
    let word = behind
        .split(|c: char| !c.is_alphabetic())
        .next()
        .unwrap_or_default();
    let is_word = |words: &[&str]| words.iter().any(|w| word.eq_ignore_ascii_case(w));
    let end = |ends: bool| if ends { Parting::End } else { Parting::None };
    match mark {
        ';' => end(prose::words(behind) >= 2),
        '，' => end(["因为", "所以", "即", "也就是"]
            .iter()
            .any(|w| behind.starts_with(w))),
        '（' => end(conclusion::ideographs(&behind[..behind.find('）').unwrap_or(0)]) > 1),
        ' ' if is_word(&CONCLUSIONS) => Parting::Conclusion(word.len()),
        ' ' if is_word(&REASONS) || front.ends_with(',') && is_word(&TURNS) => Parting::End,
        ' ' => end(is_remark(behind) || is_dash(behind)),
        _ => Parting::None,
    }
}

/// `(see step 4)`; not `(mod 5)`, `(base 2)`.
fn is_remark(behind: &str) -> bool {
    let Some(inside) = behind.strip_prefix('(') else {
        return false;
    };
    let inside = &inside[..inside.find(')').unwrap_or(inside.len())];
    let worded = inside
        .split(|c: char| !c.is_alphabetic())
        .any(|word| word.chars().count() > 2);
    worded && !inside.starts_with("mod") && !inside.starts_with("base") && !inside.contains('\\')
        || inside.starts_with("i.e")
        || inside.starts_with("e.g")
}

/// A dash before a word.
fn is_dash(behind: &str) -> bool {
    behind.starts_with("— ")
        || ["– ", "- "]
            .iter()
            .find_map(|dash| behind.strip_prefix(dash))
            .is_some_and(|rest| {
                let word = rest.split(' ').next().unwrap_or_default();
                word.chars().count() > 1 && word.chars().all(char::is_alphabetic)
            })
}

/// Without `and` at the end.
fn without_conjunction(front: &str) -> &str {
    let front = front.strip_suffix(" and").unwrap_or(front);
    front.trim_end_matches([',', ' '])
}

/// Phrases with which a text takes back what it has said.
const RETRACTIONS: [&str; 26] = [
    "Edit:",
    "Wait,",
    "Wait.",
    "Wait -",
    "Wait—",
    "No wait",
    "no wait",
    "No, wait",
    "no, wait",
    "Hold on",
    "Hmm, wait",
    "Sorry, I meant",
    "I meant",
    "Oops",
    "Scratch that",
    "scratch that",
    "No, that",
    "No, it",
    "Actually,",
    "Correction:",
    "that's wrong",
    "that is wrong",
    "That's wrong",
    "that's not right",
    "That's not right",
    "it is actually",
];

/// Bytes behind an announcement in which it may be taken back; farther on the text speaks of something else.
const SECOND_THOUGHT: usize = 240;

/// Whether what follows an announcement takes the announced answer back for another one of its kind.
pub(super) fn takes_back(rest: &str, answer: &str) -> bool {
    let near = &rest[..prose::floor(rest, SECOND_THOUGHT)];
    RETRACTIONS.iter().any(|phrase| {
        near.find(phrase)
            .is_some_and(|at| has_another(&rest[at + phrase.len()..], answer))
    })
}

/// Whether a text speaks of another letter where the answer is one, of another truth value, or of any number.
fn has_another(text: &str, answer: &str) -> bool {
    let marks = |c: char| !c.is_alphanumeric();
    let answer = answer.trim_matches(marks);
    let letter = |word: &str| matches!(word.as_bytes(), [b'A'..=b'H']);
    // `A quick check`, `the D edge` speak of no choice.
    let goes_on = |at: usize| {
        let mut behind = text[at..].chars();
        behind.next() == Some(' ') && behind.next().is_some_and(char::is_lowercase)
    };
    let is_truth = truth::is_truth_value(answer);
    if !letter(answer) && !is_truth {
        return text.contains(prose::is_digit);
    }
    choice::words_from_the_end(text).any(|(at, word)| {
        let kind = if is_truth {
            truth::is_truth_value(word)
        } else {
            letter(word) && !goes_on(at + word.len())
        };
        kind && !word.eq_ignore_ascii_case(answer)
    })
}

#[cfg(test)]
mod tests {
    use super::answer;

    fn found(rest: &str) -> Option<String> {
        answer(rest).map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn where_it_ends() {
        for (rest, value) in [
            (" 48 because she gave 12 away.", "48"),
            (" 1.250 Euro, denn 5 mal 250 Euro.", "1.250 Euro"),
            (" 25, as there are 5 rows of 5.", "25"),
            (" 81, I think.", "81"),
            (": 12 (see step 4)", "12"),
            (": 12 (mod 5)", "12 (mod 5)"),
            (" 3/8 so the odds are 3 to 5.", "3/8"),
            (" 17; note that 13 is too small.", "17"),
            (" 17 - the 7th prime.", "17"),
            (" 17 — a prime.", "17"),
            (" $x = 3$ or $x = -3$.", "$x = 3$ or $x = -3$"),
            ("：15（因为3×5=15）", "15"),
            (" -5 - x", "-5 - x"),
            (" x=1; x=2", "x=1; x=2"),
        ] {
            assert_eq!(found(rest).as_deref(), Some(value), "{rest}");
        }
    }
}
