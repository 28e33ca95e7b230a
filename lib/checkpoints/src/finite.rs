//! Finds NaN and infinities in stored weights, fast enough to be done at every load.

use half::{bf16, f16};
use rayon::prelude::*;

use crate::Dtype;

/// Elements that one task looks at.
const PIECE: usize = 1 << 18;

/// Index and value of the first element that is NaN or infinite; integers have none.
pub(crate) fn first_exception(dtype: Dtype, bytes: &[u8]) -> Option<(usize, f32)> {
    match dtype {
        Dtype::F64 => first(
            bytes,
            |word| f64::from_le_bytes(word) as f32,
            |word| !f64::from_le_bytes(word).is_finite(),
        ),
        Dtype::F32 => first(bytes, f32::from_le_bytes, |word| {
            !f32::from_le_bytes(word).is_finite()
        }),
        Dtype::BF16 => first(
            bytes,
            |word| bf16::from_le_bytes(word).to_f32(),
            |word| !bf16::from_le_bytes(word).is_finite(),
        ),
        Dtype::F16 => first(
            bytes,
            |word| f16::from_le_bytes(word).to_f32(),
            |word| !f16::from_le_bytes(word).is_finite(),
        ),
        _ => None,
    }
}

fn first<const N: usize>(
    bytes: &[u8],
    value: impl Fn([u8; N]) -> f32,
    exceptional: impl Fn([u8; N]) -> bool + Sync,
) -> Option<(usize, f32)> {
    let (words, _) = bytes.as_chunks::<N>();
    // Counting without a branch lets the compiler use vector instructions; positions come after.
    let piece = words.par_chunks(PIECE).position_first(|words| {
        words
            .iter()
            .fold(false, |found, word| found | exceptional(*word))
    })?;
    let index = piece * PIECE
        + words[piece * PIECE..]
            .iter()
            .position(|word| exceptional(*word))?;
    Some((index, value(words[index])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::narrow;

    #[test]
    fn the_first_exception_is_named_in_every_type() {
        let mut values = vec![1.0f32; PIECE + 100];
        for dtype in [Dtype::F32, Dtype::BF16, Dtype::F16] {
            assert_eq!(
                first_exception(dtype, &narrow(dtype, &values).unwrap()),
                None
            );
        }
        values[PIECE + 7] = f32::NEG_INFINITY;
        values[PIECE + 9] = f32::NAN;
        for dtype in [Dtype::F32, Dtype::BF16, Dtype::F16] {
            let found = first_exception(dtype, &narrow(dtype, &values).unwrap());
            assert_eq!(found, Some((PIECE + 7, f32::NEG_INFINITY)));
        }
        assert_eq!(first_exception(Dtype::I64, &[0xff; 16]), None);
    }
}
