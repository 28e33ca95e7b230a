//! How positions turn queries and keys: frequencies, and what a configuration says about them in every spelling in use.
//!
//! One set of frequencies for all layers is what there is. Whatever else a file asks for is refused by its key: a
//! setting that is passed over makes another model.

use std::f64::consts::TAU;
use std::fmt;

use crate::ConfigError;
use crate::config_keys::Keys;

/// Pair `i` of a head's elements turns by `position * theta^(-2i/head_dim)`, scaled.
#[derive(Clone, Debug, PartialEq)]
pub struct Rope {
    /// Base of the frequencies.
    pub theta: f64,
    pub scaling: RopeScaling,
}

/// What is done to the frequencies for more positions than a model began with.
#[derive(Clone, Debug, PartialEq)]
pub enum RopeScaling {
    Unscaled,
    /// Llama 3.1's way (arXiv 2407.21783): pairs that turn at least `high_freq_factor` times within the original context
    /// stay as they are, pairs that turn at most `low_freq_factor` times turn `factor` times slower, and between the
    /// two the frequency is interpolated by the number of turns.
    Llama3 {
        factor: f64,
        low_freq_factor: f64,
        high_freq_factor: f64,
        original_max_position_embeddings: usize,
    },
}

impl Rope {
    /// The frequency (angle per position) that is computed with in place of `frequency`.
    pub fn scaled(&self, frequency: f32) -> f32 {
        let RopeScaling::Llama3 {
            factor,
            low_freq_factor,
            high_freq_factor,
            original_max_position_embeddings,
        } = self.scaling
        else {
            return frequency;
        };
        let turns = original_max_position_embeddings as f64 * f64::from(frequency) / TAU;
        let kept = (turns - low_freq_factor) / (high_freq_factor - low_freq_factor);
        if kept >= 1.0 {
            return frequency;
        }
        let kept = kept.max(0.0);
        ((kept + (1.0 - kept) / factor) * f64::from(frequency)) as f32
    }
}

impl fmt::Display for RopeScaling {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unscaled => write!(formatter, "\"default\""),
            Self::Llama3 {
                factor,
                low_freq_factor,
                high_freq_factor,
                original_max_position_embeddings,
            } => write!(
                formatter,
                "\"llama3\" with factor {factor}, low_freq_factor {low_freq_factor}, high_freq_factor \
                 {high_freq_factor}, original_max_position_embeddings {original_max_position_embeddings}"
            ),
        }
    }
}

/// What transformers assumes where the file is silent.
const DEFAULT_THETA: f64 = 10_000.0;

/// The types of scaling that are computed, as messages name them.
const TYPES: &str = "\"default\" (no scaling), \"llama3\"";

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

/// Further keys of one whose type is "llama3"; all of them are needed.
const FACTOR: &str = "factor";
const LOW: &str = "low_freq_factor";
const HIGH: &str = "high_freq_factor";
const ORIGINAL: &str = "original_max_position_embeddings";

/// Words of a key's name that make it one about positions.
const WORDS: [&str; 5] = ["rope", "mrope", "rotary", "yarn", "ntk"];

impl Rope {
    /// The base `rope_theta`, which may stand in `rope_parameters` (newer; also keyed by type of layer) or
    /// `rope_scaling` (older), and the scaling, which stands in one of these two.
    pub(crate) fn read(keys: &Keys) -> Result<Self, ConfigError> {
        refuse_unknown(keys)?;
        whole_heads(keys)?;
        let (mut theta, mut scaling) = (Agreed::on("rope_theta"), Agreed::on("rope_type"));
        theta.take(keys, keys.positive_number("rope_theta")?)?;
        for settings in older(keys)?.into_iter().chain(newer(keys)?) {
            scaling.take(&settings, read_scaling(&settings)?)?;
            theta.take(&settings, settings.positive_number("rope_theta")?)?;
        }
        Ok(Self {
            theta: theta.value().unwrap_or(DEFAULT_THETA),
            scaling: scaling.value().unwrap_or(RopeScaling::Unscaled),
        })
    }
}

