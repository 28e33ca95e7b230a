//! Boxes that make up one answer, boxes without one, and boxes inside thoughts.

#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use grading::{Builtin, Rules, Verdict, extract};
use serde_json::Value;

fn verdict(response: &str, reference: &str) -> Verdict {
    Builtin::default().judge(response, reference).verdict
}

fn check(cases: &[(&str, &str, Verdict)]) {
    for (response, reference, expected) in cases {
        assert_eq!(
            verdict(response, reference),
            *expected,
            "{response:?} for {reference}"
        );
    }
}

#[test]
fn what_stands_behind_a_thought_decides() {
    use Verdict::{Correct, NoAnswer, Wrong};
    check(&[
        (
            r"<think>\boxed{12}</think> So it is \boxed{12}.",
            "12",
            Correct,
        ),
        (
            r"<think>\boxed{12}</think> So it is \boxed{13}.",
            "12",
            Wrong,
        ),
        (
            r"<think>\boxed{12}</think> The answer is 13.",
            "12",
            NoAnswer,
        ),
        (r"<think>\boxed{12}</think> I do not know.", "12", NoAnswer),
        (r"<think>maybe \boxed{12}, or", "12", NoAnswer),
        (r"thinking \boxed{12}</think>\boxed{13}", "13", Correct),
        (r"\boxed{12} <think>is it", "12", Correct),
        (r"[THINK]\boxed{12}[/THINK]\boxed{13}", "13", Correct),
    ]);
    for rules in [Rules::STATED, Rules::ALL] {
        let found = |text| extract(text, Some("12"), rules).map(|found| found.text.into_owned());
        assert_eq!(
            found(r"<think>\boxed{12}</think> The answer is 13.").as_deref(),
            Some("13")
        );
        assert_eq!(found(r"<think>\boxed{12} The answer is 12."), None);
    }
}

#[test]
fn boxes_that_are_no_answers() {
    let empty = [
        r"\boxed{}",
        r"\boxed{ }",
        r"\boxed{\ }",
        r"\boxed{~}",
        r"\boxed{\qquad}",
        r"\boxed{{ }}",
        r"\boxed{\mathrm{}}",
        r"\boxed{\phantom{12}}",
        "\\boxed{\u{200b}}",
        r"\boxed{\boxed{\,}}",
        r"\boxed{\dots}",
        r"\boxed{\text{your answer}}",
        r"\boxed{final answer}",
        r"\boxed{\_\_\_}",
        r"\boxed{?}",
    ];
    for text in empty {
        assert_eq!(verdict(text, "12"), Verdict::NoAnswer, "{text}");
        assert!(extract(text, None, Rules::ALL).is_none(), "{text}");
        let after = format!(r"It is \boxed{{12}}. I wrote it as {text}.");
        assert_eq!(verdict(&after, "12"), Verdict::Correct, "{after}");
        assert_eq!(verdict(&after, "13"), Verdict::Wrong, "{after}");
    }
    for (text, reference) in [
        (r"\boxed{\{\}}", r"\emptyset"),
        (r"\boxed{\text{no solution}}", r"\emptyset"),
        (r"\boxed{x}", "x"),
        (r"\boxed{>}", ">"),
        (r"\boxed{\phantom{0}5}", "5"),
        (r"\boxed{\text{The answer is } 5}", "5"),
    ] {
        assert_eq!(verdict(text, reference), Verdict::Correct, "{text}");
    }
}

/// Naming two answers is not naming one, and both are named whatever stands between them.
#[test]
fn boxes_that_layout_joins() {
    let joints = [
        " ",
        ", ",
        "; ",
        " and ",
        " or ",
        r" \quad ",
        r" \\ ",
        r" \newline ",
        "~",
        r" \hspace{2em} ",
        r" \lor ",
        r" \text{ or } ",
        "$ $",
        "\n",
        "\n\n",
        "\n- ",
        "\n* ",
        "\n2. ",
        " | ",
        " & ",
        " as well as ",
        ". Also, ",
        ", alternatively ",
        "\nCase 2: ",
        " (if $n$ is even)\n\n",
    ];
    for joint in joints {
        let text = format!("The values are $\\boxed{{14}}{joint}\\boxed{{15}}$");
        check(&[
            (&text, "14, 15", Verdict::Correct),
            (&text, "15, 14", Verdict::Correct),
            (&text, "15", Verdict::Wrong),
            (&text, "14", Verdict::Wrong),
        ]);
        // The same answer twice is one answer.
        let text = format!("It is $\\boxed{{15}}{joint}\\boxed{{15}}$");
        check(&[(&text, "15", Verdict::Correct)]);
    }
}

