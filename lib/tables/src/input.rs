//! The bytes of a file or of standard input, decompressed where they are gzip or zstd.
//!
//! What the bytes are is told by how they begin, so that it works on standard input as well; a name that says
//! otherwise is an error.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::{TableError, is_standard_stream};

pub(crate) type Input = Box<dyn BufRead + Send>;

const CAPACITY: usize = 1 << 18;

/// What a file turns out to be by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Gzip,
    Zstd,
    /// Something that is recognised, but not read.
    Other(&'static str),
}

/// First bytes and what they say. None of them can begin JSON text.
const MARKS: &[(&[u8], Kind)] = &[
    (b"\x1f\x8b", Kind::Gzip),
    (b"\x28\xb5\x2f\xfd", Kind::Zstd),
    (b"BZh", Kind::Other("bzip2 data")),
    (b"\xfd7zXZ\0", Kind::Other("xz data")),
    (b"\x04\x22\x4d\x18", Kind::Other("lz4 data")),
    (b"PK\x03\x04", Kind::Other("a zip archive")),
    (b"\xff\xfe", Kind::Other("UTF-16 text")),
    (b"\xfe\xff", Kind::Other("UTF-16 text")),
];

impl Kind {
    /// What a name's suffix promises.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "gz" => Some(Self::Gzip),
            "zst" => Some(Self::Zstd),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip data",
            Self::Zstd => "zstd data",
            Self::Other(name) => name,
        }
    }
}

/// Whether a name ends as those of compressed files do.
pub(crate) fn is_compressed(path: &Path) -> bool {
    Kind::of(path).is_some()
}

/// Opens a file, or standard input for `-`. `name` is for messages.
pub(crate) fn open(path: &Path, name: &str) -> Result<Input, TableError> {
    let failed = |source| TableError::Open {
        name: name.to_owned(),
        source,
    };
    let input: Input = if is_standard_stream(path) {
        Box::new(BufReader::with_capacity(CAPACITY, io::stdin()))
    } else {
        Box::new(BufReader::with_capacity(
            CAPACITY,
            File::open(path).map_err(failed)?,
        ))
    };
    decompressed(input, Kind::of(path), name)
}

fn decompressed(mut input: Input, promised: Option<Kind>, name: &str) -> Result<Input, TableError> {
    let failed = |source| TableError::Read {
        name: name.to_owned(),
        source,
    };
    let wrong = |message: String| TableError::Compression {
        name: name.to_owned(),
        message,
    };
    let marks: Vec<&[u8]> = MARKS.iter().map(|(mark, _)| *mark).collect();
    let head = peek(&mut input, &marks).map_err(failed)?;
    let found = MARKS.iter().find(|(mark, _)| head == *mark);
    let found = found.map(|(_, kind)| *kind);
    let input: Input = Box::new(Cursor::new(head).chain(input));
    match (promised, found) {
        (Some(promised), found) if found != Some(promised) => {
            let found = found.map_or("something else", Kind::name);
            Err(wrong(format!(
                "expected {}, as its name says, found {found}",
                promised.name()
            )))
        }
        (_, Some(Kind::Other(other))) => Err(wrong(format!(
            "found {other}, expected UTF-8 text, plain or as gzip or zstd"
        ))),
        (_, Some(Kind::Gzip)) => Ok(buffered("gzip", MultiGzDecoder::new(input))),
        (_, Some(Kind::Zstd)) => {
            let decoder = zstd::stream::read::Decoder::with_buffer(input).map_err(failed)?;
            Ok(buffered("zstd", decoder))
        }
        (_, None) => Ok(input),
    }
}

fn buffered(kind: &'static str, decoder: impl Read + Send + 'static) -> Input {
    Box::new(BufReader::with_capacity(
        CAPACITY,
        Explained { kind, decoder },
    ))
}

/// Reads as many bytes as it takes to know which of the marks the input begins with, and no more: somebody may be
/// waiting for the answer to a first short line.
pub(crate) fn peek(input: &mut dyn BufRead, marks: &[&[u8]]) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while marks
        .iter()
        .any(|mark| mark.len() > head.len() && mark.starts_with(&head))
    {
        let mut byte = [0];
        if input.read(&mut byte)? == 0 {
            break;
        }
        head.push(byte[0]);
    }
    Ok(head)
}

/// A decoder whose errors say what was being decoded.
struct Explained<R> {
    kind: &'static str,
    decoder: R,
}

impl<R: Read> Read for Explained<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| {
            let kind = self.kind;
            match error.kind() {
                io::ErrorKind::UnexpectedEof => {
                    let message = format!("torn {kind} data: it ends before its end mark");
                    io::Error::new(io::ErrorKind::UnexpectedEof, message)
                }
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::Other => {
                    io::Error::other(format!("damaged {kind} data: {error}"))
                }
                _ => error,
            }
        })
    }
}
