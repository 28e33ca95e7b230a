//! Reads question rows on a thread of its own and hands them out as tasks, never far ahead of what is written.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use anyhow::{Context as _, Error, Result};
use generation::{Environment, Finished, GenerationError, Job, Played, Queue, Task};
use records::Row;
use tables::Reader;

use crate::args::{Shard, TooLong};

/// What reaches the writing thread.
pub enum Event {
    Arrived(Arrival),
    Played(Result<Played, GenerationError>),
    /// A row cannot be used; none follows.
    Failed(Error),
    /// All rows have arrived.
    Ended,
}

/// A row that was read, with its place in the output.
pub struct Arrival {
    pub index: u64,
    pub row: Row,
    pub dialogue_id: String,
    /// The dialogue, where it need not be played because its prompt leaves no room.
    pub finished: Option<Finished>,
}

/// How many rows may be read and not yet written.
pub struct Window {
    open: Mutex<u64>,
    changed: Condvar,
}

impl Window {
    pub fn new(rows: u64) -> Self {
        Self {
            open: Mutex::new(rows),
            changed: Condvar::new(),
        }
    }

    fn enter(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        while *open == 0 {
            open = self
                .changed
                .wait(open)
                .unwrap_or_else(PoisonError::into_inner);
        }
        *open -= 1;
    }

    /// A row has been written.
    pub fn leave(&self) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_one();
    }
}

pub struct Feed {
    pub reader: Reader,
    pub environment: Arc<Environment>,
    pub shard: Option<Shard>,
    pub too_long: TooLong,
    pub window: Arc<Window>,
    pub queue: Arc<Queue<Job>>,
    pub events: Sender<Event>,
}

impl Feed {
    /// Reads to the end, or to the first row that cannot be played.
    pub fn run(self) {
        let Self {
            reader,
            environment,
            shard,
            too_long,
            window,
            queue,
            events,
        } = self;
        let mut index = 0;
        for (number, row) in (0u64..).zip(reader.not_empty()) {
            if row.is_ok() && shard.is_some_and(|shard| !shard.holds(number)) {
                continue;
            }
            window.enter();
            match row
                .map_err(Error::from)
                .and_then(|row| admit(&environment, too_long, index, row))
            {
                // The arrival goes first: whoever writes must know the row before its dialogue is over.
                Ok((arrival, job)) => {
                    let heard = events.send(Event::Arrived(arrival)).is_ok();
                    if !heard || job.is_some_and(|job| !queue.push(job)) {
                        break;
                    }
                }
                Err(error) => {
                    let _ = events.send(Event::Failed(error));
                    break;
                }
            }
            index += 1;
        }
        queue.close();
        let _ = events.send(Event::Ended);
    }
}

fn admit(
    environment: &Environment,
    too_long: TooLong,
    index: u64,
    row: Row,
) -> Result<(Arrival, Option<Job>)> {
    let task = task(environment, &row)?;
    let (needed, context) = (task.prompt.len(), environment.rules.context);
    let dialogue_id = task.dialogue_id.clone();
    if needed == 0 {
        return Err(row
            .fail("question", "expected a text, the prompt has no token")
            .into());
    }
    if needed < context {
        return Ok((
            Arrival {
                index,
                row,
                dialogue_id,
                finished: None,
            },
            Some(Job { index, task }),
        ));
    }
    let question_id = row.text("question_id")?;
    let problem = format!(
        "question {question_id}: its prompt of {needed} tokens leaves no room for an answer in the context of {context} tokens"
    );
    if too_long == TooLong::Error {
        return Err(Error::from(row.fail("question", "expected a shorter text")).context(problem));
    }
    tracing::warn!("{problem}; recorded with an empty attempt");
    let finished = Some(Finished::without_room(task.prompt, context));
    Ok((
        Arrival {
            index,
            row,
            dialogue_id,
            finished,
        },
        None,
    ))
}

fn task(environment: &Environment, row: &Row) -> Result<Task> {
    let (question_id, question) = (row.text("question_id")?, row.text("question")?);
    let attempts_allowed = match u32::try_from(row.int32("attempts_allowed")?) {
        Ok(count) if count > 0 => count,
        _ => return Err(row.fail("attempts_allowed", "expected at least 1").into()),
    };
    let sample = if row.has("sample_index") {
        row.int32("sample_index")?
    } else {
        0
    };
    let seed = row.int64("seed")?;
    let mut context = vec![("question_id".to_owned(), question_id.to_owned())];
    context.push(("question".to_owned(), question.to_owned()));
    if row.has("source") {
        context.push(("source".to_owned(), row.text("source")?.to_owned()));
    }
    let dialogue_id = format!(
        "{question_id}/n{attempts_allowed}/s{sample}/{:x}",
        seed as u64
    );
    context.push(("dialogue_id".to_owned(), dialogue_id.clone()));
    Ok(Task {
        dialogue_id,
        prompt: environment
            .format
            .prompt(question, attempts_allowed)
            .with_context(|| format!("question {question_id} cannot be encoded"))?,
        question: question.to_owned(),
        reference: row.text("answer")?.to_owned(),
        attempts_allowed,
        seed,
        context,
    })
}
