//! From what a user types for `--device` to devices that are there.

use tch::{Cuda, Device};

use crate::{TorchError, cuda};

/// Reads `cpu`, `cuda` (the first GPU), `cuda:1` or `cuda:0,1`, in the order given.
///
/// Where a GPU is asked for, libtorch's CUDA part is loaded and the GPU looked up. This must come
/// before the program's first tensor: libtorch decides once whether CUDA exists.
pub fn parse_devices(text: &str) -> Result<Vec<Device>, TorchError> {
    let indices = match read(text)? {
        Wanted::Cpu => return Ok(vec![Device::Cpu]),
        Wanted::Cuda(indices) => indices,
    };
    cuda::load()?;
    if !Cuda::is_available() {
        return Err(TorchError::NoGpu);
    }
    let count = usize::try_from(Cuda::device_count()).unwrap_or(0);
    match indices.iter().find(|index| **index >= count) {
        Some(&index) => Err(TorchError::NoSuchGpu { index, count }),
        None => Ok(indices.into_iter().map(Device::Cuda).collect()),
    }
}

#[derive(Debug, PartialEq)]
enum Wanted {
    Cpu,
    Cuda(Vec<usize>),
}

fn read(text: &str) -> Result<Wanted, TorchError> {
    let unknown = || TorchError::UnknownDevice {
        text: text.to_owned(),
    };
    let list = match text {
        "cpu" => return Ok(Wanted::Cpu),
        "cuda" => return Ok(Wanted::Cuda(vec![0])),
        other => other.strip_prefix("cuda:").ok_or_else(unknown)?,
    };
    let mut indices = Vec::new();
    for part in list.split(',') {
        // `parse` alone would let a sign through.
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let index = part.parse().ok().filter(|_| digits).ok_or_else(unknown)?;
        if indices.contains(&index) {
            return Err(TorchError::RepeatedDevice {
                text: text.to_owned(),
                index,
            });
        }
        indices.push(index);
    }
    Ok(Wanted::Cuda(indices))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_read_in_the_order_given() {
        assert_eq!(read("cpu").unwrap(), Wanted::Cpu);
        assert_eq!(read("cuda").unwrap(), Wanted::Cuda(vec![0]));
        assert_eq!(read("cuda:3").unwrap(), Wanted::Cuda(vec![3]));
        assert_eq!(read("cuda:1,0").unwrap(), Wanted::Cuda(vec![1, 0]));
    }

    #[test]
    fn what_is_no_device_is_named() {
        for text in [
            "",
            "gpu",
            "CPU",
            "cuda:",
            "cuda:+1",
            "cuda:0,",
            "cuda:x",
            "cuda:99999999999999999999",
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("device \"{text}\" is not known")),
                "{error}"
            );
        }
        let error = read("cuda:2,2").unwrap_err().to_string();
        assert_eq!(error, "device \"cuda:2,2\" names GPU 2 twice");
    }
}
