//! The door to libtorch: devices, number types, threads, CUDA on demand, errors that can be read.
//!
//! Knows nothing about models. The only crate of the tensor tier with unsafe code: loading a shared
//! library runs its initialisers, and the allocator is set through the C library.

mod cuda;
mod device;
mod error;
mod kind;
mod memory;
mod threads;

pub use device::parse_devices;
pub use error::TorchError;
pub use kind::{kind_name, parse_kind};
pub use memory::keep_freed_memory;
pub use threads::{set_threads, threads};
