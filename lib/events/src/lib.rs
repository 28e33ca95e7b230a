//! TensorBoard event files: scalars as protocol buffers in the framing of TFRecord.
//!
//! [`EventFile`] collects bytes. This crate knows nothing about runs, metrics or where the bytes go.

mod crc32c;
mod framing;
mod message;

pub use crc32c::crc32c;
pub use framing::{FrameError, frame, unframe};

use message::{event, scalar, version};

/// The bytes of one event file.
#[derive(Clone, Debug)]
pub struct EventFile {
    bytes: Vec<u8>,
}

impl EventFile {
    /// A file begins with its version. Times are seconds since 1970.
    pub fn new(wall_time: f64) -> Self {
        Self {
            bytes: frame(&event(wall_time, 0, &version())),
        }
    }

    /// Adds one number.
    pub fn scalar(&mut self, wall_time: f64, step: i64, tag: &str, value: f32) {
        let record = event(wall_time, step, &scalar(tag, value));
        self.bytes.extend(frame(&record));
    }

    /// The whole file.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
