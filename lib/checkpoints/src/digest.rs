//! The hash that names a set of weights.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::TensorView;

/// Bytes hashed by one task. Part of the definition of the hash: changing it changes every hash.
const PIECE: usize = 8 << 20;

/// Hash of the tensors, which must come in ascending order of their names.
///
/// For each tensor the name, the element type, the shape and the hashes of its pieces of
/// [`PIECE`] bytes enter one outer SHA-256, each preceded by its length.
pub(crate) fn of_tensors<'a>(tensors: impl Iterator<Item = (&'a str, TensorView<'a>)>) -> String {
    let mut outer = Sha256::new();
    for (name, view) in tensors {
        field(&mut outer, name.as_bytes());
        field(&mut outer, view.dtype.as_str().as_bytes());
        let shape: Vec<u8> = view
            .shape
            .iter()
            .flat_map(|dim| (*dim as u64).to_le_bytes())
            .collect();
        field(&mut outer, &shape);
        let pieces: Vec<[u8; 32]> = view
            .bytes
            .par_chunks(PIECE)
            .map(|piece| Sha256::digest(piece).into())
            .collect();
        field(&mut outer, pieces.as_flattened());
    }
    outer
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}
