//! What holds for every input: no panic, bounded work, reflexivity, symmetry, and indifference to harmless rewriting.

#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use grading::{Builtin, Options, Reason, Rules, equivalent};
use proptest::prelude::*;

/// Pieces of which answers are made; random sequences of them reach every branch of the parser.
const PIECES: &[&str] = &[
    "1",
    "2",
    "3.5",
    "12",
    "x",
    "y",
    "n",
    "i",
    "e",
    "+",
    "-",
    "*",
    "/",
    "^",
    "_",
    "!",
    "%",
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
    ":",
    "=",
    "<",
    ">",
    r"\le",
    r"\frac",
    r"\sqrt",
    r"\pi",
    r"\infty",
    r"\sin",
    r"\log",
    r"\ln",
    r"\pm",
    r"\cup",
    r"\cap",
    r"\in",
    r"\text{ and }",
    r"\text{cm}",
    r"\begin{pmatrix}",
    r"\end{pmatrix}",
    r"\begin{cases}",
    r"\end{cases}",
    "&",
    r"\\",
    "|",
    r"\left",
    r"\right",
    r"^\circ",
    "$",
    " ",
    r"\sum_{k=1}^{9}",
    r"\binom",
    r"\boxed{",
    "10^",
    "99999999",
    "e5",
    "½",
    "²",
    "−",
    "∞",
    "∪",
    "'",
    r"\mathbb{R}",
    r"\setminus",
    r"\mid",
    "word",
    r"\ldots",
    "...",
    "0.333",
    "E**2",
    "Interval(",
    "FiniteSet(",
    " per mille",
    "V(Y)",
    "=",
    "1, 2, ",
    r"\begin{matrix}",
    r"\end{matrix}",
    "infinite",
    "undefined",
    r"\overline{3}",
    "0.",
    "**",
    "#### ",
    "the answer is ",
    "\n",
    "_8",
    r"\over",
    "°",
    "中",
    "\u{0}",
    r"\",
    "~",
];

fn soup() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24)
        .prop_map(|pieces| pieces.concat())
}

/// Well-formed expressions.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (1i64..50).prop_map(|n| n.to_string()),
        Just("x".to_owned()),
        Just("y".to_owned()),
        Just(r"\pi".to_owned()),
        (1u32..400).prop_map(|n| format!("{}.{:02}", n / 100, n % 100)),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} + {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a})({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!(r"\frac{{{a}}}{{{b}}}")),
            inner.clone().prop_map(|a| format!(r"\sqrt{{{a}}}")),
            inner.prop_map(|a| format!("({a})^{{2}}")),
        ]
    })
}

/// Answers in which the two sides could be treated differently; few values, so that many pairs are equal.
fn answer() -> impl Strategy<Value = String> {
    let number = || 1i64..4;
    prop_oneof![
        number().prop_map(|n| n.to_string()),
        (number(), number()).prop_map(|(a, b)| format!("{a}.{b}")),
        (number(), number()).prop_map(|(a, b)| format!("{a},{b}")),
        (number(), number()).prop_map(|(a, b)| format!("{}:{}", 3 * a, 8 * b)),
        (number(), number()).prop_map(|(a, b)| format!("{a}:{b}0 p.m.")),
        number().prop_map(|n| format!("(D) {n}")),
        number().prop_map(|n| format!("x={n}")),
        number().prop_map(|n| format!("x=y={n}")),
        (number(), number()).prop_map(|(a, b)| format!("x={a}, y={b}")),
        (number(), number()).prop_map(|(a, b)| format!("({a}, {b})")),
        (number(), number()).prop_map(|(a, b)| format!(r"\{{{a}, {b}\}}")),
        (number(), number()).prop_map(|(a, b)| format!("{a}<x<{b}")),
        number().prop_map(|n| format!(r"{n}\%")),
        number().prop_map(|n| format!("{n} cm")),
        number().prop_map(|n| format!("{n}00_4")),
        number().prop_map(|n| format!("x-{n}=0")),
        Just("(D)".to_owned()),
        Just("D".to_owned()),
        Just("yes".to_owned()),
        Just("True".to_owned()),
    ]
}

fn grade(prediction: &str, reference: &str) -> bool {
    equivalent(prediction, reference, &Options::default()).equivalent
}

/// What takes so long would never end; nothing is measured.
const HANGS: Duration = Duration::from_secs(30);

