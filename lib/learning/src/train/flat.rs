//! All parameters of a network end to end in one float32 buffer: what the optimiser works on, what
//! norms are taken of, and what ranks would divide among themselves.
//! Knows nothing about what the parameters do.

use std::ops::Range;

use tch::{Device, Kind, Tensor, no_grad};
use transformer::ModelError;

/// Master weights in float32, and where each named parameter lies in them.
pub struct Flat {
    pub names: Vec<String>,
    pub shapes: Vec<Vec<i64>>,
    pub ranges: Vec<Range<i64>>,
    /// `[elements]` float32.
    pub master: Tensor,
    /// The network's own tensors: views of `master` if they are float32, rounded copies otherwise.
    parameters: Vec<Tensor>,
}

impl Flat {
    /// Takes over the parameters of a network, in their order.
    pub fn new(parameters: Vec<(String, Tensor)>) -> Self {
        let (names, mut tensors): (Vec<_>, Vec<_>) = parameters.into_iter().unzip();
        let shapes: Vec<Vec<i64>> = tensors.iter().map(Tensor::size).collect();
        let ranges = ranges(&shapes);
        let master = no_grad(|| {
            let parts: Vec<Tensor> = tensors
                .iter()
                .map(|tensor| flatten(&tensor.detach()))
                .collect();
            Tensor::cat(&parts, 0)
        });
        for ((tensor, range), shape) in tensors.iter_mut().zip(&ranges).zip(&shapes) {
            if tensor.kind() == Kind::Float {
                // The buffer becomes the storage: an update of it is an update of the network.
                tensor.set_data(&view(&master, range, shape));
            }
        }
        Self {
            names,
            shapes,
            ranges,
            master,
            parameters: tensors,
        }
    }

    pub fn elements(&self) -> i64 {
        self.ranges.last().map_or(0, |range| range.end)
    }

    /// Element type of the network's own tensors.
    pub fn kind(&self) -> Kind {
        self.parameters.first().map_or(Kind::Float, Tensor::kind)
    }

    /// Whether the network computes with rounded copies of the master weights.
    pub fn is_rounded(&self) -> bool {
        self.kind() != Kind::Float
    }

    /// Brings the network up to date after the master weights changed.
    pub fn publish(&mut self) {
        for ((tensor, range), shape) in self
            .parameters
            .iter_mut()
            .zip(&self.ranges)
            .zip(&self.shapes)
        {
            if tensor.kind() != Kind::Float {
                no_grad(|| tensor.copy_(&view(&self.master, range, shape)));
            }
        }
    }

    /// Where weight decay applies: matrices. Biases and norm weights, the vectors, do not decay.
    pub fn decayed(&self) -> Vec<Range<i64>> {
        let matrices = self
            .shapes
            .iter()
            .zip(&self.ranges)
            .filter(|(shape, _)| shape.len() > 1);
        matrices.map(|(_, range)| range.clone()).collect()
    }
}

/// The gradients of one micro-batch, one a parameter as they come out of a backward pass; an undefined one (a parameter
/// that the loss does not reach) counts as 0.
pub struct Gradients {
    parts: Vec<Tensor>,
    ranges: Vec<Range<i64>>,
    device: Device,
}

impl Gradients {
    /// From parts with the places of their parameters; parts of one place (a head that is the embedding) add up.
    pub fn new(placed: Vec<(usize, Tensor)>, ranges: &[Range<i64>], device: Device) -> Self {
        let mut parts: Vec<Tensor> = ranges.iter().map(|_| Tensor::new()).collect();
        for (place, part) in placed {
            let sum = &mut parts[place];
            if !sum.defined() {
                *sum = part;
            } else if part.defined() {
                no_grad(|| *sum += part);
            }
        }
        Self {
            parts,
            ranges: ranges.to_vec(),
            device,
        }
    }

    /// The sum of all elements, not finite as soon as one of them is not. Read from the device once.
    pub fn sum(&self) -> Result<f64, ModelError> {
        let defined = self.parts.iter().filter(|part| part.defined());
        let sums = defined.map(|part| part.f_sum(Kind::Double));
        let sums: Vec<Tensor> = sums.collect::<Result<_, _>>()?;
        if sums.is_empty() {
            return Ok(0.0);
        }
        let sum = Tensor::f_stack(&sums, 0)?.f_sum(Kind::Double)?;
        Ok(sum.f_double_value(&[])?)
    }

