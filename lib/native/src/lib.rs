//! The decoder on a CPU, in kernels whose results do not depend on the batch.
//!
//! [`Engine::extend`] appends tokens to many sequences at once and gives the logits after each. For one sequence these
//! are the same bits whatever else is computed beside it, however it is cut into chunks, on however many threads and
//! with whichever vector instructions: every sum has an order that is a function of its own terms alone. That is what
//! lets a rollout be repeated exactly with another batch size. Arithmetic is float32; weights stored as bfloat16 are
//! widened. This crate knows nothing about text, sampling, training or libtorch.

mod attention;
#[doc(hidden)]
pub mod bench;
mod buffer;
mod cache;
mod engine;
mod gemm;
mod head_norms;
mod math;
mod model;
mod packed;
mod rotary;
mod simd;
mod softmax;
mod threads;

pub use engine::{BLOCK, Engine, EngineError};
pub use model::Model;
pub use simd::Level;
pub use softmax::softmax_weights;
pub use threads::Threads;
