//! The program's output as answers.
//!
//! An answer ends with its closing brace: line breaks inside, between or after answers mean nothing, so that pretty-printed
//! answers and a last one without a newline count. Knows nothing about what was asked.

use serde_json::Value;

use crate::{Graded, Reason, Rule, Verdict};

/// Longer answers are taken for a program gone wild.
const LONGEST: usize = 16 << 20;

/// Characters of the program's output that a message quotes.
const QUOTED: usize = 200;

/// One answer as given.
pub(super) struct Answer {
    /// The question's id, where the answer repeats it.
    pub id: Option<u64>,
    pub graded: Graded,
    /// How it was spelled, for messages.
    pub line: String,
}

/// Output that is no answer.
pub(super) struct Broken {
    pub problem: String,
    pub line: String,
}

/// Output that has not been read as answers yet.
#[derive(Default)]
pub(super) struct Incoming {
    bytes: Vec<u8>,
    /// So many bytes were searched for the end of an answer.
    searched: usize,
}

impl Incoming {
    /// Where more output is to be appended.
    pub fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// The next whole answer, or what stands in its place.
    pub fn next(&mut self) -> Option<Result<Answer, Broken>> {
        let blank = self
            .bytes
            .iter()
            .take_while(|b| b.is_ascii_whitespace())
            .count();
        self.drop_front(blank);
        // Only these end an answer, or a line that is none.
        let news = &self.bytes[self.searched.min(self.bytes.len())..];
        if !news.iter().any(|byte| matches!(byte, b'}' | b'\n')) && self.bytes.len() <= LONGEST {
            return None;
        }
        self.searched = self.bytes.len();
        let mut values = serde_json::Deserializer::from_slice(&self.bytes).into_iter::<Value>();
        match values.next()? {
            Ok(value) => {
                let end = values.byte_offset();
                let line = quoted(&self.bytes[..end]);
                self.drop_front(end);
                Some(read(&value, &line).map_err(|problem| Broken { problem, line }))
            }
            Err(error) if error.is_eof() && self.bytes.len() <= LONGEST => None,
            Err(error) => Some(Err(self.broken(&error))),
        }
    }

    /// What has come beyond the answers taken so far; `None` where it is blank.
    pub fn rest(&self) -> Option<String> {
        let line = quoted(&self.bytes);
        (!line.is_empty()).then_some(line)
    }

    fn drop_front(&mut self, count: usize) {
        if count > 0 {
            self.bytes.drain(..count);
            self.searched = 0;
        }
    }

    fn broken(&self, error: &serde_json::Error) -> Broken {
        let end = self.bytes.iter().position(|byte| *byte == b'\n');
        let line = &self.bytes[..end.unwrap_or(self.bytes.len())];
        let problem = match std::str::from_utf8(line) {
            _ if error.is_eof() => format!("longer than {} MiB", LONGEST >> 20),
            Err(error) => format!("not valid UTF-8 at byte {}", error.valid_up_to()),
            Ok(_) => format!("not JSON ({error})"),
        };
        Broken {
            problem,
            line: quoted(line),
        }
    }
}

/// The first line that is not blank, cut to what a message can hold.
fn quoted(bytes: &[u8]) -> String {
    let beginning = &bytes[..bytes.len().min(8 * QUOTED)];
    let text = String::from_utf8_lossy(beginning);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default().chars().take(QUOTED).collect()
}

fn read(value: &Value, line: &str) -> Result<Answer, String> {
    if !value.is_object() {
        return Err("expected a JSON object".to_owned());
    }
    let verdict = match (value.get("verdict"), value.get("correct")) {
        (Some(Value::String(name)), _) => name
            .parse()
            .ok()
            .filter(|verdict| *verdict != Verdict::Truncated)
            .ok_or("expected a verdict of correct, wrong, no_answer or bad_reference")?,
        (None, Some(Value::Bool(true))) => Verdict::Correct,
        (None, Some(Value::Bool(false))) => Verdict::Wrong,
        _ => return Err("expected a string \"verdict\" or a boolean \"correct\"".to_owned()),
    };
    let answer = match value.get("answer") {
        None | Some(Value::Null) => None,
        Some(Value::String(answer)) => Some(answer.clone()),
        Some(_) => return Err("expected a string or null for \"answer\"".to_owned()),
    };
    Ok(Answer {
        id: id(value)?,
        graded: Graded {
            verdict,
            rule: answer.as_ref().map(|_| Rule::External),
            answer,
            reason: Reason::External,
            detail: None,
        },
        line: line.to_owned(),
    })
}

fn id(value: &Value) -> Result<Option<u64>, String> {
    let id = match value.get("id") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.parse().ok(),
        Some(_) => None,
    };
    id.map(Some)
        .ok_or_else(|| "expected the \"id\" of a question".to_owned())
}
