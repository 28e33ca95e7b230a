//! Questions out of data files.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, bail};
use exclusions::squeeze;
use records::{Cell, FieldError, FieldProblem, Row};
use serde::Deserialize;
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
    let mut unusable = Unusable::default();
    for path in &args.data {
        all.extend(file(path, args, &mut unusable)?);
    }
    unusable.tell();
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

/// Rows that --skip-unusable has left out.
#[derive(Default)]
struct Unusable {
    rows: usize,
    of: usize,
    first: Option<FieldError>,
}

impl Unusable {
    fn tell(&self) {
        if let Some(first) = &self.first {
            let (rows, of) = (self.rows, self.of);
            warn!("left out {rows} of {of} rows that cannot be used; the first: {first}");
        }
    }
}

fn file(path: &Path, args: &Args, unusable: &mut Unusable) -> Result<Vec<Question>> {
    let rows = tables::open_data(path, None)?.not_empty();
    let mut layout = None;
    let mut questions = Vec::new();
    let mut unanswered = Vec::new();
    let mut rounded = None;
    for (index, row) in rows.take(args.first.unwrap_or(usize::MAX)).enumerate() {
        let row = row?;
        unusable.of += 1;
        let layout = layout.get_or_insert_with(|| Layout::of(path, &row, args));
        match layout.question(&row, index, args) {
            Ok(Some(mut question)) => {
                question.kept = kept(&row, args)?;
                questions.push(question);
                rounded = rounded.or_else(|| layout.rounded(&row));
            }
            Ok(None) => unanswered.push(index.to_string()),
            Err(error) if args.skip_unusable => {
                unusable.rows += 1;
                unusable.first.get_or_insert(error);
            }
            Err(error) => bail!("{error} (--skip-unusable leaves such rows out)"),
        }
    }
    if !unanswered.is_empty() {
        let rows = some(&unanswered);
        warn!(
            "{}: skipped rows without an answer (counted from 0): {rows}",
            path.display()
        );
    }
    if let Some(rounded) = rounded {
        warn!("{rounded}");
    }
    if layout.is_some_and(|layout| layout.unique) {
        Ok(without_repeats(questions, path))
    } else {
        Ok(questions)
    }
}

/// The first few, and how many more.
fn some(names: &[String]) -> String {
    const SHOWN: usize = 10;
    match names.len().checked_sub(SHOWN) {
        Some(more) if more > 0 => format!("{} and {more} more", names[..SHOWN].join(", ")),
        _ => names.join(", "),
    }
}

fn kept(row: &Row, args: &Args) -> Result<Vec<(String, Cell)>, FieldError> {
    let kept = args.keep_fields.iter().map(|field| {
        let missing = || row.fail(field, "missing, expected by --keep-fields");
        let cell = row.get(field).ok_or_else(missing)?;
        Ok((field.clone(), cell.clone()))
    });
    kept.collect()
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
            source: preset.map_or_else(|| tables::stem(path), |preset| preset.name.to_owned()),
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
        let field = required(row, &self.question, "a string")?;
        let question = self.problem(row, field)?;
        let Some(answer) = self.answer(row, index, &question)? else {
            return Ok(None);
        };
        let source = self.source(row, args)?;
        let question_id = id(row, index, &source, args)?;
        Ok(Some(Question {
            question_id,
            source,
            question,
            answer,
            kept: Vec::new(),
        }))
    }

    /// The problem's text, without the instructions that a data set is known to put around it.
    fn problem(&self, row: &Row, field: &str) -> Result<String, FieldError> {
        let text = asked(row, field)?;
        let text = not_blank(row, field, text)?;
        let Some((before, after)) = self.preset.and_then(|preset| preset.frame) else {
            return Ok(text);
        };
        let inner = text.strip_prefix(before).unwrap_or(&text);
        let inner = inner.strip_suffix(after).unwrap_or(inner);
        not_blank(row, field, inner.trim().to_owned())
    }

    fn answer(
        &self,
        row: &Row,
        index: usize,
        question: &str,
    ) -> Result<Option<String>, FieldError> {
        let unanswered = self.preset.map_or(&[][..], |preset| preset.unanswered);
        let field = match required(row, &self.answer, "an answer") {
            // The field is there, but holds null.
            Err(_) if !unanswered.is_empty() && row.find(self.answer[0]).is_some() => {
                return Ok(None);
            }
            field => field?,
        };
        let cell = row.find(field).unwrap_or(Cow::Owned(Cell::Null));
        let answer =
            answer::extract(&cell, self.form).map_err(|problem| row.error(field, problem))?;
        if !unanswered.contains(&answer.as_str()) {
            return not_blank(row, field, answer).map(Some);
        }
        let corrections = self.preset.map_or(&[][..], |preset| preset.corrections);
        let correction = corrections.iter().find(|correction| {
            correction.row == index && question.starts_with(correction.question)
        });
        Ok(correction.map(|correction| correction.answer.to_owned()))
    }

    /// A warning where the answer's last digits may not be those of the data set.
    fn rounded(&self, row: &Row) -> Option<FieldError> {
        let field = required(row, &self.answer, "an answer").ok()?;
        let lost = row.find(field)?.may_have_lost_digits();
        let message = "a whole number too large for a column of floats: its last digits may have been \
                       lost where the file was written, expected a string or a decimal";
        lost.then(|| row.fail(field, message))
    }

    fn source(&self, row: &Row, args: &Args) -> Result<String, FieldError> {
        let own = match self.preset {
            Some(preset) => preset.source,
            None => Some("source"),
        };
        match (&args.source, own) {
            (Some(source), _) => Ok(source.clone()),
            (None, Some(field)) if row.has(field) => row.to_text(field),
            _ => Ok(self.source.clone()),
        }
    }
}

