//! Loads libtorch's CUDA part when a GPU is asked for.
//!
//! Programs are linked against the CPU part only, so they start on any machine and do not pay for
//! mapping gigabytes of kernels. The CUDA part registers itself when it is loaded.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY};

use crate::TorchError;

/// Loads `libtorch_cuda.so` once; later calls return at once.
pub(crate) fn load() -> Result<(), TorchError> {
    static LOADED: OnceLock<()> = OnceLock::new();
    if LOADED.get().is_some() {
        return Ok(());
    }
    let directory = libtorch_directory();
    let library = directory.join("libtorch_cuda.so");
    if !library.is_file() {
        return Err(TorchError::NoCudaLibrary { directory });
    }
    // The library's own search path knows where Python wheels put its dependencies. Elsewhere
    // they are looked for beside it and loaded first.
    if open(&library).is_err() {
        load_dependencies(&directory);
        open(&library).map_err(|reason| TorchError::CudaLibrary { library, reason })?;
    }
    LOADED.get_or_init(|| ());
    Ok(())
}

/// Where the libtorch lies that this process runs on.
fn libtorch_directory() -> PathBuf {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let loaded = maps
        .lines()
        .filter_map(|line| line.find('/').map(|at| Path::new(&line[at..])))
        .find(|path| {
            path.file_name()
                .is_some_and(|name| name == "libtorch_cpu.so")
        })
        .and_then(Path::parent);
    match loaded {
        Some(directory) => directory.to_owned(),
        None => PathBuf::from(std::env::var_os("LIBTORCH").unwrap_or_default()).join("lib"),
    }
}

/// Loads the CUDA libraries found beside libtorch, in rounds, since they need one another in an
/// order that only they know. Failures show when libtorch itself is loaded.
fn load_dependencies(directory: &Path) {
    let mut waiting: Vec<PathBuf> = dependency_directories(directory)
        .iter()
        .flat_map(|found| shared_libraries(found))
        .collect();
    loop {
        let before = waiting.len();
        waiting.retain(|library| open(library).is_err());
        if waiting.is_empty() || waiting.len() == before {
            return;
        }
    }
}

/// `site-packages/nvidia/*/lib` for a libtorch in `site-packages/torch/lib`, and libtorch's own.
fn dependency_directories(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Some(packages) = directory.parent().and_then(Path::parent) {
        found.extend(
            sorted_entries(&packages.join("nvidia"))
                .into_iter()
                .map(|p| p.join("lib")),
        );
    }
    found.push(directory.to_owned());
    found
}

/// Libraries with a version in their names (`libcudart.so.13`): libtorch's own have none.
fn shared_libraries(directory: &Path) -> Vec<PathBuf> {
    let versioned = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().contains(".so."))
    };
    sorted_entries(directory)
        .into_iter()
        .filter(versioned)
        .collect()
}

fn sorted_entries(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

/// Loads a library for good, its symbols visible to those loaded later.
#[allow(unsafe_code)]
fn open(path: &Path) -> Result<(), String> {
    // SAFETY: only libraries of the libtorch that the process already runs on and of the CUDA
    // toolkit beside it are loaded. Their initialisers register kernels and have no other
    // precondition. The handle is never closed, so nothing registered can dangle.
    let opened = unsafe { Library::open(Some(path), RTLD_LAZY | RTLD_GLOBAL) };
    match opened {
        Ok(library) => {
            std::mem::forget(library);
            Ok(())
        }
        Err(error) => Err(error.to_string()),
    }
}