/// One setting that may stand in several places, the same in all.
struct Agreed<T> {
    key: &'static str,
    /// The value and where it was found first.
    found: Option<(T, String)>,
}

impl<T: PartialEq + fmt::Display> Agreed<T> {
    fn on(key: &'static str) -> Self {
        Self { key, found: None }
    }

    fn take(&mut self, place: &Keys, value: Option<T>) -> Result<(), ConfigError> {
        match (value, &self.found) {
            (Some(value), Some((other, key))) if *other != value => {
                Err(place.unsupported(self.key, format!("{other}, as \"{key}\" says")))
            }
            (Some(value), None) => {
                self.found = Some((value, place.full(self.key)));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn value(self) -> Option<T> {
        self.found.map(|(value, _)| value)
    }
}

/// The object `rope_scaling`, where it says something.
fn older(keys: &Keys) -> Result<Option<Keys>, ConfigError> {
    let scaling = keys.nested("rope_scaling")?.filter(|keys| !keys.is_empty());
    let Some(scaling) = scaling else {
        return Ok(None);
    };
    // Without a type nobody can know which scaling the numbers belong to.
    if scaling.text("rope_type")?.is_none() && scaling.text("type")?.is_none() {
        return Err(scaling.unsupported("rope_type", TYPES));
    }
    Ok(Some(scaling))
}

/// The objects of `rope_parameters`: itself, or one for each type of layer, [`LAYER_TYPE`] among them.
fn newer(keys: &Keys) -> Result<Vec<Keys>, ConfigError> {
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

/// The scaling that one object of settings asks for, if it names a type. Everything in it that would be another function
/// of the position is refused; its type first, which says more than the numbers that belong to it.
fn read_scaling(rope: &Keys) -> Result<Option<RopeScaling>, ConfigError> {
    let (older, newer) = (
        scaling_type(rope, "type")?,
        scaling_type(rope, "rope_type")?,
    );
    if older.is_some() && newer.is_some() && older != newer {
        return Err(rope.unsupported("rope_type", "what \"type\" says"));
    }
    whole_heads(rope)?;
    let name = newer.or(older);
    if name.as_deref() == Some("llama3") {
        refuse_others(rope, &[FACTOR, LOW, HIGH, ORIGINAL])?;
        return Ok(Some(llama3(rope)?));
    }
    refuse_others(rope, &[])?;
    Ok(name.map(|_| RopeScaling::Unscaled))
}

/// One of the types that are computed, where `key` names one.
fn scaling_type(rope: &Keys, key: &str) -> Result<Option<String>, ConfigError> {
    let name = rope.text(key)?;
    match name.as_deref() {
        None | Some("default" | "llama3") => Ok(name),
        Some(_) => Err(rope.unsupported(key, TYPES)),
    }
}

/// Refuses settings that nobody reads.
fn refuse_others(rope: &Keys, more: &[&str]) -> Result<(), ConfigError> {
    let other = |name: &&str| !SETTINGS.contains(name) && !more.contains(name);
    let Some(name) = rope.names().find(other) else {
        return Ok(());
    };
    let read = [&["rope_type", "rope_theta"], more].concat().join(", ");
    Err(rope.unsupported(name, format!("{read} and nothing else here")))
}

fn llama3(rope: &Keys) -> Result<RopeScaling, ConfigError> {
    let number = |key| {
        let missing = || rope.missing(key, "a positive number");
        rope.positive_number(key)?.ok_or_else(missing)
    };
    let (low, high) = (number(LOW)?, number(HIGH)?);
    if high <= low {
        return Err(rope.unsupported(HIGH, format!("more than {LOW} ({low})")));
    }
    Ok(RopeScaling::Llama3 {
        factor: number(FACTOR)?,
        low_freq_factor: low,
        high_freq_factor: high,
        original_max_position_embeddings: rope.count(ORIGINAL)?,
    })
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
