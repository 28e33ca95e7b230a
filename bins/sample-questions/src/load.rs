//! Questions out of data files.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, bail};
use records::{Cell, FieldError, Row};
use serde_json::Value;
use tracing::warn;

use crate::answer::{self, Form};
use crate::args::Args;
use crate::preset::Preset;

/// One question of the data.
#[derive(Clone, Debug)]
pub struct Question {
    pub question_id: String,
    pub source: String,
    pub question: String,
    pub answer: String,
    /// Other fields that were asked for.
    pub kept: Vec<(String, Cell)>,
}

/// The questions of all files, in order.
pub fn questions(args: &Args) -> Result<Vec<Question>> {
    let mut all = Vec::new();
    for path in &args.data {
        all.extend(file(path, args)?);
    }
    let mut seen = HashSet::new();
    for question in &all {
        if !seen.insert(&question.question_id) {
            bail!(
                "question_id \"{}\" occurs twice in the data, expected unique ids \
                 (--source gives a file another name)",
                question.question_id
            );
        }
    }
    Ok(all)
}

fn file(path: &Path, args: &Args) -> Result<Vec<Question>> {
    let rows = tables::open_data(path, None)?.not_empty();
    let mut layout = None;
    let mut questions = Vec::new();
    let mut skipped = Vec::new();
    for (index, row) in rows.take(args.first.unwrap_or(usize::MAX)).enumerate() {
        let row = row?;
        let layout = layout.get_or_insert_with(|| Layout::of(path, &row, args));
        match layout.question(&row, index, args)? {
            Some(question) => questions.push(question),
            None => skipped.push(index.to_string()),
        }
    }
    if !skipped.is_empty() {
        let rows = skipped.join(", ");
        warn!(
            "{}: skipped rows without an answer (counted from 0): {rows}",
            path.display()
        );
    }
    match layout.is_some_and(|layout| layout.unique) {
        true => Ok(without_repeats(questions, path)),
        false => Ok(questions),
    }
}

/// How to read the rows of one file.
struct Layout<'a> {
    preset: Option<&'static Preset>,
    question: Vec<&'a str>,
    answer: Vec<&'a str>,
    form: Form,
    /// The data set's name where rows do not give one.
    source: String,
    unique: bool,
}

impl<'a> Layout<'a> {
    fn of(path: &Path, first: &Row, args: &'a Args) -> Self {
        let free = args.question_field.is_none() && args.answer_field.is_none();
        let detected = free.then(|| Preset::detect(path, first)).flatten();
        let preset = args.preset.or(detected);
        let fields = |own: &'a Option<String>, known: Option<&'static [&'static str]>, usual| match (
            own, known,
        ) {
            (Some(field), _) => vec![field.as_str()],
            (None, Some(known)) => known.to_vec(),
            (None, None) => usual,
        };
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Self {
            preset,
            question: fields(
                &args.question_field,
                preset.map(|preset| preset.question),
                vec!["question", "problem"],
            ),
            answer: fields(
                &args.answer_field,
                preset.map(|preset| preset.answer),
                vec!["answer"],
            ),
            form: preset.map_or(Form::Plain, |preset| preset.form),
            source: preset.map_or(stem.into_owned(), |preset| preset.name.to_owned()),
            unique: preset.is_some_and(|preset| preset.unique),
        }
    }

    /// The question of a row; none where the row has no answer.
    fn question(
        &self,
        row: &Row,
        index: usize,
        args: &Args,
    ) -> Result<Option<Question>, FieldError> {
        let question = required(row, &self.question, "a string")?;
        let question = row.text(question)?.to_owned();
        let Some(answer) = self.answer(row, index, &question)? else {
            return Ok(None);
        };
        let source = self.source(row, args)?;
        let question_id = id(row, index, &source, args)?;
        let kept = args.keep_fields.iter().map(|field| {
            let missing = || row.fail(field, "missing, expected by --keep-fields");
            let cell = row.get(field).ok_or_else(missing)?;
            Ok((field.clone(), cell.clone()))
        });
        Ok(Some(Question {
            question_id,
            source,
            question,
            answer,
            kept: kept.collect::<Result<Vec<_>, FieldError>>()?,
        }))
    }

    fn answer(
        &self,
        row: &Row,
        index: usize,
        question: &str,
    ) -> Result<Option<String>, FieldError> {
        let field = required(row, &self.answer, "an answer")?;
        let value: Value = row.decode(field)?;
        let answer =
            answer::extract(&value, self.form).map_err(|expected| row.fail(field, expected))?;
        if !answer.is_empty() && answer != "None" {
            return Ok(Some(answer));
        }
        let corrections = self.preset.map_or(&[][..], |preset| preset.corrections);
        let correction = corrections.iter().find(|correction| {
            correction.row == index && question.starts_with(correction.question)
        });
        Ok(correction.map(|correction| correction.answer.to_owned()))
    }

    fn source(&self, row: &Row, args: &Args) -> Result<String, FieldError> {
        match &args.source {
            Some(source) => Ok(source.clone()),
            None if self.preset.is_none() && row.has("source") => {
                Ok(row.text("source")?.to_owned())
            }
            None => Ok(self.source.clone()),
        }
    }
}

/// The first of the fields that the row has.
fn required<'a>(row: &Row, fields: &[&'a str], expected: &str) -> Result<&'a str, FieldError> {
    let found = fields.iter().find(|field| row.has(field));
    found.copied().ok_or_else(|| {
        let others = fields[1..].iter().map(|field| format!(" or \"{field}\""));
        let message = format!(
            "missing, expected {expected} here{}",
            others.collect::<String>()
        );
        row.fail(fields[0], message)
    })
}

/// A stable id: the row's own, or its place in the data set.
fn id(row: &Row, index: usize, source: &str, args: &Args) -> Result<String, FieldError> {
    if let Some(field) = &args.id_field {
        let value: Value = row.decode(field)?;
        let own = match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        return Ok(format!("{source}/{own}"));
    }
    match row.has("question_id") {
        true => Ok(row.text("question_id")?.to_owned()),
        false => Ok(format!("{source}/{index}")),
    }
}

fn without_repeats(questions: Vec<Question>, path: &Path) -> Vec<Question> {
    let mut seen = HashSet::new();
    let (kept, repeated): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| seen.insert((squeeze(&question.question), question.answer.clone())));
    if !repeated.is_empty() {
        let ids: Vec<&str> = repeated
            .iter()
            .map(|one| one.question_id.as_str())
            .collect();
        warn!(
            "{}: left out repeated questions: {}",
            path.display(),
            ids.join(", ")
        );
    }
    kept
}

/// A text with every run of white space as one blank: the form in which texts are compared.
pub fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
impl Question {
    /// A question of which only the id matters.
    pub fn named(question_id: &str) -> Self {
        Self {
            question_id: question_id.to_owned(),
            source: String::new(),
            question: String::new(),
            answer: String::new(),
            kept: Vec::new(),
        }
    }
}
