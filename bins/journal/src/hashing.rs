//! BLAKE3 over a file, or over a directory's files.
//!
//! Knows nothing about what the files mean.

use std::io;
use std::path::{Path, PathBuf};

const PREFIX: &str = "blake3:";

/// `blake3:` and 64 hex digits; of a directory the hash over relative names and contents in name
/// order, so that two copies of a checkpoint agree wherever they lie.
pub fn hash(path: &Path) -> io::Result<String> {
    Ok(hash_with_files(path)?.0)
}

/// The same, and for a directory the hashes of its files by their names in it.
pub fn hash_with_files(path: &Path) -> io::Result<(String, Vec<(String, String)>)> {
    if !fs_err::metadata(path)?.is_dir() {
        return Ok((shown(file(path)?), Vec::new()));
    }
    let mut names = Vec::new();
    collect(path, &PathBuf::new(), &mut names)?;
    names.sort();
    let hashed = names.into_iter().map(|name| {
        let digest = file(&path.join(&name))?;
        Ok((name.to_string_lossy().into_owned(), digest))
    });
    let files: Vec<(String, blake3::Hash)> = hashed.collect::<io::Result<_>>()?;
    let whole = shown(directory(&files));
    let files = files.into_iter();
    Ok((
        whole,
        files.map(|(name, digest)| (name, shown(digest))).collect(),
    ))
}

/// The hash of a directory that holds files with these names and hashes; `None` where one is no hash.
pub fn of_files<'a>(files: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let digest = |text: &str| blake3::Hash::from_hex(text.strip_prefix(PREFIX)?).ok();
    let hashed = files.map(|(name, text)| Some((name.to_owned(), digest(text)?)));
    let mut files: Vec<(String, blake3::Hash)> = hashed.collect::<Option<_>>()?;
    files.sort_by(|(one, _), (other, _)| Path::new(one).cmp(Path::new(other)));
    Some(shown(directory(&files)))
}

fn shown(digest: blake3::Hash) -> String {
    format!("{PREFIX}{}", digest.to_hex())
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

/// Over files in the order of their names as paths.
fn directory(files: &[(String, blake3::Hash)]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (name, digest) in files {
        hasher.update(&(name.len() as u64).to_le_bytes());
        hasher.update(name.as_bytes());
        hasher.update(digest.as_bytes());
    }
    hasher.finalize()
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
        // Names sort as paths do, which is not as text does.
        let mixed = make("e", &[("a/b", "1"), ("a.b", "2"), ("a-b/c", "3")]);
        let (whole, files) = hash_with_files(&root.path().join("e")).unwrap();
        assert_eq!(whole, mixed);
        let back = files.iter().rev();
        let again = of_files(back.map(|(name, hash)| (name.as_str(), hash.as_str())));
        assert_eq!(again, Some(mixed));
    }
}
