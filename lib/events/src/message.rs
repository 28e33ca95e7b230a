//! The few fields of TensorBoard's `Event` message that scalars need, in the encoding of protocol buffers.

// Numbers of fields in event.proto and summary.proto.
const WALL_TIME: u64 = 1;
const STEP: u64 = 2;
const FILE_VERSION: u64 = 3;
const SUMMARY: u64 = 5;
const VALUE: u64 = 1;
const TAG: u64 = 1;
const SIMPLE_VALUE: u64 = 2;

// Wire types.
const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH: u64 = 2;
const FIXED32: u64 = 5;

/// An event that holds `what`.
pub fn event(wall_time: f64, step: i64, what: &[u8]) -> Vec<u8> {
    let mut bytes = key(WALL_TIME, FIXED64);
    bytes.extend(wall_time.to_le_bytes());
    bytes.extend(key(STEP, VARINT));
    // Negative numbers have ten bytes, as the encoding asks for.
    bytes.extend(varint(step as u64));
    bytes.extend(what);
    bytes
}

/// What the first event of a file says.
pub fn version() -> Vec<u8> {
    part(FILE_VERSION, b"brain.Event:2")
}

/// A summary of one number.
pub fn scalar(tag: &str, value: f32) -> Vec<u8> {
    let mut named = part(TAG, tag.as_bytes());
    named.extend(key(SIMPLE_VALUE, FIXED32));
    named.extend(value.to_le_bytes());
    part(SUMMARY, &part(VALUE, &named))
}

fn part(field: u64, bytes: &[u8]) -> Vec<u8> {
    [&key(field, LENGTH)[..], &varint(bytes.len() as u64), bytes].concat()
}

fn key(field: u64, wire: u64) -> Vec<u8> {
    varint(field << 3 | wire)
}

/// Seven bits a byte, the lowest first.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 300 and 150 are the examples of the encoding's documentation.
    #[test]
    fn numbers_take_seven_bits_a_byte() {
        assert_eq!(varint(300), [0xAC, 0x02]);
        assert_eq!(varint(150), [0x96, 0x01]);
        assert_eq!(varint(u64::MAX).len(), 10);
    }

    /// Written by hand from event.proto and summary.proto.
    #[test]
    fn a_scalar_is_written_as_the_message_says() {
        let expected = [
            &[0x09][..],
            &1.5f64.to_le_bytes(),
            &[0x10, 0x07, 0x2A, 0x0A, 0x0A, 0x08, 0x0A, 0x01, b'a', 0x15],
            &0.25f32.to_le_bytes(),
        ];
        assert_eq!(event(1.5, 7, &scalar("a", 0.25)), expected.concat());
    }
}
