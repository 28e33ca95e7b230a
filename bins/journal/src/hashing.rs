//! BLAKE3 over a file, or over a directory's files.
//!
//! Knows nothing about what the files mean.

use std::io;
use std::path::{Path, PathBuf};

/// `blake3:` and 64 hex digits; of a directory the hash over relative names and contents in name
/// order, so that two copies of a checkpoint agree wherever they lie.
pub fn hash(path: &Path) -> io::Result<String> {
    let digest = if fs_err::metadata(path)?.is_dir() {
        directory(path)?
    } else {
        file(path)?
    };
    Ok(format!("blake3:{}", digest.to_hex()))
}

fn file(path: &Path) -> io::Result<blake3::Hash> {
    let mut hasher = blake3::Hasher::new();
    // Checkpoints are gigabytes: mapped, and hashed by all cores.
    hasher.update_mmap_rayon(path).map_err(|error| {
        io::Error::new(
            error.kind(),
            format!("failed to read {}: {error}", path.display()),
        )
    })?;
    Ok(hasher.finalize())
}

fn directory(root: &Path) -> io::Result<blake3::Hash> {
    let mut names = Vec::new();
    collect(root, &PathBuf::new(), &mut names)?;
    names.sort();
    let mut hasher = blake3::Hasher::new();
    for name in names {
        let text = name.to_string_lossy();
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
        hasher.update(file(&root.join(&name))?.as_bytes());
    }
    Ok(hasher.finalize())
}

fn collect(root: &Path, inside: &Path, names: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs_err::read_dir(root.join(inside))? {
        let name = inside.join(entry?.file_name());
        // Followed, since caches of models keep files as links to blobs.
        if fs_err::metadata(root.join(&name))?.is_dir() {
            collect(root, &name, names)?;
        } else {
            names.push(name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_known_by_names_and_contents() {
        let root = tempfile::tempdir().unwrap();
        let make = |name: &str, files: &[(&str, &str)]| {
            for (file, text) in files {
                let path = root.path().join(name).join(file);
                fs_err::create_dir_all(path.parent().unwrap()).unwrap();
                fs_err::write(path, text).unwrap();
            }
            hash(&root.path().join(name)).unwrap()
        };
        let first = make("a", &[("x", "1"), ("deep/y", "2")]);
        assert_eq!(first, make("b", &[("deep/y", "2"), ("x", "1")]));
        assert_ne!(first, make("c", &[("x", "2"), ("deep/y", "1")]));
        assert_ne!(first, make("d", &[("x", "12"), ("deep/y", "")]));
    }
}
