//! What can go wrong between this program and libtorch.

use std::path::PathBuf;

use tch::TchError;

/// A device, library or operation that is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum TorchError {
    #[error(
        "device \"{text}\" is not known, expected cpu, cuda, cuda:0 or a list such as cuda:0,1"
    )]
    UnknownDevice { text: String },
    #[error("device \"{text}\" names GPU {index} twice")]
    RepeatedDevice { text: String, index: usize },
    #[error("number type \"{text}\" is not known, expected float32 or bfloat16")]
    UnknownKind { text: String },
    #[error(
        "no CUDA device: libtorch_cuda.so not found in {}; set REATTEMPT_CUDA=1 and run ./just setup",
        directory.display()
    )]
    NoCudaLibrary { directory: PathBuf },
    #[error("no CUDA device: {} cannot be loaded ({reason}); set REATTEMPT_CUDA=1 and run ./just setup", library.display())]
    CudaLibrary { library: PathBuf, reason: String },
    #[error(
        "no CUDA device: libtorch_cuda is loaded, but the NVIDIA driver offers no GPU (does nvidia-smi list one?)"
    )]
    NoGpu,
    #[error("no CUDA device {index}: this machine has {count}")]
    NoSuchGpu { index: usize, count: usize },
    #[error("libtorch: {message}")]
    Torch { message: String },
}

impl From<TchError> for TorchError {
    /// Keeps what was wrong and leaves out the C++ stack trace that libtorch appends.
    fn from(error: TchError) -> Self {
        let text = match error {
            TchError::Torch(text) => text,
            other => other.to_string(),
        };
        let message = text
            .split("\nException raised from")
            .next()
            .unwrap_or(&text);
        Self::Torch {
            message: message.trim_end().to_owned(),
        }
    }
}
