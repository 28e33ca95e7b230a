//! Dialogues as JSON inside a page. Knows nothing about how they were chosen.

use anyhow::Result;
use dialogues::{Dialogue, Numbers, Turn};
use serde_json::{Value, json};

use super::sample::Group;

/// The groups as JSON that may stand inside a `script` element: nothing in it can end the element or begin another.
pub fn json(groups: &[Group]) -> Result<String> {
    let groups: Vec<Value> = groups.iter().map(group).collect();
    let text = serde_json::to_string(&groups)?;
    let text = text.replace('<', "\\u003c").replace('>', "\\u003e");
    Ok(text.replace('&', "\\u0026"))
}

fn group(group: &Group) -> Value {
    let dialogues: Vec<Value> = group.dialogues.iter().map(dialogue).collect();
    json!({ "run": group.run, "name": group.name, "dialogues": dialogues })
}

fn dialogue(dialogue: &Dialogue) -> Value {
    let turns: Vec<Value> = dialogue.turns.iter().map(turn).collect();
    json!({
        "id": dialogue.id,
        "question_id": dialogue.question_id,
        "source": dialogue.source,
        "question": dialogue.question,
        "answer": dialogue.answer,
        "allowed": dialogue.attempts_allowed,
        "stop": dialogue.stop_reason,
        "reward": dialogue.reward.map(rounded),
        "solved_at": dialogue.solved_at,
        "changed": dialogue.changed,
        "turns": turns,
    })
}

fn turn(turn: &Turn) -> Value {
    json!({
        "text": turn.text,
        "answer": turn.answer,
        "verdict": turn.verdict,
        "reason": turn.reason,
        "reward": turn.reward.map(rounded),
        "feedback": turn.feedback,
        "tokens": turn.pieces.iter().map(|piece| &piece.text).collect::<Vec<_>>(),
        "logprobs": column(turn, |numbers| numbers.logprob),
        "advantages": column(turn, |numbers| numbers.advantage),
        "values": column(turn, |numbers| numbers.value),
    })
}

/// None where the stage that says it has not run.
fn column(turn: &Turn, of: fn(&Numbers) -> Option<f32>) -> Option<Vec<Value>> {
    let numbers = turn
        .pieces
        .iter()
        .map(|piece| of(&piece.numbers).map(rounded));
    numbers
        .collect::<Option<Vec<_>>>()
        .filter(|list| !list.is_empty())
}

/// A thousandth is as exact as a colour is.
fn rounded(value: f32) -> Value {
    json!((f64::from(value) * 1000.0).round() / 1000.0)
}
