//! Where the work is done. Does not shape the result.

use tch::Device;

/// Device and threads.
#[derive(Clone, Copy, Debug)]
pub struct Execution {
    pub device: Device,
    /// Worker threads; one is enough for a GPU.
    pub threads: usize,
}