#[test]
fn boxes_that_stand_apart() {
    let gaps = [
        ", but really ",
        ". Therefore ",
        " is wrong; it is ",
        r" \approx ",
        r" \Rightarrow x = ",
        "\n\nNow for the last step.\n\n",
        "\n\n**Final Answer:** ",
        " (wrong) ",
    ];
    for gap in gaps {
        let text = format!("First $\\boxed{{14}}{gap}\\boxed{{15}}$");
        check(&[
            (&text, "15", Verdict::Correct),
            (&text, "14", Verdict::Wrong),
            (&text, "14, 15", Verdict::Wrong),
        ]);
    }
    // The last part of a question may be the one that was asked for.
    check(&[
        (r"(a) \boxed{14} (b) \boxed{15}", "15", Verdict::Correct),
        (r"(a) \boxed{14} (b) \boxed{15}", "14, 15", Verdict::Correct),
        (r"(a) \boxed{14} (b) \boxed{15}", "14", Verdict::Wrong),
        (
            "Part A: \\boxed{14}\nPart B: \\boxed{15}",
            "15",
            Verdict::Correct,
        ),
    ]);
}

#[test]
fn boxes_that_operators_join() {
    for (text, right, wrong) in [
        (r"$\boxed{3}/\boxed{4}$", r"\frac34", "4"),
        (r"$\boxed{3} \div \boxed{4}$", "0.75", "3"),
        (r"$\frac{\boxed{3}}{\boxed{4}}$", "3/4", "4"),
        (r"$\boxed{3} + \boxed{4}i$", "3+4i", "4i"),
        (r"$\boxed{3} - \boxed{4}\pi$", r"3-4\pi", r"4\pi"),
        (r"$\boxed{3}\sqrt{\boxed{2}}$", r"\sqrt{18}", "2"),
        (r"$\boxed{6.02} \times 10^{\boxed{23}}$", "6.02e23", "23"),
        (r"$\boxed{2}^{\boxed{10}}$", "1024", "10"),
        (r"$\boxed{-3}/\boxed{x+1}$", r"\frac{-3}{x+1}", "x+1"),
        (
            r"$x = \boxed{1}/\boxed{2}$ or $x = \boxed{3}$",
            "1/2, 3",
            "3",
        ),
        (r"$\boxed{3}:\boxed{4}$", "3:4", "4"),
        (r"$\boxed{3} + \boxed{4} = \boxed{7}$", "7", "4"),
    ] {
        check(&[
            (text, right, Verdict::Correct),
            (text, wrong, Verdict::Wrong),
        ]);
    }
}

fn shared(name: &str) -> Vec<Value> {
    let root = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(text) = std::fs::read_to_string(root.join("field").join(name)) else {
        eprintln!("skipped: field/{name} is not in {}", root.display());
        return Vec::new();
    };
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The files of the field: what each of them stands for holds.
#[test]
fn files_of_the_field() {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    for row in shared("thoughts.jsonl") {
        let (response, reference) = (text(&row, "response"), text(&row, "reference"));
        assert_ne!(
            verdict(&response, &reference),
            Verdict::Correct,
            "{response}"
        );
    }
    for row in shared("boxes_joined_by_layout.jsonl") {
        let (response, reference) = (text(&row, "response"), text(&row, "reference"));
        assert_eq!(
            verdict(&response, &reference),
            Verdict::Correct,
            "{response}"
        );
        assert_eq!(verdict(&response, "58"), Verdict::Wrong, "{response}");
    }
    for row in shared("placeholder_boxes.jsonl") {
        let (response, reference) = (text(&row, "response"), text(&row, "reference"));
        if let Some(want) = row["want"].as_bool() {
            let right = verdict(&response, &reference) == Verdict::Correct;
            assert_eq!(right, want, "{response}");
        }
    }
    // The last two boxes repeat the question: answers, and wrong ones.
    for row in shared("boxes_without_content.jsonl") {
        let response = text(&row["attempts"][0], "text");
        let expected = if response.contains("Continue") {
            Verdict::Wrong
        } else {
            Verdict::NoAnswer
        };
        assert_eq!(verdict(&response, "27"), expected, "{response:?}");
    }
}