/// The first of the fields that the row has; each may be a part of one, `reward_model.ground_truth`.
fn required<'a>(row: &Row, fields: &[&'a str], expected: &str) -> Result<&'a str, FieldError> {
    let has = |field: &&&str| row.find(field).is_some_and(|cell| !cell.is_null());
    fields.iter().find(has).copied().ok_or_else(|| {
        let others = fields[1..].iter().map(|field| format!(" or \"{field}\""));
        let message = format!(
            "missing, expected {expected} here{}",
            others.collect::<String>()
        );
        row.fail(fields[0], message)
    })
}

/// A message of a chat.
#[derive(Deserialize)]
struct Message {
    role: String,
    content: String,
}

/// The text of a question: a string, or the last message of the user in a chat.
fn asked(row: &Row, field: &str) -> Result<String, FieldError> {
    let cell = row.find(field).unwrap_or(Cow::Owned(Cell::Null));
    if let Some(text) = cell.as_str() {
        return Ok(text.to_owned());
    }
    let chat = serde_json::to_string(&*cell)
        .ok()
        .filter(|text| text.starts_with("[{"))
        .ok_or_else(|| {
            let problem = FieldProblem::Mistyped {
                expected: "string".into(),
                found: cell.kind(),
            };
            row.error(field, problem)
        })?;
    let messages: Vec<Message> = serde_json::from_str(&chat).map_err(|error| {
        let message = format!("expected messages of \"role\" and \"content\": {error}");
        row.fail(field, message)
    })?;
    let asked = messages.into_iter().rfind(|message| message.role == "user");
    asked
        .map(|message| message.content)
        .ok_or_else(|| row.fail(field, "expected a message of the role \"user\", found none"))
}

fn not_blank(row: &Row, field: &str, text: String) -> Result<String, FieldError> {
    if !text.trim().is_empty() {
        return Ok(text);
    }
    let found = if text.is_empty() {
        "an empty string"
    } else {
        "only white space"
    };
    Err(row.fail(field, format!("expected text, found {found}")))
}

/// A stable id: the row's own, or its place in the data set.
fn id(row: &Row, index: usize, source: &str, args: &Args) -> Result<String, FieldError> {
    if let Some(field) = &args.id_field {
        let own = not_blank(row, field, row.to_text(field)?)?;
        return Ok(format!("{source}/{own}"));
    }
    if row.has("question_id") {
        not_blank(row, "question_id", row.to_text("question_id")?)
    } else {
        Ok(format!("{source}/{index}"))
    }
}

fn without_repeats(questions: Vec<Question>, path: &Path) -> Vec<Question> {
    let mut seen = HashSet::new();
    let (kept, repeated): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| seen.insert((squeeze(&question.question), question.answer.clone())));
    if !repeated.is_empty() {
        let ids: Vec<String> = repeated.into_iter().map(|one| one.question_id).collect();
        warn!(
            "{}: left out repeated questions: {}",
            path.display(),
            some(&ids)
        );
    }
    kept
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
