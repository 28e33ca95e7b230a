//! Element types as safetensors spells them, and the way to and from float32.
//!
//! Knows nothing about files or tensors' names.

use half::{bf16, f16};
use rayon::prelude::*;

/// The element type of a stored tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dtype {
    F64,
    F32,
    F16,
    BF16,
    I64,
    I32,
    I16,
    I8,
    U8,
    Bool,
}

const SPELLINGS: [(Dtype, &str); 10] = [
    (Dtype::F64, "F64"),
    (Dtype::F32, "F32"),
    (Dtype::F16, "F16"),
    (Dtype::BF16, "BF16"),
    (Dtype::I64, "I64"),
    (Dtype::I32, "I32"),
    (Dtype::I16, "I16"),
    (Dtype::I8, "I8"),
    (Dtype::U8, "U8"),
    (Dtype::Bool, "BOOL"),
];

impl Dtype {
    /// As a safetensors header spells it: `"BF16"`.
    pub fn as_str(self) -> &'static str {
        match SPELLINGS.iter().find(|(dtype, _)| *dtype == self) {
            Some((_, text)) => text,
            None => "unknown",
        }
    }

    /// Reads the spelling of a safetensors header; none for a type that is not handled.
    pub fn from_safetensors(text: &str) -> Option<Self> {
        SPELLINGS
            .iter()
            .find(|(_, spelling)| *spelling == text)
            .map(|(dtype, _)| *dtype)
    }

    /// As `config.json` and PyTorch spell the floating types: `"bfloat16"`; none for the others.
    pub fn torch_name(self) -> Option<&'static str> {
        match self {
            Dtype::F64 => Some("float64"),
            Dtype::F32 => Some("float32"),
            Dtype::F16 => Some("float16"),
            Dtype::BF16 => Some("bfloat16"),
            _ => None,
        }
    }

    /// Bytes of one element.
    pub fn size(self) -> usize {
        match self {
            Dtype::F64 | Dtype::I64 => 8,
            Dtype::F32 | Dtype::I32 => 4,
            Dtype::F16 | Dtype::BF16 | Dtype::I16 => 2,
            Dtype::I8 | Dtype::U8 | Dtype::Bool => 1,
        }
    }

    /// True for the types that weights may have: float32, bfloat16 and float16.
    pub fn is_weight(self) -> bool {
        matches!(self, Dtype::F32 | Dtype::F16 | Dtype::BF16)
    }
}

impl std::fmt::Display for Dtype {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Elements that one task widens: large enough to hide the cost of a task, small enough to share.
const PIECE: usize = 1 << 18;

/// Widens little-endian `bytes` of `dtype` to float32; none unless it is a weight type. Exact.
pub(crate) fn widen(dtype: Dtype, bytes: &[u8]) -> Option<Vec<f32>> {
    match dtype {
        Dtype::F32 => Some(map_words(bytes, |word: [u8; 4]| f32::from_le_bytes(word))),
        Dtype::BF16 => Some(map_words(bytes, |word: [u8; 2]| {
            bf16::from_le_bytes(word).to_f32()
        })),
        Dtype::F16 => Some(map_words(bytes, |word: [u8; 2]| {
            f16::from_le_bytes(word).to_f32()
        })),
        _ => None,
    }
}

/// Narrows `values` to little-endian bytes of `dtype`, to nearest even; none unless a weight type.
pub(crate) fn narrow(dtype: Dtype, values: &[f32]) -> Option<Vec<u8>> {
    match dtype {
        Dtype::F32 => Some(
            values
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect(),
        ),
        Dtype::BF16 => Some(
            values
                .iter()
                .flat_map(|v| bf16::from_f32(*v).to_le_bytes())
                .collect(),
        ),
        Dtype::F16 => Some(
            values
                .iter()
                .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                .collect(),
        ),
        _ => None,
    }
}

fn map_words<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f32 + Sync) -> Vec<f32> {
    let (words, _) = bytes.as_chunks::<N>();
    let mut values = vec![0.0; words.len()];
    values
        .par_chunks_mut(PIECE)
        .zip(words.par_chunks(PIECE))
        .for_each(|(values, words)| {
            for (value, word) in values.iter_mut().zip(words) {
                *value = read(*word);
            }
        });
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_reads_back() {
        for (dtype, text) in SPELLINGS {
            assert_eq!(Dtype::from_safetensors(text), Some(dtype));
            assert_eq!(dtype.as_str(), text);
        }
        assert_eq!(Dtype::from_safetensors("F8_E4M3"), None);
    }

    #[test]
    fn widening_is_exact_and_narrowing_rounds_to_nearest_even() {
        let values = [0.0, -1.5, 3.140625, f32::MIN_POSITIVE];
        for dtype in [Dtype::F32, Dtype::BF16] {
            let bytes = narrow(dtype, &values).unwrap();
            assert_eq!(widen(dtype, &bytes).unwrap(), values);
        }
        // 1 + 2^-8 lies half-way between two bfloat16 numbers: the even one is 1.
        let bytes = narrow(Dtype::BF16, &[1.0 + 2f32.powi(-8)]).unwrap();
        assert_eq!(widen(Dtype::BF16, &bytes).unwrap(), [1.0]);
        assert_eq!(widen(Dtype::I64, &[0; 8]), None);
    }
}
