//! What an announcement announces: where the answer ends, and what a whole sentence concludes. Knows nothing about
//! announcements themselves.

use std::borrow::Cow;

use super::formulas::{self, Formula};
use super::{expression, prose};

/// Longer statements (bytes) are no answers.
pub(super) const LONGEST: usize = 300;

/// The answer at the start of what follows an announcement.
pub(super) fn answer(rest: &str) -> Option<Cow<'_, str>> {
    let rest = without_hedges(rest);
    let answer = match leading_formulas(rest) {
        Some(formulas) => formulas,
        None => {
            let sentence = sentence(rest);
            conclusion(ending(
                sentence
                    .get(..sentence.len().min(4 * LONGEST))
                    .unwrap_or(sentence),
            ))
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
fn without_hedges(rest: &str) -> &str {
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
    match last.end == first.end {
        true => Some(formulas::conclusion(first.inner)),
        false => Some(rest[..last.end].into()),
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
const TURNS: [&str; 8] = ["as", "da", "i", "we", "ya", "also", "alors", "donc"];
/// Words that a conclusion follows: behind a whole sentence the answer is there.
const CONCLUSIONS: [&str; 5] = ["so", "thus", "hence", "therefore", "thereby"];

/// Up to where a reason, a remark or another clause begins.
fn ending(sentence: &str) -> &str {
    let formulas = formulas::formulas(sentence);
    let inside = |at: usize| formulas.iter().any(|f| f.start < at && at < f.end);
    let mut start = 0;
    for (at, c) in sentence.char_indices() {
        if !matches!(c, ' ' | ';' | '，' | ',') || inside(at) {
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

/// More words behind a number than these name no unit.
const LONGEST_UNIT: usize = 3;

/// Ideographs that make a sentence.
const IDEOGRAPHS: usize = 4;

/// The value in a sentence that tells the answer: behind the last equality sign or verb, marked, or the first number.
fn conclusion(sentence: &str) -> Cow<'_, str> {
    let has_digit = |text: &str| text.contains(prose::is_digit);
    if !has_digit(sentence) {
        return sentence.into();
    }
    let ideographs = sentence
        .chars()
        .filter(|c| matches!(c, '\u{3040}'..='\u{9fff}'))
        .count();
    if ideographs >= IDEOGRAPHS
        && let Some(number) = expression::last(sentence)
    {
        return number.text;
    }
    if prose::words(sentence) < 3 {
        return sentence.into();
    }
    if let Some((_, value)) = sentence
        .rsplit_once('=')
        .filter(|(_, value)| has_digit(value))
    {
        return first_value(value.trim());
    }
    if sentence.starts_with(|c: char| c.is_ascii_digit() || c == '\\') {
        return match prose::words(sentence) > LONGEST_UNIT && !prose::joins_numbers(sentence) {
            true => first_value(sentence),
            false => sentence.into(),
        };
    }
    if let Some(value) = behind_verb(sentence).filter(|value| has_digit(value)) {
        return first_value(value);
    }
    first_value(sentence)
}

/// What stands behind the last verb.
fn behind_verb(sentence: &str) -> Option<&str> {
    sentence
        .rmatch_indices(' ')
        .map(|(at, _)| at)
        .find_map(|at| {
            let start = sentence[..at].rfind(' ').map_or(0, |blank| blank + 1);
            prose::is_copula(&sentence[start..at]).then(|| &sentence[at + 1..])
        })
}

/// A short phrase itself; else what is marked in it, or its first number.
fn first_value(phrase: &str) -> Cow<'_, str> {
    if prose::words(phrase) < 3 {
        return phrase.into();
    }
    let marked = |formula: &&Formula<'_>| {
        formula.inner.contains(prose::is_digit) && prose::words(formula.inner) < 3
    };
    if let Some(formula) = formulas::formulas(phrase).iter().find(marked) {
        return formula.inner.into();
    }
    match expression::first(phrase) {
        Some(number) => number.text,
        None => phrase.into(),
    }
}

/// Phrases with which a text takes back what it has said.
const RETRACTIONS: [&str; 11] = [
    "Wait,",
    "Wait.",
    "Wait -",
    "Wait—",
    "No, that",
    "No, it",
    "Actually,",
    "Correction:",
    "that's wrong",
    "that is wrong",
    "it is actually",
];

/// Whether what follows an announcement takes it back for another number.
pub(super) fn takes_back(rest: &str) -> bool {
    RETRACTIONS.iter().any(|phrase| {
        rest.find(phrase)
            .is_some_and(|at| rest[at..].contains(prose::is_digit))
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
            (" -5 - x", "-5 - x"),
            (" x=1; x=2", "x=1; x=2"),
        ] {
            assert_eq!(found(rest).as_deref(), Some(value), "{rest}");
        }
    }

    #[test]
    fn what_a_sentence_concludes() {
        for (rest, value) in [
            (
                "\nThe train travels 180 miles in 3 hours, so its speed is 60 mph.",
                "60 mph",
            ),
            (" The perimeter is 2(3+5) = 16 cm.", "16 cm"),
            (
                " that it takes **160 minutes** (or 2 hours and 40 minutes).",
                "160 minutes",
            ),
            (" 甲的速度是每小时15千米。", "15"),
            (" therefore given by 3 + 4 = 7, and hence 7.", "3 + 4 = 7"),
        ] {
            assert_eq!(found(rest).as_deref(), Some(value), "{rest}");
        }
    }
}