/// Neither panics nor takes long, whatever the two texts are.
fn survives(prediction: &str, reference: &str) {
    let start = Instant::now();
    let decision = equivalent(prediction, reference, &Options::default());
    let _ = Builtin::new(Options::default().with_rules(Rules::ALL)).judge(prediction, reference);
    let _ = grading::explain(prediction, reference, &Options::qwen());
    assert!(
        start.elapsed() < HANGS,
        "{prediction:?} against {reference:?} took {:?}",
        start.elapsed()
    );
    assert!(decision.equivalent || decision.detail.is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_survived(a in ".{0,60}", b in ".{0,60}") {
        survives(&a, &b);
    }

    #[test]
    fn any_soup_is_survived(a in soup(), b in soup()) {
        survives(&a, &b);
    }

    #[test]
    fn an_answer_equals_itself(a in soup()) {
        if !a.trim().is_empty() {
            prop_assert!(grade(&a, &a));
        }
    }

    #[test]
    fn exact_equality_is_symmetric(
        (a, b) in prop_oneof![(expression(), expression()), (answer(), answer()), (soup(), soup())]
    ) {
        let options = Options::exact();
        let there = equivalent(&a, &b, &options).equivalent;
        let back = equivalent(&b, &a, &options).equivalent;
        prop_assert_eq!(there, back, "{} {}", a, b);
    }

    #[test]
    fn harmless_rewriting_keeps_equality(a in expression()) {
        let rewritten = [
            a.replace(' ', ""),
            a.replace('+', " + ").replace('(', "( "),
            a.replace('(', r"\left(").replace(')', r"\right)"),
            a.replace(r"\frac", r"\dfrac"),
            a.replace(r"\pi", "π"),
            format!("${a}$"),
            format!(r"\boxed{{{a}}}"),
            format!("{a}."),
            format!("**{a}**"),
            format!("{{{a}}}"),
            format!("({a})"),
        ];
        for other in rewritten {
            let decision = equivalent(&other, &a, &Options::default());
            prop_assert!(decision.equivalent, "{} against {}: {:?}", other, a, decision);
        }
    }

    #[test]
    fn another_value_is_seen(a in expression()) {
        // `1/(x-x)` and the like have no value that could change.
        let other = format!("{a} + 1");
        let decision = equivalent(&other, &a, &Options::exact());
        prop_assert!(!decision.equivalent || decision.reason == Reason::SameForm && a.contains("frac"), "{} {:?}", a, decision);
    }
}

/// A longer run: `GRADING_FUZZ_SECONDS=600 cargo test --release -p grading --test properties random_pairs`.
#[test]
fn random_pairs_for_a_while() {
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
    let watched = Arc::new(Mutex::new((String::new(), String::new(), 0)));
    watch(Arc::clone(&watched));
    while Instant::now() < end {
        let mut text = || {
            (0..1 + next(20))
                .map(|_| PIECES[next(PIECES.len())])
                .collect::<String>()
        };
        let (a, b) = (text(), text());
        watched
            .lock()
            .unwrap()
            .clone_from(&(a.clone(), b.clone(), count));
        let start = Instant::now();
        let decision = equivalent(&a, &b, &Options::default());
        assert!(
            decision.equivalent || decision.detail.is_some(),
            "{a:?} {b:?}"
        );
        assert!(
            start.elapsed() < HANGS,
            "{a:?} {b:?} took {:?}",
            start.elapsed()
        );
        count += 1;
    }
    // Ends the watcher.
    watched.lock().unwrap().2 = u64::MAX;
    eprintln!("{count} random pairs");
}

/// Ends the test run and names the pair when one case does not end within ten seconds.
fn watch(current: Arc<Mutex<(String, String, u64)>>) {
    std::thread::spawn(move || {
        let mut before = None;
        loop {
            std::thread::sleep(Duration::from_secs(10));
            let now = current.lock().unwrap().clone();
            if now.2 == u64::MAX {
                return;
            }
            if before.as_ref() == Some(&now) {
                eprintln!("no end: {:?} against {:?}", now.0, now.1);
                std::process::abort();
            }
            before = Some(now);
        }
    });
}

#[test]
fn hostile_input_is_bounded() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(3000), close.repeat(3000));
    let hostile = [
        deep("(", ")"),
        deep("{", "}"),
        deep(r"\frac{1}{", "}"),
        deep(r"\sqrt{", "}"),
        deep(r"\text{", "}"),
        deep("-", ""),
        deep("|", "|"),
        deep("2^", ""),
        deep("1/", ""),
        "1!".repeat(1500),
        "!".repeat(3000),
        "10^{10^{10}}".to_owned(),
        "1000000!".to_owned(),
        // A sign that cannot be spread over two values.
        r"12:\pm 3".to_owned(),
        r"\{x \mid x = \pm 1\}, \pm 2".to_owned(),
        r"(\pm 1, 2), \pm 3".to_owned(),
        "((((9!)!)!)!)!".to_owned(),
        "(x+1)^{100000}".to_owned(),
        r"\binom{1000000}{500000}".to_owned(),
        r"\sum_{k=1}^{999999999999} k^k".to_owned(),
        "9".repeat(100_000),
        "1e999999999".to_owned(),
        format!(
            "({})^40",
            (0..40)
                .map(|n| format!("x_{n}"))
                .collect::<Vec<_>>()
                .join("+")
        ),
        (0..1000)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(", "),
    ];
    let mut worst = (Duration::ZERO, String::new());
    for a in &hostile {
        for b in ["1", r"\frac{x}{2}", "1,2,3", &hostile[0], a.trim_end()] {
            let start = Instant::now();
            survives(a, b);
            let text: String = format!("{a} against {b}").chars().take(80).collect();
            worst = worst.max((start.elapsed(), text));
        }
    }
    eprintln!("worst: {:?} for {}", worst.0, worst.1);
}
