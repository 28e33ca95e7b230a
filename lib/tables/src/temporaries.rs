//! The list of unfinished files and directories, so that whoever ends the process can remove them.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

static TEMPORARIES: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A path that is removed when this guard is dropped, or by [`remove_temporaries`], unless it was kept.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
}

/// Runs `create` and puts what it made, which lies at `path`, on the list. A signal comes either before
/// all of it or after all of it.
pub fn create_temporary<T>(
    create: impl FnOnce() -> io::Result<T>,
    path: impl FnOnce(&T) -> PathBuf,
) -> io::Result<(Temporary, T)> {
    let mut list = list();
    let made = create()?;
    let path = path(&made);
    list.insert(path.clone());
    Ok((Temporary { path }, made))
}

/// Puts a file or directory on the list that does not exist yet.
pub(crate) fn register_temporary(path: impl Into<PathBuf>) -> Temporary {
    let path = path.into();
    list().insert(path.clone());
    Temporary { path }
}

/// Removes every listed file and directory. The list stays locked by the returned guard, so nothing
/// can be published or added any more until the process ends: for use on the way out.
pub fn remove_temporaries() -> impl Sized {
    let list = list();
    list.iter().for_each(|path| remove(path));
    list
}

impl Temporary {
    /// Where the unfinished file or directory lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `publish` (a rename) and, where it succeeds, takes the path off the list. A signal comes
    /// either before all of it or after all of it.
    pub fn keep<T>(self, publish: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
        let mut list = list();
        let published = publish(&self.path);
        if published.is_ok() {
            list.remove(&self.path);
        }
        drop(list);
        published
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if list().remove(&self.path) {
            remove(&self.path);
        }
    }
}

fn list() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    TEMPORARIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Nothing can be done about a path that cannot be removed, and a path may never have been made.
fn remove(path: &Path) {
    let _ = if path.is_dir() {
        std::fs::remove_dir_all(path)
    } else {
        std::fs::remove_file(path)
    };
}
