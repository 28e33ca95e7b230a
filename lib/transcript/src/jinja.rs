//! Jinja as chat templates expect it: what transformers gives them beside the language itself.

use std::fmt::Write;

use chrono::NaiveDate;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, Value};
use serde_json::ser::{PrettyFormatter, Serializer};

/// An environment with one template.
///
/// Block tags swallow their line's white space, Python's string methods exist, `raise_exception` refuses messages,
/// `tojson` writes as Python does, `strftime_now` tells `date`, loops may break and continue, and
/// `{% generation %}` marks what a model writes without a trace in the text.
pub fn environment(
    name: &'static str,
    source: &str,
    date: NaiveDate,
) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_syntax(
        SyntaxConfig::builder()
            .trim_blocks(true)
            .lstrip_blocks(true)
            .build()?,
    );
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function("raise_exception", |message: String| {
        Err::<String, _>(Error::new(ErrorKind::InvalidOperation, message))
    });
    environment.add_function("strftime_now", move |format: String| told(date, &format));
    environment.add_filter("tojson", to_json);
    environment.add_template_owned(name, without_generation_marks(source))?;
    Ok(environment)
}

fn told(date: NaiveDate, format: &str) -> Result<String, Error> {
    let midnight = date.and_hms_opt(0, 0, 0).unwrap_or_default();
    let mut text = String::new();
    write!(text, "{}", midnight.format(format)).map_err(|_| {
        let message = format!("strftime_now: {format:?} is no format of a date");
        Error::new(ErrorKind::InvalidOperation, message)
    })?;
    Ok(text)
}

/// JSON as Python's `json.dumps(value, ensure_ascii=False)` writes it: a blank behind commas and colons.
fn to_json(value: &Value, options: Kwargs) -> Result<String, Error> {
    let indent: Option<usize> = options.get("indent")?;
    options.assert_all_used()?;
    let refuse = |error: serde_json::Error| {
        Error::new(ErrorKind::InvalidOperation, "tojson").with_source(error)
    };
    let mut bytes = Vec::new();
    match indent {
        Some(indent) => {
            let blanks = " ".repeat(indent);
            let formatter = PrettyFormatter::with_indent(blanks.as_bytes());
            let mut serializer = Serializer::with_formatter(&mut bytes, formatter);
            serde::Serialize::serialize(value, &mut serializer).map_err(refuse)?;
        }
        None => {
            let mut serializer = Serializer::with_formatter(&mut bytes, Spaced);
            serde::Serialize::serialize(value, &mut serializer).map_err(refuse)?;
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        writer.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
    ) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}

/// The block `generation` becomes one that is always entered, with the same white space around it.
fn without_generation_marks(source: &str) -> String {
    let mut plain = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(start) = rest.find("{%") {
        let Some(length) = rest[start..].find("%}") else {
            break;
        };
        let tag = &rest[start + 2..start + length];
        plain.push_str(&rest[..start]);
        plain.push_str("{%");
        match tag.trim_matches(['-', '+', ' ', '\t', '\n']) {
            "generation" => plain.push_str(&tag.replace("generation", "if true")),
            "endgeneration" => plain.push_str(&tag.replace("endgeneration", "endif")),
            _ => plain.push_str(tag),
        }
        plain.push_str("%}");
        rest = &rest[start + length + 2..];
    }
    plain + rest
}
