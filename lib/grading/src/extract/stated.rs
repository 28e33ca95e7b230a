//! Answers that a text announces: `#### 42`, "the answer is 42", "## Final Answer", `{"answer": "42"}`. Where an
//! announced answer ends is told by [`clause`](super::clause).

use std::borrow::Cow;

use super::{Extracted, Rule, clause, conclusion};

/// Announcements, compared without regard to ASCII case. The last one in the text counts.
///
/// Where the first letter is not ASCII, both cases are listed.
const ANNOUNCEMENTS: [&str; 70] = [
    "answer is",
    "answer:",
    "answer :",
    "answer would be",
    "answer must be",
    "answer should be",
    "answer =",
    "answer -",
    "answer –",
    "answer —",
    "answers are",
    "\na: ",
    "answer to the question is",
    "final answer\n",
    "final answer**",
    "answer\":",
    "result:",
    "答案是",
    "答案为",
    "答案为：",
    "答案：",
    "答案:",
    "答：",
    "答:",
    "答案是：",
    "réponse est",
    "réponse:",
    "réponse :",
    "réponse finale :",
    "respuesta es",
    "respuesta correcta es",
    "respuesta final es",
    "respuesta:",
    "antwort ist",
    "antwort:",
    "antwort lautet",
    "ergebnis ist",
    "ergebnis:",
    "risposta è",
    "risposta:",
    "resposta é",
    "resposta:",
    "antwoord is",
    "antwoord:",
    "odpowiedź:",
    "odpowiedź to",
    "cevap:",
    "đáp án là",
    "đáp án:",
    "đáp số:",
    "Đáp án là",
    "Đáp án:",
    "Đáp số:",
    "ответ:",
    "Ответ:",
    "Ответ -",
    "Ответ —",
    "ответ -",
    "ответ —",
    "ответ —",
    "答えは",
    "答え：",
    "정답은",
    "الإجابة هي",
    "الجواب هو",
    "الإجابة النهائية:",
    "उत्तर है",
    "התשובה היא",
    "απάντηση είναι",
    "Απάντηση:",
];

/// Which bytes announcements have at a place, in either case: sorts out nearly all of a text.
const fn bytes_at(place: usize) -> [bool; 256] {
    let mut bytes = [false; 256];
    let mut at = 0;
    while at < ANNOUNCEMENTS.len() {
        let byte = ANNOUNCEMENTS[at].as_bytes()[place];
        bytes[byte as usize] = true;
        bytes[byte.to_ascii_uppercase() as usize] = true;
        at += 1;
    }
    bytes
}

const FIRST: [bool; 256] = bytes_at(0);
const SECOND: [bool; 256] = bytes_at(1);
const THIRD: [bool; 256] = bytes_at(2);

/// What stands on the line behind the last `####`.
pub(super) fn hashes(text: &str) -> Option<Extracted<'_>> {
    let at = text.rfind("####")?;
    let line = text[at + 4..].lines().next().unwrap_or_default();
    let marks = |c: char| matches!(c, '*' | '_' | ' ' | ':');
    let ended = line.trim_end_matches(['*', ' ']).ends_with(':');
    let bold = line
        .trim()
        .strip_prefix("**")
        .and_then(|rest| rest.split_once("**"));
    // `**Question 1:**` is a heading.
    let value = |inner: &str| {
        inner.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '-' | '\\'))
    };
    let line = match bold {
        Some((heading, rest))
            if heading.trim_end().ends_with([':', '.']) && !rest.trim().is_empty() =>
        {
            rest
        }
        Some((inner, _)) if value(inner) => inner,
        _ => line,
    };
    let line = line.trim().trim_matches(marks);
    // `#### 4. Final result`
    let title = line.split_once(". ").is_some_and(|(number, title)| {
        number.bytes().all(|b| b.is_ascii_digit()) && title.starts_with(char::is_uppercase)
    });
    if title || line.starts_with("Step ") {
        return None;
    }
    let line = stated(line).unwrap_or_else(|| conclusion::of(line));
    // `#### Step 2:` is a heading.
    (!line.is_empty() && line.bytes().any(|b| b.is_ascii_digit() || b == b'\\') && !ended)
        .then_some(Extracted {
            text: line,
            rule: Rule::Hashes,
        })
}

