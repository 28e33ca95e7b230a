//! Answers that a text announces: `#### 42`, "the answer is 42", "**Answer:** 42".

/// Announcements, compared without regard to ASCII case. The last one in the text counts.
const ANNOUNCEMENTS: [&str; 34] = [
    "answer is",
    "answer:",
    "answer :",
    "answer would be",
    "answer must be",
    "answer should be",
    "answer =",
    "\na: ",
    "answer to the question is",
    "答案是",
    "答案为",
    "答案：",
    "答案:",
    "答：",
    "答案是：",
    "réponse est",
    "réponse:",
    "réponse :",
    "respuesta es",
    "respuesta:",
    "antwort ist",
    "antwort:",
    "antwort lautet",
    "risposta è",
    "risposta:",
    "resposta é",
    "resposta:",
    "ответ:",
    "ответ -",
    "ответ —",
    "答えは",
    "정답은",
    "الإجابة هي",
    "उत्तर है",
];

/// Beginnings of a further question, which a model that does not stop goes on to.
const NEXT_QUESTIONS: [&str; 8] = [
    "\nProblem:",
    "\nQuestion:",
    "\nQ:",
    "\n\nProblem",
    "\n\nQuestion",
    "\n### Instruction",
    "\nUser:",
    "<|im_start|>",
];

/// The part of a response before the model asks itself the next question.
pub(super) fn own_part(response: &str) -> &str {
    let start = response.len() - response.trim_start().len();
    let cut = NEXT_QUESTIONS
        .iter()
        .filter_map(|mark| response[start..].find(mark))
        .filter(|at| *at > 0)
        .min();
    match cut {
        Some(cut) => &response[..start + cut],
        None => response,
    }
}

/// What stands on the line behind the last `####`.
pub(super) fn hashes(text: &str) -> Option<&str> {
    let at = text.rfind("####")?;
    let line = text[at + 4..].lines().next().unwrap_or_default().trim();
    let line = line.strip_prefix("Answer:").unwrap_or(line).trim();
    // `#### Step 2:` is a heading.
    (!line.is_empty()
        && line.bytes().any(|b| b.is_ascii_digit() || b == b'\\')
        && !line.ends_with(':'))
    .then_some(line)
}

/// What the last announcement announces. `This answer is correct` announces nothing.
pub(super) fn stated(text: &str) -> Option<&str> {
    let mut end = text.len();
    // Degenerate text repeats itself: a bounded number of looks is enough.
    for _ in 0..64 {
        let last = ANNOUNCEMENTS
            .iter()
            .filter_map(|a| rfind_ignoring_case(&text[..end], a).map(|at| (at, a.len())))
            .max();
        let (at, length) = last?;
        let opinion = |answer: &&str| {
            matches!(
                answer.to_ascii_lowercase().as_str(),
                "correct" | "incorrect" | "right" | "wrong" | "as follows"
            )
        };
        if let Some(answer) = announced(&text[at + length..]).filter(|answer| !opinion(answer)) {
            return Some(answer);
        }
        end = at;
    }
    None
}

/// Last occurrence of an ASCII or exact-case text.
fn rfind_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    let (bytes, wanted) = (text.as_bytes(), wanted.as_bytes());
    let last = bytes.len().checked_sub(wanted.len())?;
    (0..=last).rev().find(|at| {
        text.is_char_boundary(*at) && bytes[*at..*at + wanted.len()].eq_ignore_ascii_case(wanted)
    })
}

/// The answer at the start of what follows an announcement.
fn announced(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches([' ', ':', '\n', '*', '=', '\u{a0}', '：']);
    let rest = rest.strip_prefix("therefore ").unwrap_or(rest);
    let answer = match formula(rest) {
        Some(formula) => formula,
        None => told(sentence(rest)),
    };
    let answer = answer.trim().trim_end_matches(['*', '.', ',', ' ']);
    (!answer.is_empty() && answer.len() <= 300).then_some(answer)
}

/// A formula that the rest begins with, delimiters taken off.
fn formula(rest: &str) -> Option<&str> {
    for (open, close) in [("$$", "$$"), ("$", "$"), ("\\(", "\\)"), ("\\[", "\\]")] {
        let Some(inner) = rest.strip_prefix(open) else {
            continue;
        };
        let length = inner.find(close)?;
        // `$5 and $6` is money.
        if open == "$" && inner[..length].contains('\n') {
            return None;
        }
        let behind = &inner[length + close.len()..];
        let alone = behind
            .trim_start_matches(['*', ' '])
            .starts_with(['.', '\n', ','])
            || behind.trim().is_empty();
        let money = open == "$"
            && inner.starts_with(|c: char| c.is_ascii_digit())
            && inner[..length].contains(' ');
        return (alone || !money).then_some(&inner[..length]);
    }
    None
}

/// The mathematics in a sentence that tells the answer: `it takes **160 minutes** (or ...)`.
fn told(sentence: &str) -> &str {
    let wordy = |text: &str| {
        text.split(' ')
            .filter(|word| word.len() > 1 && word.bytes().all(|b| b.is_ascii_alphabetic()))
            .count()
    };
    if wordy(sentence) < 3
        || !sentence.bytes().any(|b| b.is_ascii_digit())
        || sentence.starts_with(|c: char| c.is_ascii_digit() || c == '\\')
    {
        return sentence;
    }
    for (open, close) in [("**", "**"), ("$", "$"), ("\\(", "\\)")] {
        let inner = sentence
            .split_once(open)
            .and_then(|(_, rest)| rest.split_once(close))
            .map(|(inner, _)| inner);
        if let Some(inner) =
            inner.filter(|inner| inner.bytes().any(|b| b.is_ascii_digit()) && wordy(inner) < 3)
        {
            return inner;
        }
    }
    first_number(sentence).unwrap_or(sentence)
}

/// The first number of a sentence, with its sign.
fn first_number(text: &str) -> Option<&str> {
    let start = text.bytes().position(|b| b.is_ascii_digit())?;
    let part = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '/' | '%');
    let length = text[start..]
        .find(|c: char| !part(c))
        .unwrap_or(text.len() - start);
    let number = text[start..start + length].trim_end_matches(['.', ',', '/']);
    let negative =
        text[..start].ends_with('-') && !text[..start - 1].ends_with(|c: char| c.is_alphanumeric());
    let start = start - usize::from(negative);
    text.get(start..start + number.len() + usize::from(negative))
}

/// Up to the end of the line or sentence.
fn sentence(rest: &str) -> &str {
    let line = rest.lines().next().unwrap_or_default();
    let mut at = 0;
    while let Some(found) = line[at..].find(". ").or_else(|| line[at..].find("。")) {
        let end = at + found;
        // `3. 5` does not end; `St. Louis` may, which costs a text answer at most.
        if !line[end..]
            .trim_start_matches(['.', ' '])
            .starts_with(|c: char| c.is_ascii_digit())
        {
            return &line[..end];
        }
        at = end + 1;
        while !line.is_char_boundary(at) {
            at += 1;
        }
    }
    line
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
            ("**Answer:** 260", "260"),
            ("The answer is 3.5 meters. Done", "3.5 meters"),
            ("the answer is \\(x+1\\), as", "x+1"),
        ] {
            assert_eq!(stated(text), Some(answer), "{text}");
        }
        assert_eq!(stated("no conclusion was reached"), None);
    }

    #[test]
    fn hashes_take_the_last_line() {
        assert_eq!(hashes("#### 1\nmore\n#### 1,234\n"), Some("1,234"));
        assert_eq!(hashes("#### Step 2:"), None);
    }
}
