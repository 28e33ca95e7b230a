//! JSON text as rows: one object per line, or the objects of one array.

use std::io::{self, BufRead, Cursor, Read};
use std::sync::Arc;

use records::{Origin, Row, Unit};
use serde_json::value::RawValue;

use crate::input::{Input, peek};
use crate::jsonl::decode;
use crate::{TableError, Typing};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

type Rows = Box<dyn Iterator<Item = Result<Row, TableError>> + Send>;

/// Lines of JSON objects; blank ones are skipped but counted.
pub struct Lines {
    input: Input,
    name: Arc<str>,
    typing: Typing,
    number: u64,
    buffer: Vec<u8>,
}

impl Lines {
    pub fn new(input: Input, name: Arc<str>, typing: Typing) -> Self {
        Self {
            input,
            name,
            typing,
            number: 0,
            buffer: Vec::new(),
        }
    }

    /// Whether another line was read into the buffer.
    fn advance(&mut self) -> Result<bool, TableError> {
        self.buffer.clear();
        self.number += 1;
        match self.input.read_until(b'\n', &mut self.buffer) {
            Ok(length) => Ok(length > 0),
            Err(source) => Err(TableError::Read {
                name: self.name.to_string(),
                source,
            }),
        }
    }

    fn decode(&self) -> Result<Row, TableError> {
        let origin = Origin {
            source: self.name.clone(),
            unit: Unit::Line,
            number: self.number,
        };
        let mut text = self.buffer.trim_ascii_end();
        if self.number == 1 {
            text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            if text.starts_with(b"PAR1") {
                let message = "this is Parquet, expected JSONL; name the format";
                let message = message.to_owned();
                return Err(TableError::Syntax { origin, message });
            }
        }
        decode(text, origin, self.typing)
    }
}

impl Iterator for Lines {
    type Item = Result<Row, TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.advance() {
                Err(error) => return Some(Err(error)),
                Ok(false) => return None,
                Ok(true) if self.buffer.trim_ascii().is_empty() => continue,
                Ok(true) => return Some(self.decode()),
            }
        }
    }
}

/// The rows of somebody's data: an array where the text begins with a bracket, lines otherwise.
pub fn lines_or_array(mut input: Input, name: Arc<str>) -> Result<Rows, TableError> {
    let failed = |source| TableError::Read {
        name: name.to_string(),
        source,
    };
    let mut text = beginning(&mut input).map_err(failed)?;
    if text.last() != Some(&b'[') {
        let input = Box::new(Cursor::new(text).chain(input));
        return Ok(Box::new(Lines::new(input, name, Typing::Free)));
    }
    input.read_to_end(&mut text).map_err(failed)?;
    let elements: Vec<Box<RawValue>> = serde_json::from_slice(&text).map_err(|error| {
        let origin = Origin {
            source: name.clone(),
            unit: Unit::Line,
            number: error.line() as u64,
        };
        let message = error.to_string();
        if error.is_eof() {
            TableError::Torn { origin, message }
        } else {
            TableError::Syntax { origin, message }
        }
    })?;
    let rows = elements.into_iter().zip(1..);
    Ok(Box::new(rows.map(move |(element, number)| {
        let origin = Origin {
            source: name.clone(),
            unit: Unit::Row,
            number,
        };
        decode(element.get().as_bytes(), origin, Typing::Free)
    })))
}

/// Everything up to the first letter that is not blank, which is the last one returned; no byte order mark.
fn beginning(input: &mut Input) -> io::Result<Vec<u8>> {
    let mut text = peek(input, &[BYTE_ORDER_MARK])?;
    if text == BYTE_ORDER_MARK {
        text.clear();
    }
    while text.trim_ascii().is_empty() {
        let mut byte = [0];
        if input.read(&mut byte)? == 0 {
            break;
        }
        text.push(byte[0]);
    }
    Ok(text)
}
