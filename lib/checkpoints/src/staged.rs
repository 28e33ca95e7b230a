//! A directory that appears whole or not at all.
//!
//! It is filled under a temporary name beside its destination, synced and renamed. The temporary
//! name (`.NAME.PID-N.tmp`) is locked while its process lives, so what a crash left behind can be
//! told from what another process is writing, on any machine that shares the folder.

use std::ffi::{OsStr, OsString};
use std::fs::{File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::fs::{CWD, RenameFlags, renameat_with};

/// A directory being written. Dropped before [`publish`](Self::publish), it leaves nothing.
#[derive(Debug)]
pub struct StagedDirectory {
    temporary: PathBuf,
    destination: PathBuf,
    /// Holds the lock; nothing is read from it.
    _lock: File,
    published: bool,
}

impl StagedDirectory {
    /// Creates the temporary directory, and the destination's parents where they are missing.
    ///
    /// Temporaries that dead processes left for the same destination are removed.
    pub fn create(destination: &Path) -> io::Result<Self> {
        let name = destination.file_name().ok_or_else(|| {
            let message = format!("`{}` does not end in a name", destination.display());
            io::Error::new(io::ErrorKind::InvalidInput, message)
        })?;
        if destination.is_file() {
            let message = format!(
                "`{}` is a file, expected a directory",
                destination.display()
            );
            return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
        }
        let parent = parent_of(destination);
        fs_err::create_dir_all(&parent)?;
        remove_stale(&parent, name)?;
        let (temporary, lock) = create_locked(&parent, name)?;
        let destination = destination.to_owned();
        Ok(Self {
            temporary,
            destination,
            _lock: lock,
            published: false,
        })
    }

    /// Where to write. Programs register it so that a signal removes it.
    pub fn temporary_path(&self) -> &Path {
        &self.temporary
    }

    /// Syncs everything and moves it into place. A directory that was there is replaced in one
    /// step and then removed: at no moment is the destination missing or mixed.
    pub fn publish(mut self) -> io::Result<()> {
        sync_tree(&self.temporary)?;
        let replaces = self.destination.exists();
        let flags = if replaces {
            RenameFlags::EXCHANGE
        } else {
            RenameFlags::NOREPLACE
        };
        match renameat_with(CWD, &self.temporary, CWD, &self.destination, flags) {
            Ok(()) => {}
            // Some file systems know plain renames only; for a new name they are as good.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) if !replaces => {
                fs_err::rename(&self.temporary, &self.destination)?;
            }
            Err(errno) => return Err(naming(&self.destination, errno.into())),
        }
        self.published = true;
        sync_directory(&parent_of(&self.destination))?;
        if replaces {
            remove_replaced(&self.temporary)?;
        }
        Ok(())
    }
}

impl Drop for StagedDirectory {
    fn drop(&mut self) {
        if !self.published {
            // Nothing more can be done about a failure here: the name says what it is.
            let _ = fs_err::remove_dir_all(&self.temporary);
        }
    }
}

/// Removes the directory that was replaced. Another writer of the same destination may have taken
/// it for stale, and be quicker.
fn remove_replaced(path: &Path) -> io::Result<()> {
    match fs_err::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn naming(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(
        error.kind(),
        format!("failed to publish `{}`: {error}", path.display()),
    )
}

fn parent_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

fn create_locked(parent: &Path, name: &OsStr) -> io::Result<(PathBuf, File)> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut temporary = prefix(name);
        temporary.push(format!("{}-{number}.tmp", std::process::id()));
        let temporary = parent.join(temporary);
        match fs_err::create_dir(&temporary) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
            other => other?,
        }
        let lock = fs_err::File::open(&temporary)?.into_parts().0;
        // Where directories cannot be locked nothing is ever taken for stale either.
        let _ = lock.try_lock();
        // Another process may have taken it for stale before the lock was held.
        if std::fs::metadata(&temporary).is_ok_and(|seen| is_same(&seen, &lock)) {
            return Ok((temporary, lock));
        }
    }
}

fn is_same(seen: &std::fs::Metadata, file: &File) -> bool {
    file.metadata()
        .is_ok_and(|held| held.ino() == seen.ino() && held.dev() == seen.dev())
}

fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".");
    prefix
}

/// Removes what dead processes left for the destination `name` in `parent`.
fn remove_stale(parent: &Path, name: &OsStr) -> io::Result<()> {
    for entry in fs_err::read_dir(parent)? {
        let path = entry?.path();
        if is_temporary_of(&path, name) && is_abandoned(&path) {
            fs_err::remove_dir_all(&path)?;
        }
    }
    Ok(())
}

fn is_temporary_of(path: &Path, name: &OsStr) -> bool {
    let file_name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let middle = file_name
        .strip_prefix(prefix(name).as_encoded_bytes())
        .and_then(|rest| rest.strip_suffix(b".tmp"));
    let digits = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
    path.is_dir() && middle.is_some_and(|middle| !middle.is_empty() && middle.iter().all(digits))
}

/// True when nobody holds the lock. Doubt (no locks on this file system) counts as alive.
fn is_abandoned(path: &Path) -> bool {
    let Ok(file) = File::open(path) else {
        return false;
    };
    match file.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    }
}

/// Syncs every file and directory below `directory`, and itself.
fn sync_tree(directory: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_tree(&entry.path())?
        } else {
            fs_err::File::open(entry.path())?.sync_all()?
        }
    }
    sync_directory(directory)
}

fn sync_directory(directory: &Path) -> io::Result<()> {
    fs_err::File::open(directory)?.sync_all()
}
