//! A micro-batch as tensors. Knows nothing about models or losses.

use tch::{Device, Kind, Tensor};

use crate::batch::tokens::Selection;

/// Ragged dialogues, padded on the right to the longest.
pub struct Padded {
    /// `[rows, seq]` int64. What the padding holds does not matter: attention is causal and nothing
    /// is read from padded positions.
    pub token_ids: Tensor,
    /// `[tokens]` int64: for each selected token of each row, in order, the flat index
    /// `row * seq + t - 1` of the state before it.
    pub states: Tensor,
    /// `[tokens]` int64: the selected tokens' ids.
    pub targets: Tensor,
}

impl Padded {
    pub fn new(rows: &[Selection], device: Device) -> Self {
        let width = rows.iter().map(|row| row.ids.len()).max().unwrap_or(0);
        let mut token_ids = vec![0i64; rows.len() * width];
        let (mut states, mut targets) = (Vec::new(), Vec::new());
        for (index, row) in rows.iter().enumerate() {
            let start = index * width;
            for (slot, &id) in token_ids[start..].iter_mut().zip(row.ids) {
                *slot = i64::from(id);
            }
            states.extend(
                row.positions
                    .iter()
                    .map(|&position| (start + position - 1) as i64),
            );
            targets.extend(
                row.positions
                    .iter()
                    .map(|&position| i64::from(row.ids[position])),
            );
        }
        Self {
            token_ids: Tensor::from_slice(&token_ids)
                .view([rows.len() as i64, width as i64])
                .to_device(device),
            states: Tensor::from_slice(&states).to_device(device),
            targets: Tensor::from_slice(&targets).to_device(device),
        }
    }
}

/// `[tokens]` float32 on the device.
pub fn column<'a>(parts: impl Iterator<Item = &'a [f32]>, device: Device) -> Tensor {
    let flat: Vec<f32> = parts.flatten().copied().collect();
    Tensor::from_slice(&flat)
        .to_kind(Kind::Float)
        .to_device(device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_point_before_their_tokens() {
        let long = Selection {
            ids: &[1, 2, 3],
            positions: &[1, 2],
        };
        let short = Selection {
            ids: &[4, 5],
            positions: &[1],
        };
        let padded = Padded::new(&[long, short], Device::Cpu);
        assert_eq!(padded.token_ids.size(), [2, 3]);
        assert_eq!(Vec::<i64>::try_from(&padded.states).unwrap(), [0, 1, 3]);
        assert_eq!(Vec::<i64>::try_from(&padded.targets).unwrap(), [2, 3, 5]);
    }
}
