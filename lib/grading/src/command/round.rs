//! Questions asked together, and which of them an answer speaks of. Knows nothing about pipes.

use serde_json::{Map, Value};

use super::answer::Answer;
use crate::Graded;
use crate::grader::Request;

/// Fields of a request's context that name its dialogue, the most exact first.
const NAMES: [&str; 2] = ["dialogue_id", "question_id"];

/// Questions with ids that count up from `first`.
pub(super) struct Round<'a> {
    first: u64,
    requests: &'a [Request<'a>],
    verdicts: Vec<Option<Graded>>,
    asked: usize,
    answered: usize,
}

impl<'a> Round<'a> {
    pub fn new(first: u64, requests: &'a [Request<'a>]) -> Self {
        Self {
            first,
            requests,
            verdicts: vec![None; requests.len()],
            asked: 0,
            answered: 0,
        }
    }

    pub fn is_complete(&self) -> bool {
        self.answered == self.requests.len()
    }

    pub fn has_unasked(&self) -> bool {
        self.asked < self.requests.len()
    }

    /// Whether every question that was asked has its answer.
    pub fn none_open(&self) -> bool {
        self.answered == self.asked
    }

    /// The next question, counted as asked.
    pub fn next_line(&mut self) -> String {
        let line = line(self.id(self.asked), &self.requests[self.asked]);
        self.asked += 1;
        line
    }

    /// Puts an answer to its question: that of its id, or the only one open. Says what is wrong with it otherwise.
    pub fn take(&mut self, answer: Answer, numbered: bool) -> Result<(), String> {
        let place = match answer.id {
            Some(id) => self.place(id)?,
            None if numbered => {
                return Err("expected the question's \"id\", as in the answers before".to_owned());
            }
            None => self.first_open().ok_or("nothing was asked")?,
        };
        self.verdicts[place] = Some(answer.graded);
        self.answered += 1;
        Ok(())
    }

    /// The verdicts of a complete round, in the order of its questions.
    pub fn verdicts(self) -> Vec<Graded> {
        self.verdicts.into_iter().flatten().collect()
    }

    /// The dialogue of the first question that waits for an answer.
    pub fn about_open(&self) -> Option<String> {
        self.about(self.first_open()?)
    }

    /// The dialogue of the question that is asked next.
    pub fn about_next(&self) -> Option<String> {
        self.about(self.asked)
    }

    fn about(&self, place: usize) -> Option<String> {
        let request = self.requests.get(place)?;
        let named = |name: &&str| request.context.iter().find(|(field, _)| field == name);
        let found = NAMES.iter().find_map(named);
        Some(found.map_or_else(
            || format!("question {}", self.id(place)),
            |(name, value)| format!("{name} {value}"),
        ))
    }

    fn first_open(&self) -> Option<usize> {
        self.verdicts[..self.asked].iter().position(Option::is_none)
    }

    fn place(&self, id: u64) -> Result<usize, String> {
        let place = id.checked_sub(self.first).map(usize::try_from);
        let asked = match place {
            Some(Ok(place)) if place < self.asked => Some(place),
            _ => None,
        };
        match asked {
            Some(place) if self.verdicts[place].is_none() => Ok(place),
            None if id == 0 || id >= self.id(self.asked) => {
                Err(format!("question {id} was not asked"))
            }
            _ => Err(format!("question {id} was answered before")),
        }
    }

    fn id(&self, place: usize) -> u64 {
        self.first + place as u64
    }
}

fn line(id: u64, request: &Request<'_>) -> String {
    let mut object = Map::new();
    object.insert("id".to_owned(), id.into());
    object.insert("response".to_owned(), request.response.into());
    object.insert("reference".to_owned(), request.reference.into());
    for (name, value) in request.context {
        object.entry(*name).or_insert_with(|| (*value).into());
    }
    Value::Object(object).to_string()
}
