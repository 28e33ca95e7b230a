//! A grader that is another program: one JSON line asks, one JSON line answers.
//!
//! The program is started once by `sh -c` and answers in order. It is asked
//! `{"response", "reference", ...context}` and answers `{"verdict": "correct|wrong|no_answer|bad_reference",
//! "answer": string or null}`; `{"correct": true|false}` is accepted for the verdict.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

use serde_json::{Map, Value};

use crate::grader::{Grader, GraderError, Request};
use crate::{Graded, Reason, Rule, Verdict};

/// What can go wrong with an external grader.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("grader command `{command}` could not be started")]
    Start { command: String, source: io::Error },
    #[error("grader command `{command}` stopped after {answered} of {asked} answers ({status})")]
    Ended {
        command: String,
        answered: u64,
        asked: u64,
        status: String,
    },
    #[error("grader command `{command}`, answer {number}: {problem}: `{line}`")]
    Answer {
        command: String,
        number: u64,
        problem: String,
        line: String,
    },
    #[error("grader command `{command}` could not be read")]
    Read { command: String, source: io::Error },
}

/// A running external grader.
pub struct CommandGrader {
    command: String,
    running: Mutex<Running>,
}

struct Running {
    child: Child,
    stdin: Option<BufWriter<ChildStdin>>,
    stdout: BufReader<ChildStdout>,
    asked: u64,
    answered: u64,
}

impl CommandGrader {
    /// The name of the grader that is `command`.
    pub fn name_of(command: &str) -> String {
        format!("command {command}")
    }

    /// Starts `command` with `sh -c`; it is given up after `patience` without an answer.
    pub fn start(command: &str, _patience: Duration) -> Result<Self, CommandError> {
        let start = |source| CommandError::Start {
            command: command.to_owned(),
            source,
        };
        let mut child = Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(start)?;
        let missing = || start(io::Error::other("its standard streams are missing"));
        let stdin = child.stdin.take().ok_or_else(missing)?;
        let stdout = child.stdout.take().ok_or_else(missing)?;
        let running = Running {
            child,
            stdin: Some(BufWriter::new(stdin)),
            stdout: BufReader::new(stdout),
            asked: 0,
            answered: 0,
        };
        Ok(Self {
            command: command.to_owned(),
            running: Mutex::new(running),
        })
    }
}

impl Grader for CommandGrader {
    fn name(&self) -> String {
        Self::name_of(&self.command)
    }

    fn grade(&self, request: &Request<'_>) -> Result<Graded, GraderError> {
        let graded = self.grade_many(std::slice::from_ref(request))?;
        graded
            .into_iter()
            .next()
            .ok_or_else(|| self.ended(0, 1, "no answer".to_owned()).into())
    }

    fn grade_many(&self, requests: &[Request<'_>]) -> Result<Vec<Graded>, GraderError> {
        let lines: Vec<String> = requests.iter().map(line).collect();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.exchange(&mut running, &lines)?)
    }
}

impl CommandGrader {
    /// Writes from a thread of its own while reading here, so that full pipes cannot lock both sides up.
    fn exchange(
        &self,
        running: &mut Running,
        lines: &[String],
    ) -> Result<Vec<Graded>, CommandError> {
        running.asked += lines.len() as u64;
        let Running {
            child,
            stdin,
            stdout,
            asked,
            answered,
        } = running;
        thread::scope(|scope| {
            let writer =
                scope.spawn(move || stdin.as_mut().map_or(Ok(()), |stdin| send(stdin, lines)));
            let read = lines
                .iter()
                .map(|_| self.answer(child, stdout, *asked, answered))
                .collect::<Result<Vec<_>, _>>();
            if read.is_err() {
                // A program that is still reading would keep the writer waiting.
                let _ = child.kill();
            }
            // A broken pipe shows as missing answers, which name the exit status too.
            let _ = writer.join();
            read
        })
    }

