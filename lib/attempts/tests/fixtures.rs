//! The machine against recorded dialogues, boxed answers and rewards; the files are described in the fixtures' README.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test fails by panicking and says why it was skipped

use std::path::PathBuf;

use attempts::{
    AttemptEnd, Dialogue, DialogueRules, Finish, Next, Reading, RewardRules, extract_box,
};
use records::{Attempt, AttemptStop, StopReason, Verdict};
use serde_json::{Value, json};
use transcript::substitute;

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

/// The states of an attempt after a chunk, as the recordings number them.
const UNFINISHED: u8 = 0;
const WRONG: u8 = 1;
const RIGHT: u8 = 2;
const UNANSWERED: u8 = 3;
const NO_ROOM: u8 = 4;

const BOXED: DialogueRules = DialogueRules {
    attempt_end: AttemptEnd::Boxed,
    play_on: false,
};

fn attempt(verdict: Verdict) -> Attempt {
    Attempt {
        start: 0,
        end: 0,
        text: String::new(),
        answer: None,
        verdict,
        stop: AttemptStop::Boxed,
        reward: None,
    }
}

fn pay(attempts: &[Attempt]) -> f32 {
    let repeats = vec![false; attempts.len()];
    RewardRules::default().pay(attempts, &repeats).reward
}

fn status(verdict: Verdict, finish: Finish) -> u8 {
    match (verdict, finish) {
        (Verdict::Correct, _) => RIGHT,
        (Verdict::Wrong, _) => WRONG,
        (_, Finish::Stop) => UNANSWERED,
        (_, Finish::Open) => UNFINISHED,
    }
}

/// Plays a recorded case through the machine and writes down everything that can be seen.
struct Replay<'a> {
    case: &'a Value,
    verdicts: std::vec::IntoIter<bool>,
    dialogue: Dialogue,
    attempts: Vec<Attempt>,
    events: Vec<Value>,
    statuses: Vec<u8>,
    segments: Vec<(&'static str, String)>,
    attempt_texts: Vec<String>,
    feedback_after: Vec<usize>,
}

impl<'a> Replay<'a> {
    fn new(case: &'a Value) -> Self {
        let verdicts = case["verdicts"].as_array().unwrap().iter();
        let verdicts: Vec<bool> = verdicts.map(|v| v.as_bool().unwrap()).collect();
        let allowed = case["remaining_attempts"].as_u64().unwrap() as u32;
        Self {
            case,
            verdicts: verdicts.into_iter(),
            dialogue: Dialogue::new(BOXED, allowed),
            attempts: vec![],
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
        let left = left.to_string();
        let values = [
            ("remaining_attempt", &*left),
            ("input", self.text("question")),
        ];
        substitute(self.text(template), &values)
    }

    fn push(&mut self, role: &'static str, text: &str) {
        match self.segments.last_mut() {
            _ if text.is_empty() => {}
            Some((last, so_far)) if *last == role => so_far.push_str(text),
            _ => self.segments.push((role, text.to_owned())),
        }
    }

    /// The recorded name of what ended the dialogue.
    fn play(&mut self) -> &'static str {
        let limit = self.case["step_limit"].as_u64().unwrap() as usize;
        let chunks = self.case["chunks"].as_array().unwrap();
        for (step, chunk) in chunks.iter().enumerate().take(limit) {
            let ending = match self.step(step, chunk) {
                Next::End(StopReason::Solved) => "correct",
                Next::End(StopReason::Exhausted) => "attempts_exhausted",
                Next::End(StopReason::Length) => "context_exhausted",
                Next::GoOn | Next::Feedback { .. } => continue,
            };
            assert_eq!(step + 1, chunks.len(), "all chunks are consumed");
            return ending;
        }
        assert_eq!(chunks.len(), limit);
        self.attempt_texts.push(self.dialogue.attempt().to_owned());
        "step_limit"
    }

    fn step(&mut self, step: usize, chunk: &Value) -> Next {
        let finish = if chunk["finish"] == "stop" {
            Finish::Stop
        } else {
            Finish::Open
        };
        let before = self.dialogue.attempt().len();
        let reading = self.dialogue.read(chunk["text"].as_str().unwrap(), finish);
        let attempt_text = self.dialogue.attempt().to_owned();
        let added = attempt_text[before..].to_owned();
        self.events
            .push(json!({"ev": "chunk", "step": step, "text": added}));
        self.push("model", &added);
        let verdict = match reading {
            Reading::Grade => self.grade(&attempt_text),
            Reading::GoOn => Verdict::NoAnswer,
        };
        // A chunk without tokens is how the recorded engine says that the context is full.
        if chunk["n_tokens"] == 0 {
            self.record(step, attempt_text, NO_ROOM, Next::End(StopReason::Length));
            return Next::End(StopReason::Length);
        }
        let next = match reading {
            Reading::Grade => self.dialogue.judged(verdict),
            Reading::GoOn => Next::GoOn,
        };
        if next != Next::GoOn {
            self.attempts.push(attempt(verdict));
        }
        self.record(step, attempt_text, status(verdict, finish), next);
        next
    }

