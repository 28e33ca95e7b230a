//! Files and directories that appear whole or not at all: written beside, synced, renamed.

// std::fs and not fs_err: every error here is given the name of the target, not of the hidden file.
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::temporaries::register_temporary;
use crate::{TableError, Temporary, create_temporary};

/// A file under construction. Dropped before [`publish`](Self::publish), it leaves nothing behind and
/// an older file of that name as it was.
#[derive(Debug)]
pub struct AtomicFile {
    // Declared before `temporary`: closed before it is removed.
    file: BufWriter<File>,
    temporary: Temporary,
    target: PathBuf,
}

impl AtomicFile {
    /// Starts a file that will appear at `path`; its directory must exist.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, TableError> {
        Self::start(path.as_ref()).map_err(|error| naming(path.as_ref(), error))
    }

    /// Makes the file durable and gives it its name.
    pub fn publish(self) -> Result<(), TableError> {
        let target = self.target.clone();
        self.rename().map_err(|error| naming(&target, error))
    }

    fn start(path: &Path) -> io::Result<Self> {
        let target = resolve(path);
        if target.is_dir() {
            // Known now, and not only when all work is done and the rename fails.
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let path = beside(&target)?;
        let mut options = File::options();
        options.read(true).write(true).create_new(true);
        let (temporary, file) = create_temporary(|| options.open(&path), |_| path.clone())?;
        Ok(Self {
            file: BufWriter::with_capacity(1 << 16, file),
            temporary,
            target,
        })
    }

    fn rename(self) -> io::Result<()> {
        let file = self.file.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        drop(file);
        let target = self.target;
        self.temporary.keep(|path| fs::rename(path, &target))?;
        sync_directory(parent(&target))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A directory under construction, with the same promise.
#[derive(Debug)]
pub struct AtomicDirectory {
    temporary: Temporary,
    target: PathBuf,
}

impl AtomicDirectory {
    /// Starts a directory that will appear at `path`; missing parents are made.
    pub fn create(path: impl AsRef<Path>) -> Result<Self, TableError> {
        Self::start(path.as_ref()).map_err(|error| naming(path.as_ref(), error))
    }

    /// Makes everything inside durable and gives the directory its name. A directory that was there
    /// is replaced; it is removed only when the new one stands.
    pub fn publish(self) -> Result<(), TableError> {
        let target = self.target.clone();
        self.rename().map_err(|error| naming(&target, error))
    }

    fn start(path: &Path) -> io::Result<Self> {
        let target = resolve(path);
        fs::create_dir_all(parent(&target))?;
        let path = beside(&target)?;
        let (temporary, ()) = create_temporary(|| fs::create_dir(&path), |_| path.clone())?;
        Ok(Self { temporary, target })
    }

    /// Where to write the contents meanwhile.
    pub fn path(&self) -> &Path {
        self.temporary.path()
    }

    fn rename(self) -> io::Result<()> {
        sync_tree(self.temporary.path())?;
        let target = self.target;
        if !target.exists() {
            self.temporary.keep(|path| fs::rename(path, &target))?;
            return sync_directory(parent(&target));
        }
        // One step, so that there is never a moment without the directory. The old one then lies
        // under the temporary name and goes with it.
        if exchange(self.temporary.path(), &target).is_err() {
            replace(self.temporary, &target)?;
        }
        sync_directory(parent(&target))
    }
}

/// Swaps two names, where the file system can.
fn exchange(one: &Path, two: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, two, RenameFlags::EXCHANGE)?)
}

/// The same in two steps; a failure of the second undoes the first.
fn replace(temporary: Temporary, target: &Path) -> io::Result<()> {
    let old = register_temporary(beside(target)?);
    temporary.keep(|new| {
        fs::rename(target, old.path())?;
        fs::rename(new, target).or_else(|error| {
            fs::rename(old.path(), target)?;
            Err(error)
        })
    })
}

fn naming(path: &Path, error: io::Error) -> TableError {
    TableError::write(&path.display().to_string(), error)
}

/// The file that a symbolic link stands for, so that the link is not replaced by a file.
fn resolve(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// A hidden name in the same directory: only there can a rename be atomic.
fn beside(target: &Path) -> io::Result<PathBuf> {
    let name = target.file_name().ok_or_else(|| {
        let message = format!("{} does not name a file", target.display());
        io::Error::new(io::ErrorKind::InvalidInput, message)
    })?;
    let unique = format!(
        ".{}.{}.{:08x}.tmp",
        name.to_string_lossy(),
        std::process::id(),
        next_number()
    );
    Ok(parent(target).join(unique))
}

fn next_number() -> u32 {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

fn sync_tree(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_tree(&path)?;
        } else {
            File::open(&path)?.sync_all()?;
        }
    }
    sync_directory(directory)
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}
