//! What a configuration says about rotary positions, in every spelling in use.
//!
//! One frequency base for all layers is what there is. Whatever else a file asks for is refused by its key: a setting
//! that is passed over makes another model.

use crate::ConfigError;
use crate::config_keys::Keys;

/// What transformers assumes for Qwen2 where the file is silent.
const DEFAULT_THETA: f64 = 10_000.0;

/// The one type of layer (`layer_types`) that is computed.
const LAYER_TYPE: &str = "full_attention";

/// Top-level keys about positions that are read, here or with the variants that are refused.
const TOP_LEVEL: [&str; 5] = [
    "rope_theta",
    "rope_scaling",
    "rope_parameters",
    "partial_rotary_factor",
    "use_mrope",
];

/// Keys of an object of settings.
const SETTINGS: [&str; 4] = ["type", "rope_type", "rope_theta", "partial_rotary_factor"];

/// Words of a key's name that make it one about positions.
const WORDS: [&str; 5] = ["rope", "mrope", "rotary", "yarn", "ntk"];

/// The base of the frequencies: `rope_theta`, which may stand in `rope_parameters` (newer; also keyed by type of layer)
/// or `rope_scaling` (older).
pub(crate) fn theta(keys: &Keys) -> Result<f64, ConfigError> {
    refuse_unknown(keys)?;
    whole_heads(keys)?;
    let mut found: Option<(f64, String)> = None;
    let mut agree = |place: &Keys| -> Result<(), ConfigError> {
        let Some(theta) = place.positive_number("rope_theta")? else {
            return Ok(());
        };
        match &found {
            Some((other, key)) if *other != theta => {
                Err(place.unsupported("rope_theta", format!("{other}, as \"{key}\" says")))
            }
            Some(_) => Ok(()),
            None => {
                found = Some((theta, place.full("rope_theta")));
                Ok(())
            }
        }
    };
    agree(keys)?;
    if let Some(scaling) = keys.nested("rope_scaling")?.filter(|keys| !keys.is_empty()) {
        // Without a type nobody can know which scaling the numbers belong to.
        if scaling.text("rope_type")?.is_none() && scaling.text("type")?.is_none() {
            return Err(scaling.unsupported("rope_type", "\"default\" (no scaling)"));
        }
        unscaled(&scaling)?;
        agree(&scaling)?;
    }
    for parameters in parameters(keys)? {
        unscaled(&parameters)?;
        agree(&parameters)?;
    }
    Ok(found.map_or(DEFAULT_THETA, |(theta, _)| theta))
}

/// The objects of `rope_parameters`: itself, or one for each type of layer, [`LAYER_TYPE`] among them.
fn parameters(keys: &Keys) -> Result<Vec<Keys>, ConfigError> {
    let Some(flat) = keys.nested("rope_parameters")? else {
        return Ok(Vec::new());
    };
    let by_layer_type = flat
        .names()
        .any(|name| flat.get(name).is_some_and(serde_json::Value::is_object));
    if !by_layer_type {
        return Ok(vec![flat]);
    }
    let mut all = Vec::new();
    for name in flat.names() {
        all.extend(flat.nested(name)?);
    }
    if flat.get(LAYER_TYPE).is_none() {
        return Err(flat.unsupported(LAYER_TYPE, "settings for the layers of this type"));
    }
    Ok(all)
}

/// Refuses everything in one object of settings that would be another function of the position; its type first, which
/// says more than the numbers that belong to it.
fn unscaled(rope: &Keys) -> Result<(), ConfigError> {
    for key in ["type", "rope_type"] {
        if rope.text(key)?.is_some_and(|name| name != "default") {
            return Err(rope.unsupported(key, "\"default\" (no scaling)"));
        }
    }
    whole_heads(rope)?;
    match rope.names().find(|name| !SETTINGS.contains(name)) {
        Some(name) => Err(rope.unsupported(name, "rope_type, rope_theta and nothing else here")),
        None => Ok(()),
    }
}

/// Positions turn all elements of a head, not a part of them.
fn whole_heads(keys: &Keys) -> Result<(), ConfigError> {
    const KEY: &str = "partial_rotary_factor";
    match keys.number(KEY)? {
        Some(share) if share != 1.0 => Err(keys.unsupported(KEY, "1.0")),
        _ => Ok(()),
    }
}

/// Refuses top-level keys about positions that nobody reads: families spell their variants in many ways.
fn refuse_unknown(keys: &Keys) -> Result<(), ConfigError> {
    let about_positions = |name: &str| name.split('_').any(|word| WORDS.contains(&word));
    let switched_off = |name: &str| keys.get(name).is_some_and(|value| *value == false);
    let unknown = keys
        .names()
        .find(|name| about_positions(name) && !switched_off(name) && !TOP_LEVEL.contains(name));
    match unknown {
        Some(name) => Err(keys.unsupported(name, "rope_theta and rope_parameters")),
        None => Ok(()),
    }
}
