//! The machine against recorded dialogues, boxed answers and rewards; the files are described in the fixtures' README.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test fails by panicking and says why it was skipped

use std::path::PathBuf;

use attempts::{
    AttemptEnd, Chunk, Dialogue, Ending, Finish, Next, Outcome, Reading, RewardScale, Ruling,
    Status, extract_box, substitute,
};
use serde_json::{Value, json};

/// The shared fixtures, or `None` (with the reason printed) where they are not at hand.
fn fixture(name: &str) -> Option<Vec<Value>> {
    let shared = std::env::var_os("REATTEMPT_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = shared.join("fixtures").join(name);
    match fs_err::read_to_string(&path) {
        Ok(text) => Some(
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect(),
        ),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

/// Plays a recorded case through the machine and writes down everything that can be seen.
struct Replay<'a> {
    case: &'a Value,
    verdicts: std::vec::IntoIter<bool>,
    dialogue: Dialogue,
    events: Vec<Value>,
    statuses: Vec<u8>,
    segments: Vec<(&'static str, String)>,
    attempt_texts: Vec<String>,
    feedback_after: Vec<usize>,
}

impl<'a> Replay<'a> {
    fn new(case: &'a Value) -> Self {
        let verdicts: Vec<bool> = case["verdicts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|v| v.as_bool().unwrap())
            .collect();
        let allowed = case["remaining_attempts"].as_u64().unwrap() as u32;
        Self {
            case,
            verdicts: verdicts.into_iter(),
            dialogue: Dialogue::new(AttemptEnd::Boxed, allowed),
            events: vec![],
            statuses: vec![],
            segments: vec![],
            attempt_texts: vec![],
            feedback_after: vec![],
        }
    }

    fn text(&self, name: &str) -> &'a str {
        self.case[name].as_str().unwrap()
    }

    fn fill(&self, template: &str, left: u32) -> String {
        substitute(
            self.text(template),
            &[
                ("remaining_attempt", &left.to_string()),
                ("input", self.text("question")),
            ],
        )
    }

    fn push(&mut self, role: &'static str, text: &str) {
        match self.segments.last_mut() {
            _ if text.is_empty() => {}
            Some((last, so_far)) if *last == role => so_far.push_str(text),
            _ => self.segments.push((role, text.to_owned())),
        }
    }

    fn play(&mut self) -> Ending {
        let limit = self.case["step_limit"].as_u64().unwrap() as usize;
        let chunks = self.case["chunks"].as_array().unwrap();
        for (step, chunk) in chunks.iter().enumerate().take(limit) {
            if let Next::End(ending) = self.step(step, chunk) {
                assert_eq!(step + 1, chunks.len(), "all chunks are consumed");
                return ending;
            }
        }
        assert_eq!(chunks.len(), limit);
        let Next::End(ending) = self.dialogue.cut() else {
            unreachable!()
        };
        ending
    }

    fn step(&mut self, step: usize, chunk: &Value) -> Next {
        let before = self.dialogue.attempt().to_owned();
        let finish = if chunk["finish"] == "stop" {
            Finish::Stop
        } else {
            Finish::Open
        };
        let tokens = chunk["n_tokens"].as_u64().unwrap() as usize;
        let reading = self.dialogue.read(Chunk {
            text: chunk["text"].as_str().unwrap(),
            finish,
            tokens,
        });
        let attempt = match reading {
            Reading::Grade => self.dialogue.attempt().to_owned(),
            // The machine has emptied a failed attempt by now: the chunk alone says what was added.
            Reading::Settled(_) => before.clone() + &cleaned(chunk["text"].as_str().unwrap()),
        };
        let added = attempt[before.len()..].to_owned();
        self.events
            .push(json!({"ev": "chunk", "step": step, "text": added}));
        self.push("model", &added);
        let next = match reading {
            Reading::Settled(next) => next,
            Reading::Grade => self.rule(&attempt),
        };
        self.record(step, attempt, next);
        next
    }

    fn rule(&mut self, attempt: &str) -> Next {
        if self.case["grader"] == "none" {
            return self.dialogue.ruled(Ruling::Undecided);
        }
        let correct = self.verdicts.next().expect("no more rulings than recorded");
        self.events
            .push(json!({"ev": "grade", "prediction": extract_box(attempt), "correct": correct}));
        self.dialogue.ruled(if correct {
            Ruling::Right
        } else {
            Ruling::Wrong
        })
    }

    fn record(&mut self, step: usize, attempt: String, next: Next) {
        let status = self.dialogue.status() as u8;
        self.statuses.push(status);
        self.events.push(json!({"ev": "status", "status": status}));
        if let Next::Feedback { attempts_left } = next {
            let text = self.fill("feedback_template", attempts_left);
            self.events
                .push(json!({"ev": "feedback", "remaining": attempts_left, "text": text}));
            self.push("feedback", &text);
            self.feedback_after.push(step);
            self.attempt_texts.push(attempt);
        } else if let Next::End(_) = next {
            self.attempt_texts.push(attempt);
        }
    }

    fn finish(mut self) -> Value {
        let ending = self.play();
        let termination = match ending {
            Ending::Correct => "correct",
            Ending::AttemptsExhausted => "attempts_exhausted",
            Ending::ContextExhausted => "context_exhausted",
            Ending::Cut => "step_limit",
            Ending::BadReference => unreachable!("no case has one"),
        };
        if ending == Ending::Cut {
            self.attempt_texts.push(self.dialogue.attempt().to_owned());
        }
        let reward = RewardScale::default().of(self.dialogue.outcome());
        self.events
            .push(json!({"ev": "end", "reason": termination, "reward": reward}));
        let allowed = self.case["remaining_attempts"].as_u64().unwrap() as u32;
        let segment = |(role, text): &(&str, String)| json!({"role": role, "text": text});
        assert_eq!(
            self.verdicts.next(),
            None,
            "every recorded ruling was asked for"
        );
        json!({
            "initial_prompt": self.fill("prompt_template", allowed),
            "events": self.events,
            "statuses": self.statuses,
            "attempts_used": self.dialogue.attempts_used(),
            "remaining_at_end": self.dialogue.attempts_left(),
            "reward": reward,
            "termination": termination,
            "segments": self.segments.iter().map(segment).collect::<Vec<_>>(),
            "attempt_texts": self.attempt_texts,
            "response_text": self.segments.iter().map(|(_, text)| text.as_str()).collect::<String>(),
            "feedback_after_chunk": self.feedback_after,
        })
    }
}

fn cleaned(text: &str) -> String {
    text.replace("<|im_start|>", "").replace("<|im_end|>", "")
}

#[test]
fn plays_every_recorded_dialogue() {
    let Some(cases) = fixture("dialogue.jsonl") else {
        return;
    };
    assert_eq!(cases.len(), 210);
    for case in &cases {
        assert_eq!(
            Replay::new(case).finish(),
            case["expected"],
            "{}",
            case["id"]
        );
    }
}

#[test]
fn pays_the_recorded_rewards() {
    let Some(cases) = fixture("reward.jsonl") else {
        return;
    };
    let mut seen = 0;
    for case in cases.iter().filter(|case| case["kind"] == "multi_attempt") {
        let (reward, used) = replay_statuses(case);
        assert_eq!(json!(reward), case["reward"], "{}", case["id"]);
        assert_eq!(json!(used), case["attempts_used"], "{}", case["id"]);
        seen += 1;
    }
    assert_eq!(seen, 68);
}

/// Drives the machine with chunks that lead to the recorded statuses.
fn replay_statuses(case: &Value) -> (f32, u32) {
    let mut dialogue = Dialogue::new(
        AttemptEnd::Boxed,
        case["remaining_attempts"].as_u64().unwrap() as u32,
    );
    for status in case["statuses"].as_array().unwrap() {
        let status = status.as_u64().unwrap() as u8;
        let text = if matches!(status, 1 | 2) {
            "\\boxed{1}"
        } else {
            "words"
        };
        let finish = if status == 3 {
            Finish::Stop
        } else {
            Finish::Open
        };
        let tokens = usize::from(status != 4);
        if dialogue.read(Chunk {
            text,
            finish,
            tokens,
        }) == Reading::Grade
        {
            dialogue.ruled(if status == Status::Right as u8 {
                Ruling::Right
            } else {
                Ruling::Wrong
            });
        }
        assert_eq!(dialogue.status() as u8, status);
    }
    (
        RewardScale::default().of(dialogue.outcome()),
        dialogue.attempts_used(),
    )
}

#[test]
fn extracts_the_recorded_boxes() {
    let Some(cases) = fixture("reward.jsonl") else {
        return;
    };
    let mut seen = 0;
    for case in cases.iter().filter(|case| case["kind"] == "extract_box") {
        assert_eq!(
            extract_box(case["text"].as_str().unwrap()),
            case["extracted"],
            "{}",
            case["id"]
        );
        seen += 1;
    }
    assert_eq!(seen, 31);
}

#[test]
fn pays_single_turns_by_the_recorded_table() {
    let Some(cases) = fixture("reward.jsonl") else {
        return;
    };
    let mut seen = 0;
    for case in cases
        .iter()
        .filter(|case| case["kind"] == "single_turn_table")
    {
        let outcome = Outcome {
            solved: case["correct"].as_bool().unwrap(),
            answered: case["contains_boxed"].as_bool().unwrap(),
        };
        assert_eq!(
            json!(RewardScale::default().of(outcome)),
            case["reward"],
            "{}",
            case["id"]
        );
        seen += 1;
    }
    assert_eq!(seen, 4);
}
