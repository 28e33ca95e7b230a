//! Devices as a user asks for them, on whatever machine the tests run.

use tch::{Cuda, Device};
use torch::{TorchError, parse_devices};

#[test]
fn the_processor_is_always_there() {
    assert_eq!(parse_devices("cpu").unwrap(), [Device::Cpu]);
}

/// Without a GPU the message says what is missing and how to get it; with one it is found.
#[test]
fn a_gpu_is_found_or_its_absence_explained() {
    match parse_devices("cuda") {
        Ok(devices) => {
            assert_eq!(devices, [Device::Cuda(0)]);
            let count = Cuda::device_count() as usize;
            let error = parse_devices(&format!("cuda:{count}")).unwrap_err();
            assert!(matches!(error, TorchError::NoSuchGpu { .. }), "{error}");
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.starts_with("no CUDA device: "), "{text}");
            let cure = text.contains("REATTEMPT_CUDA=1") || matches!(error, TorchError::NoGpu);
            assert!(cure, "{text}");
            eprintln!("{text}");
        }
    }
}

#[test]
fn threads_are_set() {
    torch::set_threads(2);
    assert_eq!(torch::threads(), 2);
    torch::set_threads(0);
    assert_eq!(torch::threads(), 1);
}
