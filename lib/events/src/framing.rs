//! TFRecord: length, checksum of the length, data, checksum of the data. Knows nothing about the data.

use std::fmt;

use crate::crc32c;

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// The file ends inside the record that begins at this byte.
    CutShort { at: usize },
    /// Length or data of the record at this byte do not have the checksum that stands beside them.
    Checksum { at: usize },
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CutShort { at } => write!(f, "byte {at}: the record is cut short"),
            Self::Checksum { at } => write!(f, "byte {at}: the record's checksum is wrong"),
        }
    }
}

impl std::error::Error for FrameError {}

const LENGTH: usize = 8;
const CHECKSUM: usize = 4;

/// One record.
pub fn frame(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let checksum = |bytes: &[u8]| masked(bytes).to_le_bytes();
    [&length[..], &checksum(&length), data, &checksum(data)].concat()
}

/// The data of every record of a file.
pub fn unframe(file: &[u8]) -> Result<Vec<&[u8]>, FrameError> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < file.len() {
        let (data, whole) = first(&file[at..], at)?;
        records.push(data);
        at += whole;
    }
    Ok(records)
}

/// The data of the first record, and how many bytes the record has.
fn first(bytes: &[u8], at: usize) -> Result<(&[u8], usize), FrameError> {
    let cut = FrameError::CutShort { at };
    let (length, rest) = bytes.split_first_chunk::<LENGTH>().ok_or(cut)?;
    let (length_sum, rest) = rest.split_first_chunk::<CHECKSUM>().ok_or(cut)?;
    if masked(length) != u32::from_le_bytes(*length_sum) {
        return Err(FrameError::Checksum { at });
    }
    let count = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| cut)?;
    let (data, rest) = rest.split_at_checked(count).ok_or(cut)?;
    let (data_sum, _) = rest.split_first_chunk::<CHECKSUM>().ok_or(cut)?;
    if masked(data) != u32::from_le_bytes(*data_sum) {
        return Err(FrameError::Checksum { at });
    }
    Ok((data, LENGTH + CHECKSUM + count + CHECKSUM))
}

/// Rotated and shifted, since the checksum of data that holds its own checksum says little.
fn masked(bytes: &[u8]) -> u32 {
    crc32c(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_and_damage_is_told() {
        let file = [frame(b"one"), frame(b""), frame(b"three")].concat();
        assert_eq!(unframe(&file), Ok(vec![&b"one"[..], b"", b"three"]));
        let second = frame(b"one").len();
        for at in 0..file.len() {
            let mut damaged = file.clone();
            damaged[at] ^= 1;
            assert!(unframe(&damaged).is_err(), "byte {at}");
        }
        let cut = &file[..second + 3];
        assert_eq!(unframe(cut), Err(FrameError::CutShort { at: second }));
    }
}
