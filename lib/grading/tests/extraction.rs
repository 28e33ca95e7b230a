//! What holds for every response: no panic, an answer that stands in the text, work that grows with its length.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;
use std::time::{Duration, Instant};

use grading::{Rule, Rules, extract};
use proptest::prelude::*;

/// Pieces of which responses are made; random sequences of them reach every branch of the rules.
const PIECES: &[&str] = &[
    "1",
    "2.5",
    "1,234",
    "12 500",
    "17 1/13",
    "½",
    "3½",
    "2.4e6",
    "x",
    "i",
    "π",
    "√",
    "²",
    "٤٢",
    "४५",
    "１５",
    "+",
    "-",
    "−",
    "–",
    "—",
    "*",
    "**",
    "***",
    "×",
    " x ",
    "/",
    "^",
    "^{",
    ":",
    "=",
    "≈",
    "<",
    "≥",
    "∈",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    r"\{",
    r"\}",
    ",",
    ";",
    "，",
    "。",
    ".",
    ". ",
    "%",
    r"\%",
    "°",
    "$",
    "$$",
    r"\$",
    r"\(",
    r"\)",
    r"\[",
    r"\]",
    r"\boxed{",
    r"\fbox{",
    r"\boxed 7",
    r"\frac{",
    r"\sqrt{",
    r"\pi",
    r"\pm",
    r"\text{(C) }",
    r"\begin{align}",
    r"\end{align}",
    r"\begin{aligned}",
    r"\end{aligned}",
    r"\begin{array}{rcl}",
    r"\end{array}",
    r"\\",
    "&",
    r"\blacksquare",
    "####",
    "## Final Answer\n",
    "the answer is ",
    "Answer: ",
    "\"answer\": ",
    "\"",
    "答案是",
    "答：",
    "Die Antwort ist ",
    "ответ: ",
    " because ",
    ", so ",
    " which ",
    " and ",
    " or ",
    " und ",
    "either ",
    " is ",
    " are ",
    "minus ",
    "not ",
    "no ",
    "yes",
    "true",
    "False",
    "A",
    "B",
    "(c)",
    "option ",
    " is correct",
    "incorrect: ",
    "Wait, ",
    "I",
    " m/s^2",
    " cm^3",
    " pm",
    "p.m.",
    " ",
    "\n",
    "\n\n",
    "\u{a0}",
    "é",
    "中",
    "𝟙",
    "\u{0}",
    r"\",
    "word",
    "<think>",
    "</think>",
    r"\quad",
    r"\hspace{",
    r"\phantom{",
    r"\boxed{5}",
    r"\boxed{answer}",
    "\n- ",
    "\n2. ",
    "(if ",
    "Case B: ",
    " also ",
    "H2O",
];

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..40)
        .prop_map(|pieces| pieces.concat())
}

const REFERENCES: [Option<&str>; 6] = [
    None,
    Some("12"),
    Some("B"),
    Some("(c)"),
    Some("True"),
    Some("(1, 2)"),
];

/// Every rule on every kind of reference: an answer is not blank, and one that is a slice is a slice of the text.
fn survives(text: &str) {
    for rules in [Rules::BOXED, Rules::STATED, Rules::ALL] {
        for reference in REFERENCES {
            let Some(found) = extract(text, reference, rules) else {
                continue;
            };
            assert!(!found.text.trim().is_empty(), "{text:?}");
            assert!(
                rules != Rules::BOXED || matches!(found.rule, Rule::Boxed | Rule::Boxes),
                "{text:?}"
            );
            // The opposite of a denied truth value is in no text.
            if let (Cow::Borrowed(slice), true) = (&found.text, found.rule != Rule::Boolean) {
                let range = text.as_bytes().as_ptr_range();
                let inner = slice.as_bytes().as_ptr_range();
                assert!(
                    range.start <= inner.start && inner.end <= range.end,
                    "{slice:?} of {text:?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(text in ".{0,80}") {
        survives(&text);
    }

    #[test]
    fn any_soup_is_survived(text in soup()) {
        survives(&text);
    }

    #[test]
    fn without_a_box_nothing_is_boxed(text in soup()) {
        if !text.contains("box") {
            prop_assert!(extract(&text, Some("1, 2"), Rules::BOXED).is_none());
        }
    }

    #[test]
    fn the_last_box_wins(text in soup(), number in 100u32..1000) {
        let before = text.replace("box", "").replace("think>", "");
        let text = format!("{before}\n\nSo \\boxed{{{number}}}.");
        let found = extract(&text, None, Rules::ALL).unwrap();
        prop_assert_eq!(found.text, number.to_string());
    }
}

/// A longer run: `GRADING_FUZZ_SECONDS=600 cargo test --release -p grading --test extraction random_texts`.
#[test]
fn random_texts_for_a_while() {
    let seconds = std::env::var("GRADING_FUZZ_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(2);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % bound as u64) as usize
    };
    let mut count = 0u64;
    while Instant::now() < end {
        let text: String = (0..1 + next(40))
            .map(|_| PIECES[next(PIECES.len())])
            .collect();
        survives(&text);
        count += 1;
    }
    eprintln!("{count} random texts");
}

/// Text that repeats one piece, far longer than what a quadratic rule would get through.
#[test]
fn degenerate_text_ends() {
    let pairs = [
        "1 ",
        " m^2",
        "( 1 a",
        "the answer is if ",
        "$1\n",
        "[1",
        "1, 1 and ",
        "A is not ",
        "no true or false ",
        "box",
        r"\boxed{}",
        r"\boxed{\boxed{",
        "中",
        "$1$, ",
        "**7** and ",
        "A, B or ",
        "x = 1, x = ",
        "\u{7d2}",
    ];
    let pieces = PIECES.iter().copied().chain(pairs);
    for piece in pieces {
        let text = piece.repeat(400_000 / piece.len());
        for reference in REFERENCES {
            if let Some(found) = extract(&text, reference, Rules::ALL) {
                assert!(found.text.len() <= text.len() + piece.len(), "{piece:?}");
            }
        }
    }
}
