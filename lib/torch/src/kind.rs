//! The number types that a user may choose.

use tch::Kind;

use crate::TorchError;

/// Reads `float32` or `bfloat16`. Fit for a command line argument's parser.
pub fn parse_kind(text: &str) -> Result<Kind, TorchError> {
    match text {
        "float32" => Ok(Kind::Float),
        "bfloat16" => Ok(Kind::BFloat16),
        _ => Err(TorchError::UnknownKind {
            text: text.to_owned(),
        }),
    }
}

/// The spelling that [`parse_kind`] reads; `Debug` form for types that it does not.
pub fn kind_name(kind: Kind) -> String {
    match kind {
        Kind::Float => "float32".to_owned(),
        Kind::BFloat16 => "bfloat16".to_owned(),
        other => format!("{other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_spelled_the_same() {
        for text in ["float32", "bfloat16"] {
            assert_eq!(kind_name(parse_kind(text).unwrap()), text);
        }
        let error = parse_kind("fp8").unwrap_err().to_string();
        assert_eq!(
            error,
            "number type \"fp8\" is not known, expected float32 or bfloat16"
        );
    }
}
