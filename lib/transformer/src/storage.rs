//! Between stored tensors and libtorch's.

use std::borrow::Cow;

use checkpoints::{Dtype, OutgoingTensor, Parameter, Weights};
use tch::{Device, Kind, Tensor};

use crate::ModelError;

/// libtorch's name of an element type.
pub fn kind_of(dtype: Dtype) -> Kind {
    match dtype {
        Dtype::F64 => Kind::Double,
        Dtype::F32 => Kind::Float,
        Dtype::F16 => Kind::Half,
        Dtype::BF16 => Kind::BFloat16,
        Dtype::I64 => Kind::Int64,
        Dtype::I32 => Kind::Int,
        Dtype::I16 => Kind::Int16,
        Dtype::I8 => Kind::Int8,
        Dtype::U8 => Kind::Uint8,
        Dtype::Bool => Kind::Bool,
    }
}

/// The element type that a tensor of `kind` is stored in; none for types that are never stored.
pub fn dtype_of(kind: Kind) -> Option<Dtype> {
    const STORED: [Dtype; 10] = [
        Dtype::F64,
        Dtype::F32,
        Dtype::F16,
        Dtype::BF16,
        Dtype::I64,
        Dtype::I32,
        Dtype::I16,
        Dtype::I8,
        Dtype::U8,
        Dtype::Bool,
    ];
    STORED.into_iter().find(|dtype| kind_of(*dtype) == kind)
}

/// Copies one parameter out of the mapped file, straight into its place.
///
/// At no time is more than this one tensor in memory in addition to those loaded before.
pub(crate) fn load(
    weights: &Weights,
    parameter: &Parameter,
    device: Device,
    kind: Kind,
    trainable: bool,
) -> Result<Tensor, ModelError> {
    let view = weights.weight(&parameter.name, &parameter.shape)?;
    let size: Vec<i64> = view.shape.iter().map(|dim| *dim as i64).collect();
    let stored = Tensor::f_from_data_size(view.bytes, &size, kind_of(view.dtype))?;
    let placed = stored.f_to_kind(kind)?.f_to_device(device)?;
    Ok(placed.f_set_requires_grad(trainable)?)
}

/// A leaf of its own that shares `tensor`'s storage.
pub(crate) fn leaf(tensor: &Tensor) -> Result<Tensor, ModelError> {
    Ok(tensor
        .f_detach()?
        .f_set_requires_grad(tensor.requires_grad())?)
}

/// `tensor` on its way to a file, fetched from its device and rounded to `dtype` in its turn.
pub(crate) fn outgoing<'a>(name: &str, tensor: &'a Tensor, dtype: Dtype) -> OutgoingTensor<'a> {
    let shape: Vec<usize> = tensor.size().iter().map(|dim| *dim as usize).collect();
    OutgoingTensor::lazy(name, dtype, shape, move || {
        Ok(bytes(tensor, kind_of(dtype)).map_err(Box::new)?)
    })
}

/// The elements of `tensor` as `kind`, row-major, in the machine's byte order; not copied where they lie so already.
pub fn bytes(tensor: &Tensor, kind: Kind) -> Result<Cow<'_, [u8]>, ModelError> {
    if tensor.kind() == kind && tensor.device() == Device::Cpu && tensor.is_contiguous() {
        return Ok(Cow::Borrowed(memory(tensor)));
    }
    let tensor = tensor
        .f_detach()?
        .f_to_device(Device::Cpu)?
        .f_to_kind(kind)?
        .f_contiguous()?;
    Ok(Cow::Owned(memory(&tensor).to_vec()))
}

/// The memory of a contiguous tensor of the CPU.
#[allow(unsafe_code)]
fn memory(tensor: &Tensor) -> &[u8] {
    let length = tensor.numel() * tensor.kind().elt_size_in_bytes();
    if length == 0 {
        return &[];
    }
    // SAFETY: a contiguous tensor's elements are `length` bytes from its data pointer on, and its storage lives as long
    // as the tensor does. Tensors that share the storage belong to the same network, whose learner whoever writes it
    // holds alone.
    unsafe { std::slice::from_raw_parts(tensor.data_ptr().cast(), length) }
}
