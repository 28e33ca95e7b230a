//! `model.safetensors.index.json`: which shard holds which tensor.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::Deserialize;

use crate::WeightsError;

#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// Reads the index at `path`: tensor name to shard file name, both checked to be usable.
pub(crate) fn read(path: &Path) -> Result<BTreeMap<String, String>, WeightsError> {
    let bytes = fs_err::read(path).map_err(WeightsError::Read)?;
    let index: Index =
        serde_json::from_slice(&bytes).map_err(|source| WeightsError::IndexJson {
            path: path.to_owned(),
            source,
        })?;
    let directory = path.parent().unwrap_or(Path::new("."));
    for (tensor, shard) in &index.weight_map {
        let (tensor, shard_name) = (tensor.clone(), shard.clone());
        if !is_plain_name(shard) {
            let path = path.to_owned();
            return Err(WeightsError::ShardName {
                path,
                shard: shard_name,
                tensor,
            });
        }
        if !directory.join(shard).is_file() {
            let path = path.to_owned();
            return Err(WeightsError::MissingShard {
                path,
                shard: shard_name,
                tensor,
            });
        }
    }
    Ok(index.weight_map)
}

/// An index must not reach out of its directory.
fn is_plain_name(shard: &str) -> bool {
    let mut components = Path::new(shard).components();
    matches!(
        (components.next(), components.next()),
        (Some(Component::Normal(_)), None)
    )
}
