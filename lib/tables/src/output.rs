//! Where bytes go: standard output, a device or pipe given by name, or an atomic file.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal, Stdout, Write};
use std::path::Path;

use crate::{AtomicFile, TableError, is_standard_stream};

/// The mark of a write to a reader that had enough, which ends a stage quietly.
#[derive(Clone, Copy, Debug)]
pub struct ClosedPipe;

impl ClosedPipe {
    /// Whether a failed write came from [`Output`] and means that its reader has gone.
    pub fn caused(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

impl fmt::Display for ClosedPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reader of the output has gone")
    }
}

impl std::error::Error for ClosedPipe {}

/// A destination for bytes: `-` is standard output.
#[derive(Debug)]
pub struct Output {
    name: String,
    target: Target,
}

#[derive(Debug)]
enum Target {
    Standard(Stdout),
    /// A pipe or device: nothing to rename.
    Stream(File),
    File(AtomicFile),
}

impl Output {
    /// Opens the destination; a file appears there with [`finish`](Self::finish).
    pub fn create(path: &Path) -> Result<Self, TableError> {
        if is_standard_stream(path) {
            let target = Target::Standard(io::stdout());
            let name = "standard output".into();
            return Ok(Self { name, target });
        }
        let name = path.display().to_string();
        let target = Target::open(path, &name)?;
        Ok(Self { name, target })
    }

    /// Writes all of a file or none of it, or writes to standard output.
    pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), TableError> {
        let mut output = Self::create(path)?;
        let written = output.write_all(bytes);
        written.map_err(|error| TableError::write(&output.name, error))?;
        output.finish()
    }

    /// The path as given, or `standard output`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether somebody may be reading along, so that bytes should not wait.
    pub fn is_stream(&self) -> bool {
        !matches!(self.target, Target::File(_))
    }

    /// Whether the bytes end up on a screen.
    pub fn is_terminal(&self) -> bool {
        match &self.target {
            Target::Standard(stdout) => stdout.is_terminal(),
            Target::Stream(file) => file.is_terminal(),
            Target::File(_) => false,
        }
    }

    /// Writes out what is held back and publishes a file.
    pub fn finish(mut self) -> Result<(), TableError> {
        let flushed = self.flush();
        flushed.map_err(|error| TableError::write(&self.name, error))?;
        match self.target {
            Target::File(file) => file.publish(),
            _ => Ok(()),
        }
    }
}

impl Target {
    fn open(path: &Path, name: &str) -> Result<Self, TableError> {
        let special = fs::metadata(path).is_ok_and(|data| !data.is_file() && !data.is_dir());
        if special {
            let opened = File::options().write(true).open(path);
            return opened
                .map(Self::Stream)
                .map_err(|error| TableError::write(name, error));
        }
        Ok(Self::File(AtomicFile::create(path)?))
    }

    fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Standard(stdout) => stdout,
            Self::Stream(file) => file,
            Self::File(file) => file,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.target.writer().write(bytes).map_err(mark)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.target.writer().flush().map_err(mark)
    }
}

fn mark(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::BrokenPipe => io::Error::new(io::ErrorKind::BrokenPipe, ClosedPipe),
        _ => error,
    }
}