    /// Adds them to `total`, `[elements]` float32, in place; without one they are the total.
    pub fn add_to(self, total: Option<Tensor>) -> Result<Tensor, ModelError> {
        let Some(total) = total else {
            return self.end_to_end();
        };
        no_grad(|| {
            for (part, range) in self.parts.into_iter().zip(&self.ranges) {
                if part.defined() {
                    let mut stretch = total.f_narrow(0, range.start, range.end - range.start)?;
                    let _ = stretch.f_add_(&part.f_reshape([-1])?)?;
                }
            }
            Ok(total)
        })
    }

    fn end_to_end(self) -> Result<Tensor, ModelError> {
        let elements = self.ranges.last().map_or(0, |range| range.end);
        let total = Tensor::f_empty([elements], (Kind::Float, self.device))?;
        no_grad(|| {
            for (part, range) in self.parts.into_iter().zip(&self.ranges) {
                let mut stretch = total.f_narrow(0, range.start, range.end - range.start)?;
                if part.defined() {
                    stretch.f_copy_(&part.f_reshape([-1])?)?;
                } else {
                    let _ = stretch.f_zero_()?;
                }
            }
            Ok(total)
        })
    }
}

fn flatten(tensor: &Tensor) -> Tensor {
    tensor.to_kind(Kind::Float).reshape([-1])
}

fn view(master: &Tensor, range: &Range<i64>, shape: &[i64]) -> Tensor {
    master
        .narrow(0, range.start, range.end - range.start)
        .view(shape)
}

fn ranges(shapes: &[Vec<i64>]) -> Vec<Range<i64>> {
    let mut end = 0;
    shapes
        .iter()
        .map(|shape| {
            let start = end;
            end += shape.iter().product::<i64>();
            start..end
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(kind: Kind) -> Vec<(String, Tensor)> {
        let matrix = Tensor::arange(6, (Kind::Float, Device::Cpu))
            .view([2, 3])
            .to_kind(kind);
        let vector = Tensor::ones([2], (kind, Device::Cpu));
        vec![("a.weight".into(), matrix), ("a.bias".into(), vector)]
    }

    #[test]
    fn float32_parameters_live_in_the_buffer() {
        let named = parameters(Kind::Float);
        let own = named[0].1.shallow_clone();
        let flat = Flat::new(named);
        let _ = flat.master.shallow_clone().fill_(7.0);
        assert_eq!(own.double_value(&[1, 2]), 7.0);
        assert_eq!(flat.elements(), 8);
        assert_eq!(flat.decayed().first(), Some(&(0..6)));
        assert_eq!(flat.decayed().len(), 1);
    }

    #[test]
    fn bfloat16_parameters_are_rounded_copies() {
        let named = parameters(Kind::BFloat16);
        let own = named[1].1.shallow_clone();
        let mut flat = Flat::new(named);
        let _ = flat.master.shallow_clone().fill_(1.001);
        assert_eq!(own.double_value(&[0]), 1.0);
        flat.publish();
        assert_eq!(own.double_value(&[0]), 1.0, "1.001 rounds to 1 in bfloat16");
        assert!((flat.master.double_value(&[6]) - 1.001).abs() < 1e-6);
    }

    #[test]
    fn an_unreached_parameter_has_gradient_0() {
        let flat = Flat::new(parameters(Kind::Float));
        let gradients = |value: f64| {
            let matrix = Tensor::full([2, 3], value, (Kind::BFloat16, Device::Cpu));
            Gradients::new(
                vec![(0, matrix), (1, Tensor::new())],
                &flat.ranges,
                Device::Cpu,
            )
        };
        assert_eq!(gradients(1.0).sum().unwrap(), 6.0);
        assert!(!gradients(f64::INFINITY).sum().unwrap().is_finite());
        let total = gradients(1.0).add_to(None).unwrap();
        assert_eq!(total.kind(), Kind::Float);
        let total = gradients(0.5).add_to(Some(total)).unwrap();
        let sums: Vec<f32> = Vec::try_from(total).unwrap();
        assert_eq!(sums, [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 0.0, 0.0]);
    }
}
