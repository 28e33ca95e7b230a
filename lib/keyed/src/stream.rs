//! Random streams keyed by what they are for, so that no draw depends on how many were made before it.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// The stream of `seed` for one purpose and one item of it.
pub fn stream(seed: u64, purpose: &str, item: u64) -> ChaCha8Rng {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(&item.to_le_bytes());
    hasher.update(purpose.as_bytes());
    ChaCha8Rng::from_seed(*hasher.finalize().as_bytes())
}