/// What the last announcement announces. `This answer is correct` announces nothing, nor does `if the answer is 5`;
/// an answer that the text takes back is none.
pub(super) fn stated(text: &str) -> Option<Cow<'_, str>> {
    let mut end = text.len();
    // Degenerate text repeats itself: a bounded number of looks is enough.
    for _ in 0..64 {
        let Some((at, length)) = last_announcement(&text[..end]) else {
            // A list of options begins in the same way.
            let rest = text
                .strip_prefix("A: ")
                .filter(|_| !text.contains("\nB: "))?;
            return clause::answer(rest).filter(|answer| !clause::takes_back(rest, answer));
        };
        let rest = &text[at + length..];
        end = at;
        if is_supposed(&text[..at]) {
            continue;
        }
        let json = text[..at + length].ends_with("\":");
        let answer = if json {
            json_value(rest).map(Cow::Borrowed)
        } else {
            clause::answer(rest)
        };
        if let Some(answer) = answer.filter(|answer| !is_opinion(answer)) {
            return (!clause::takes_back(rest, &answer)).then_some(answer);
        }
    }
    None
}

/// The last announcement: where it starts and how long it is. One pass from the end.
fn last_announcement(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let longest = |at: usize| {
        let begins = |a: &&&str| {
            bytes
                .get(at..at + a.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(a.as_bytes()))
        };
        ANNOUNCEMENTS
            .iter()
            .filter(begins)
            .map(|a| (at, a.len()))
            .max()
    };
    let possible = |at: &usize| {
        FIRST[usize::from(bytes[*at])]
            && SECOND[usize::from(bytes[*at + 1])]
            && THIRD[usize::from(bytes[*at + 2])]
    };
    (0..bytes.len().saturating_sub(2))
        .rev()
        .filter(possible)
        .find_map(longest)
}

/// `if the answer is`, `suppose the answer is`, `a wrong answer is`, `Long answer:`: no statement.
fn is_supposed(before: &str) -> bool {
    let before = before.trim_end();
    let before = before.strip_suffix("the").unwrap_or(before).trim_end();
    let word = before
        .rsplit(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    [
        "if",
        "suppose",
        "assume",
        "assuming",
        "whether",
        "unless",
        "long",
        "wrong",
        "incorrect",
        "previous",
    ]
    .iter()
    .any(|supposed| word.eq_ignore_ascii_case(supposed))
}

/// `the answer is correct`, `the answer is not 5`.
fn is_opinion(answer: &str) -> bool {
    let lower = answer.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "correct" | "incorrect" | "right" | "wrong" | "as follows"
    ) || lower.starts_with("not ") && lower.bytes().any(|b| b.is_ascii_digit())
}

/// The value behind `"answer":`.
fn json_value(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let value = match rest.strip_prefix('"') {
        Some(quoted) => &quoted[..quoted.find('"')?],
        None => {
            let line = rest.lines().next()?;
            let end = line.find(", \"").or_else(|| line.find('}'));
            &line[..end.unwrap_or(line.len())]
        }
    };
    let value = value.trim().trim_end_matches(',');
    (!value.is_empty() && value.len() <= clause::LONGEST).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements() {
        for (text, answer) in [
            ("The answer is 32 dollars.", "32 dollars"),
            (
                "Final Answer: The final answer is $\\frac{4}{3}$. I hope it is correct.",
                "\\frac{4}{3}",
            ),
            ("so\nA: 490", "490"),
            ("A: 490", "490"),
            ("Ответ: 7", "7"),
            ("Đáp án là 7.", "7"),
            ("**Answer:** 260", "260"),
            ("The answer is 3.5 meters. Done", "3.5 meters"),
            ("the answer is \\(x+1\\), as", "x+1"),
            (
                "## Final Answer\n\n**12.6 cm**\n\n## Why\n\nIt is 4.2 + 8.4",
                "12.6 cm",
            ),
            ("Final answer – 42", "42"),
            ("{\"answer\": \"42\", \"sure\": 0.9}", "42"),
            ("{\"answer\": 42, \"sure\": 0.9}", "42"),
        ] {
            assert_eq!(stated(text).as_deref(), Some(answer), "{text}");
        }
        for text in [
            "no conclusion was reached",
            "If the answer is 5 then the sum is 11",
            "The answer is 18.\n\nWait, I forgot 2, so it is 16.",
            "The answer is not 5",
        ] {
            assert_eq!(stated(text), None, "{text}");
        }
    }

    #[test]
    fn hashes_take_the_last_line() {
        let found = |text| hashes(text).map(|found| found.text.into_owned());
        for (text, answer) in [
            ("#### 1\nmore\n#### 1,234\n", "1,234"),
            ("#### **$18**", "$18"),
            ("#### Answer: 5", "5"),
            ("#### $ 18 per day", "$ 18"),
            ("#### The answer is 5.", "5"),
            ("#### **3/4** of the cake", "3/4"),
            ("#### **Question 1:** 42", "42"),
            ("#### **2.** 7", "7"),
        ] {
            assert_eq!(found(text).as_deref(), Some(answer), "{text}");
        }
        assert_eq!(found("#### Step 2:"), None);
        assert_eq!(found("#### **Step 2:**"), None);
    }
}
