//! A dialogue as lines of text. Knows nothing about files or terminals.

use std::fmt::Write;

use dialogues::{Dialogue, Piece, Turn};
use records::Verdict;

use crate::args::Numbers;
use crate::paint::{Paint, harmless, painted};

/// How dialogues are shown.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub coloured: bool,
    pub tokens: Option<Numbers>,
}

/// Everything about one dialogue, and an empty line.
pub fn of(dialogue: &Dialogue, look: Look) -> String {
    let mut text = String::new();
    let scale = scale(dialogue, look.tokens);
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", look.paint(&facts(dialogue), Paint::Pale));
    let _ = writeln!(text, "{}", look.paint(&dialogue.question, Paint::Strong));
    let answer = format!("Reference answer: {}", dialogue.answer);
    let _ = writeln!(text, "{}\n", look.paint(&answer, Paint::Pale));
    for (at, turn) in dialogue.turns.iter().enumerate() {
        text.push_str(&attempt(turn, at + 1, look, scale));
    }
    text
}

impl Look {
    fn paint(&self, text: &str, paint: Paint) -> String {
        painted(&harmless(text), paint, self.coloured)
    }
}

fn facts(dialogue: &Dialogue) -> String {
    let mut facts = vec![dialogue.id.clone()];
    facts.extend((!dialogue.source.is_empty()).then(|| dialogue.source.clone()));
    facts.push(match dialogue.attempts_allowed {
        1 => "1 attempt allowed".into(),
        allowed => format!("{allowed} attempts allowed"),
    });
    facts.extend(dialogue.stop_reason.clone());
    facts.extend(dialogue.reward.map(|reward| format!("reward {reward}")));
    facts.join(" · ")
}

fn attempt(turn: &Turn, number: usize, look: Look, scale: f32) -> String {
    let mut text = String::new();
    let verdict = turn.verdict.as_str().replace('_', " ");
    let paint = if turn.verdict == Verdict::Correct {
        Paint::Right
    } else {
        Paint::Wrong
    };
    let heading = look.paint(&format!("Attempt {number}"), Paint::Strong);
    let _ = writeln!(text, "{heading}: {}", look.paint(&verdict, paint));
    let said = match look.tokens {
        Some(numbers) if !turn.pieces.is_empty() => tokens(&turn.pieces, numbers, scale, look),
        _ => harmless(turn.text.trim_end()),
    };
    let _ = writeln!(text, "{said}");
    let read = match &turn.answer {
        Some(answer) => format!("Answer read: {answer} – {}", turn.reason),
        None => format!("No answer was found. – {}", turn.reason),
    };
    let paid = turn
        .reward
        .map(|reward| format!(" Reward of this attempt: {reward}."));
    let _ = writeln!(
        text,
        "{}\n",
        look.paint(&(read + &paid.unwrap_or_default()), Paint::Pale)
    );
    if let Some(feedback) = turn
        .feedback
        .as_deref()
        .map(str::trim)
        .filter(|said| !said.is_empty())
    {
        let quoted: Vec<String> = feedback.lines().map(|line| format!("> {line}")).collect();
        let _ = writeln!(text, "{}\n", look.paint(&quoted.join("\n"), Paint::Pale));
    }
    text
}

fn tokens(pieces: &[Piece], numbers: Numbers, scale: f32, look: Look) -> String {
    let pieces = pieces
        .iter()
        .map(|piece| match size(piece, numbers, scale) {
            Some(size) => look.paint(&piece.text, Paint::Ground(size)),
            None => harmless(&piece.text),
        });
    pieces.collect()
}

/// Log-probabilities by how unlikely the token was, the others against the largest of the dialogue.
fn size(piece: &Piece, numbers: Numbers, scale: f32) -> Option<f32> {
    let number = number(piece, numbers)?;
    Some(match numbers {
        Numbers::Logprobs => number.min(0.0).exp() - 1.0,
        _ => number / scale,
    })
}

fn number(piece: &Piece, numbers: Numbers) -> Option<f32> {
    match numbers {
        Numbers::Logprobs => piece.numbers.logprob,
        Numbers::Advantages => piece.numbers.advantage,
        Numbers::Values => piece.numbers.value,
    }
}

fn scale(dialogue: &Dialogue, numbers: Option<Numbers>) -> f32 {
    let pieces = dialogue.turns.iter().flat_map(|turn| &turn.pieces);
    let found = pieces.filter_map(|piece| number(piece, numbers?));
    found.map(f32::abs).fold(f32::MIN_POSITIVE, f32::max)
}
