//! Removing things inside a run so that a kill leaves them whole or gone: moved into
//! `RUN/.trash` in one rename, then deleted there.
//!
//! Knows nothing about what may be removed.

use std::path::Path;

use anyhow::Result;

use crate::folder::RunFolder;

/// Removes a file or directory of the run.
pub fn discard(run: &RunFolder, path: &Path) -> Result<()> {
    let trash = run.trash();
    fs_err::create_dir_all(&trash)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // A leftover of a killed call may have the same name; the process id keeps them apart.
    let moved = trash.join(format!("{}-{name}", std::process::id()));
    remove(&moved)?;
    fs_err::rename(path, &moved)?;
    remove(&moved)
}

/// Deletes what killed calls have left in the trash.
pub fn empty(run: &RunFolder) -> Result<()> {
    remove(&run.trash())
}

/// Deletes the hidden temporary files and directories that a killed program has left in `folder`;
/// to be called while no program writes there.
pub fn remove_unfinished(folder: &Path) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') && name.ends_with(".tmp") {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<()> {
    let removed = match fs_err::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs_err::remove_dir_all(path),
        Ok(_) => fs_err::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
