//! A decision for people: what was read on either side, and why the two are equal or not.

use std::fmt::Write;

use crate::Options;
use crate::compare::{Reading, decided};
use crate::read::{self, Digits};

/// Several lines: kind and tree of both sides, the verdict, its reason, and what differed.
pub fn explain(prediction: &str, reference: &str, options: &Options) -> String {
    let mut text = String::new();
    let decided = decided(prediction, reference, options);
    side(&mut text, "prediction", prediction, &decided.prediction);
    side(&mut text, "reference", reference, &decided.reference);
    let decision = decided.decision;
    let verdict = if decision.equivalent {
        "equivalent"
    } else {
        "not equivalent"
    };
    let _ = writeln!(text, "verdict     {verdict}");
    let _ = writeln!(
        text,
        "reason      {}: {}",
        decision.reason,
        decision.reason.describe().trim()
    );
    if let Some(detail) = decision.detail {
        let _ = writeln!(text, "detail      {detail}");
    }
    text
}

/// The kind of an answer, or none when it cannot be read as mathematics and is compared as text.
pub fn kind(answer: &str) -> Option<&'static str> {
    read::read(answer, Digits::Grouped)
        .ok()
        .map(|node| node.kind())
}

fn side(text: &mut String, name: &str, answer: &str, reading: &Reading<'_>) {
    let _ = writeln!(text, "{name:<11} {answer}");
    if reading.text != answer.trim() {
        let _ = writeln!(text, "  of which  {}", reading.text);
    }
    let _ = match reading.read() {
        Ok(node) => writeln!(text, "  read as   {}: {node}", node.kind()),
        Err(error) => writeln!(text, "  read as   text ({error})"),
    };
}