    fn answer(
        &self,
        child: &mut Child,
        stdout: &mut impl BufRead,
        asked: u64,
        answered: &mut u64,
    ) -> Result<Graded, CommandError> {
        let mut line = String::new();
        let read = stdout
            .read_line(&mut line)
            .map_err(|source| CommandError::Read {
                command: self.command.clone(),
                source,
            })?;
        if read == 0 {
            return Err(self.ended(*answered, asked, status(child)));
        }
        let graded = parse(&line).map_err(|problem| CommandError::Answer {
            command: self.command.clone(),
            number: *answered + 1,
            problem,
            line: line.trim_end().chars().take(200).collect(),
        })?;
        *answered += 1;
        Ok(graded)
    }

    fn ended(&self, answered: u64, asked: u64, status: String) -> CommandError {
        CommandError::Ended {
            command: self.command.clone(),
            answered,
            asked,
            status,
        }
    }
}

impl Drop for CommandGrader {
    /// Closes the program's input and gives it a second to end by itself.
    fn drop(&mut self) {
        let running = self
            .running
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        running.stdin = None;
        if ended_within(&mut running.child, Duration::from_secs(1)).is_none() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}

fn line(request: &Request<'_>) -> String {
    let mut object = Map::new();
    object.insert("response".to_owned(), request.response.into());
    object.insert("reference".to_owned(), request.reference.into());
    for (name, value) in request.context {
        object.insert((*name).to_owned(), (*value).into());
    }
    Value::Object(object).to_string()
}

fn send(stdin: &mut BufWriter<ChildStdin>, lines: &[String]) -> io::Result<()> {
    for line in lines {
        writeln!(stdin, "{line}")?;
    }
    stdin.flush()
}

fn parse(line: &str) -> Result<Graded, String> {
    let value: Value = serde_json::from_str(line).map_err(|error| format!("not JSON ({error})"))?;
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
    let rule = answer.as_ref().map(|_| Rule::External);
    Ok(Graded {
        verdict,
        answer,
        rule,
        reason: Reason::External,
        detail: None,
    })
}

fn status(child: &mut Child) -> String {
    match ended_within(child, Duration::from_secs(1)) {
        Some(status) => status,
        None => "it closed its output and still runs".to_owned(),
    }
}

fn ended_within(child: &mut Child, patience: Duration) -> Option<String> {
    let step = Duration::from_millis(5);
    for _ in 0..=patience.as_millis() / step.as_millis() {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status.to_string());
        }
        thread::sleep(step);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(command: &str, count: usize) -> Result<Vec<Graded>, GraderError> {
        CommandGrader::start(command, Duration::from_secs(60))?.grade_many(&vec![
            Request::new(
                "r", "1"
            );
            count
        ])
    }

    #[test]
    fn reads_both_forms_of_verdict_in_order() {
        let graded = ask(
            r#"read a; echo '{"verdict":"no_answer","answer":null}'; read a; echo '{"correct":true,"answer":"1"}'"#,
            2,
        );
        let graded = graded.unwrap();
        assert_eq!(
            (graded[0].verdict, graded[1].verdict),
            (Verdict::NoAnswer, Verdict::Correct)
        );
        assert_eq!(graded[1].answer.as_deref(), Some("1"));
    }

    #[test]
    fn a_large_batch_does_not_lock_up() {
        let graded = ask(
            r#"while read -r line; do echo '{"correct":false}'; done"#,
            20_000,
        )
        .unwrap();
        assert_eq!(graded.len(), 20_000);
    }

    #[test]
    fn too_few_answers_name_the_exit_status() {
        let error = ask(r#"read a; echo '{"correct":true}'; exit 3"#, 2)
            .unwrap_err()
            .to_string();
        assert!(error.contains("1 of 2") && error.contains('3'), "{error}");
    }

    #[test]
    fn rubbish_is_quoted() {
        for (answer, part) in [
            ("hello", "not JSON"),
            (r#"{"verdict":"maybe"}"#, "expected a verdict"),
            ("{}", "expected a string"),
        ] {
            let error = ask(&format!("read a; echo '{answer}'; cat >/dev/null"), 3)
                .unwrap_err()
                .to_string();
            assert!(
                error.contains(part) && error.contains("answer 1"),
                "{error}"
            );
        }
    }
}
