//! Which tokens of a flat list belong to one dialogue. Knows nothing about what the tokens are.

use tch::{Device, Kind, Tensor};

/// Consecutive runs of a list of tokens, one a dialogue.
pub struct Segments {
    /// `[dialogues]` int64, tokens of each; a dialogue may have none.
    lengths: Tensor,
}

impl Segments {
    pub fn new(lengths: &[usize], device: Device) -> Self {
        let lengths: Vec<i64> = lengths.iter().map(|&length| length as i64).collect();
        Self {
            lengths: Tensor::from_slice(&lengths).to_device(device),
        }
    }

    /// `[dialogues]`: the sum over the tokens of each, `per_token` `[tokens]`. Added up in order, without atomics: the
    /// same bits every time.
    pub fn sum(&self, per_token: &Tensor) -> Tensor {
        let (lengths, unused) = (Some(&self.lengths), None::<&Tensor>);
        Tensor::segment_reduce(per_token, "sum", lengths, unused, unused, 0, true, 0.0)
    }

    /// `[dialogues]`: the mean over the tokens of each; 0 where there are none.
    pub fn mean(&self, per_token: &Tensor) -> Tensor {
        let counts = self.lengths.clamp_min(1).to_kind(Kind::Float);
        self.sum(per_token) / counts
    }

    /// `[tokens]`: what each token's dialogue has, `per_dialogue` `[dialogues]`.
    pub fn spread(&self, per_dialogue: &Tensor) -> Tensor {
        per_dialogue.repeat_interleave_self_tensor(&self.lengths, 0, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialogues_without_tokens_are_dialogues_too() {
        let segments = Segments::new(&[2, 0, 1], Device::Cpu);
        let tokens = Tensor::from_slice(&[1.0f32, 2.0, 5.0]);
        let list = |tensor: &Tensor| Vec::<f32>::try_from(tensor).unwrap();
        assert_eq!(list(&segments.sum(&tokens)), [3.0, 0.0, 5.0]);
        assert_eq!(list(&segments.mean(&tokens)), [1.5, 0.0, 5.0]);
        assert_eq!(
            list(&segments.spread(&segments.mean(&tokens))),
            [1.5, 1.5, 5.0]
        );
    }
}