    /// The recorded grader is asked only where a box is complete.
    fn grade(&mut self, attempt: &str) -> Verdict {
        let prediction = extract_box(attempt);
        if self.case["grader"] == "none" || prediction.is_empty() {
            return Verdict::NoAnswer;
        }
        let correct = self
            .verdicts
            .next()
            .expect("no more verdicts than recorded");
        self.events
            .push(json!({"ev": "grade", "prediction": prediction, "correct": correct}));
        if correct {
            Verdict::Correct
        } else {
            Verdict::Wrong
        }
    }

    fn record(&mut self, step: usize, attempt: String, status: u8, next: Next) {
        self.statuses.push(status);
        self.events.push(json!({"ev": "status", "status": status}));
        if let Next::Feedback { attempts_left } = next {
            let text = self.fill("feedback_template", attempts_left);
            self.events
                .push(json!({"ev": "feedback", "remaining": attempts_left, "text": text}));
            self.push("feedback", &text);
            self.feedback_after.push(step);
        }
        if next != Next::GoOn {
            self.attempt_texts.push(attempt);
        }
    }

    fn finish(mut self) -> Value {
        let termination = self.play();
        let reward = pay(&self.attempts);
        self.events
            .push(json!({"ev": "end", "reason": termination, "reward": reward}));
        let allowed = self.case["remaining_attempts"].as_u64().unwrap() as u32;
        let segment = |(role, text): &(&str, String)| json!({"role": role, "text": text});
        let unasked = self.verdicts.next();
        assert_eq!(unasked, None, "every recorded verdict was asked for");
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
    let allowed = case["remaining_attempts"].as_u64().unwrap() as u32;
    let mut dialogue = Dialogue::new(BOXED, allowed);
    let mut attempts = Vec::new();
    for status in case["statuses"].as_array().unwrap() {
        let (verdict, text, finish) = match status.as_u64().unwrap() as u8 {
            WRONG => (Verdict::Wrong, "\\boxed{1}", Finish::Open),
            RIGHT => (Verdict::Correct, "\\boxed{1}", Finish::Open),
            UNANSWERED => (Verdict::NoAnswer, "words", Finish::Stop),
            _ => (Verdict::NoAnswer, "words", Finish::Open),
        };
        if dialogue.read(text, finish) == Reading::Grade && dialogue.judged(verdict) != Next::GoOn {
            attempts.push(attempt(verdict));
        }
    }
    (pay(&attempts), dialogue.attempts_used())
}

#[test]
fn discounts_a_late_success_as_recorded() {
    let Some(cases) = fixture("reward.jsonl") else {
        return;
    };
    let mut seen = 0;
    for case in cases
        .iter()
        .filter(|case| case["kind"] == "attempt_discount")
    {
        let used = case["attempts_used"].as_u64().unwrap() as usize;
        let mut attempts = vec![attempt(Verdict::Wrong); used];
        if case["correct"] == true {
            attempts[used - 1] = attempt(Verdict::Correct);
        }
        let rules = RewardRules {
            attempt_discount: case["discount"].as_f64().unwrap(),
            ..RewardRules::default()
        };
        let paid = rules.pay(&attempts, &vec![false; used]).reward;
        let recorded = case["reward_discounting_retries_only"].as_f64().unwrap();
        assert!(
            (f64::from(paid) - recorded).abs() < 1e-6,
            "{}: {paid}",
            case["id"]
        );
        seen += 1;
    }
    assert!(seen > 0);
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
        let verdict = match (case["correct"] == true, case["contains_boxed"] == true) {
            (true, _) => Verdict::Correct,
            (false, true) => Verdict::Wrong,
            (false, false) => Verdict::NoAnswer,
        };
        assert_eq!(
            json!(pay(&[attempt(verdict)])),
            case["reward"],
            "{}",
            case["id"]
        );
        seen += 1;
    }
    assert_eq!(seen, 4);
}
