//! Lists in plain prose, found from their last element: `12 and 18` behind a verb, `x = 3 or x = 7`.

use std::ops::Range;

use super::expression::{balanced, introduced, run, segment};
use super::prose::{self, Kind, Token};

/// More elements than these are no list that anyone writes.
const MOST: usize = 32;

/// The list that an item closes: every element labelled with one name, or a verb before the first.
pub(super) fn ended_by(text: &str, tokens: &[Token], last: &Range<usize>) -> Option<Range<usize>> {
    let mut first = with_label(tokens, last.start);
    let (mut count, mut conjunction) = (1, false);
    let mut names = vec![name(text, tokens, last.start)];
    while count < MOST {
        let Some((end, word)) = before_joint(text, tokens, first) else {
            break;
        };
        let run = run(text, tokens, end - 1);
        let item = balanced(tokens, segment(tokens, run.start..end, end - 1), end - 1);
        names.push(name(text, tokens, item.start));
        first = with_label(tokens, item.start);
        conjunction |= word;
        count += 1;
    }
    let labelled = names[0].is_some() && names.iter().all(|name| *name == names[0]);
    let either = first
        .checked_sub(1)
        .is_some_and(|i| prose::opens_list(tokens[i].word(text)));
    let introduced = either || introduced(text, tokens, first);
    let several = count > 1 && (conjunction || count > 2 || labelled);
    (several && (labelled || introduced)).then_some(first..last.end)
}

/// Where the element before a comma or conjunction has ended, and whether there is a conjunction.
fn before_joint(text: &str, tokens: &[Token], start: usize) -> Option<(usize, bool)> {
    let mut at = start.checked_sub(1)?;
    let word = prose::is_conjunction(tokens[at].word(text));
    if word {
        at = at.checked_sub(1)?;
    }
    let comma = tokens[at].kind == Kind::Separator;
    if comma {
        at = at.checked_sub(1)?;
    }
    ((word || comma) && tokens[at].ends_operand()).then_some((at + 1, word))
}

/// Where `name =` before a value starts, or the value.
fn with_label(tokens: &[Token], start: usize) -> usize {
    let labelled =
        start >= 2 && tokens[start - 1].kind == Kind::Equal && tokens[start - 2].kind == Kind::Name;
    if labelled { start - 2 } else { start }
}

fn name<'a>(text: &'a str, tokens: &[Token], start: usize) -> Option<&'a str> {
    let label = with_label(tokens, start);
    (label < start).then(|| &text[tokens[label].start..tokens[label].end])
}

#[cfg(test)]
mod tests {
    use super::super::expression::last;

    fn found(text: &str) -> Option<String> {
        last(text).map(|found| found.text.into_owned())
    }

    #[test]
    fn lists() {
        for (text, list) in [
            ("The numbers are 12 and 18.", "12 and 18"),
            ("It is either 7 or 8.", "7 or 8"),
            ("so x = 3 or x = 7", "x = 3 or x = 7"),
            ("They are 3, 4, and 7.", "3, 4, and 7"),
        ] {
            assert_eq!(found(text).as_deref(), Some(list), "{text}");
        }
    }
}
