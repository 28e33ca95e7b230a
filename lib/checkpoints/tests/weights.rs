//! Weights files that lie, end early or miss what is needed: a typed error, never a panic.

// Helpers outside of the test functions unwrap too.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;

use checkpoints::{
    Dtype, ModelConfig, OutgoingTensor, Rope, RopeScaling, Weights, WeightsError, write_safetensors,
};
use proptest::prelude::*;
use tempfile::TempDir;

/// A file of `header` and `data`, in a folder of its own.
fn file(header: &str, data: &[u8]) -> (TempDir, PathBuf) {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    raw(&bytes)
}

fn raw(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn refusal(header: &str, data: &[u8]) -> String {
    let (folder, _) = file(header, data);
    let text = Weights::open(folder.path()).unwrap_err().to_string();
    text.split_once("model.safetensors: ")
        .expect(&text)
        .1
        .to_owned()
}

const GOOD: &str = r#"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"BF16","shape":[1,2],"data_offsets":[8,12]}}"#;

#[test]
fn an_honest_file_is_read() {
    let data = [
        1.0f32.to_le_bytes().as_slice(),
        &2.0f32.to_le_bytes(),
        &[0x80, 0x3f, 0, 0xc0],
    ]
    .concat();
    let (folder, _) = file(GOOD, &data);
    let weights = Weights::open(folder.path()).unwrap();
    assert_eq!(weights.names().collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(weights.f32("a").unwrap(), [1.0, 2.0]);
    assert_eq!(weights.f32("b").unwrap(), [1.0, -2.0]);
    let view = weights.tensor("b").unwrap();
    assert_eq!(
        (view.dtype, view.shape, view.bytes.len()),
        (Dtype::BF16, [1, 2].as_slice(), 4)
    );
    weights.check_finite(["a", "b"]).unwrap();
}

#[test]
fn every_lie_of_a_header_is_named() {
    let data = [0; 12];
    let cases = [
        (
            GOOD.replace("[8,12]", "[8,16]"),
            r#"tensor "b": offsets 8..16 are not within the 12 bytes of data (truncated file or wrong header)"#,
        ),
        (
            GOOD.replace("[8,12]", "[12,8]"),
            r#"tensor "b": offsets 12..8 are not within the 12 bytes of data (truncated file or wrong header)"#,
        ),
        (
            GOOD.replace("[8,12]", "[8,18446744073709551615]"),
            r#"tensor "b": offsets 8..18446744073709551615 are not within the 12 bytes of data (truncated file or wrong header)"#,
        ),
        (
            GOOD.replace("[8,12]", "[4,8]"),
            r#"tensor "b" begins at 4, inside tensor "a" that ends at 8"#,
        ),
        (
            GOOD.replace(
                "[1,2],\"data_offsets\":[8,12]",
                "[1],\"data_offsets\":[10,12]",
            ),
            "bytes 8..10 of the data belong to no tensor",
        ),
        (
            GOOD.replace(
                "[1,2],\"data_offsets\":[8,12]",
                "[1],\"data_offsets\":[8,10]",
            ),
            "bytes 10..12 of the data belong to no tensor",
        ),
        (
            GOOD.replace("[1,2]", "[3]"),
            r#"tensor "b": BF16 of shape [3] does not fit into 4 bytes"#,
        ),
        (
            GOOD.replace("[1,2]", "[4294967296,4294967296,4294967296]"),
            r#"tensor "b": BF16 of shape [4294967296, 4294967296, 4294967296] does not fit into 4 bytes"#,
        ),
        (
            GOOD.replace("BF16", "F8_E4M3"),
            r#"tensor "b": element type F8_E4M3 is not supported"#,
        ),
        (
            GOOD.replace("\"b\"", "\"a\""),
            r#"the header names tensor "a" twice"#,
        ),
        (
            GOOD.replace("[8,12]", "[8.5,12]"),
            "the header is not the JSON that safetensors asks for",
        ),
        (
            GOOD.replace("\"shape\":[2],", ""),
            "the header is not the JSON that safetensors asks for",
        ),
        (
            "[]".to_owned(),
            "the header is not the JSON that safetensors asks for",
        ),
    ];
    for (header, expected) in cases {
        assert_eq!(refusal(&header, &data), expected, "{header}");
    }
}

#[test]
fn a_truncated_file_is_named_wherever_it_ends() {
    let whole = [
        &(GOOD.len() as u64).to_le_bytes(),
        GOOD.as_bytes(),
        &[0; 12],
    ]
    .concat();
    for end in 0..whole.len() {
        let (folder, _) = raw(&whole[..end]);
        let error = Weights::open(folder.path()).unwrap_err().to_string();
        assert!(error.contains("model.safetensors"), "{end}: {error}");
    }
    let (folder, _) = raw(&whole[..5]);
    let error = Weights::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.ends_with("5 bytes are too few for a safetensors file"),
        "{error}"
    );
}

/// A length that would ask for exabytes is refused before anything is allocated.
#[test]
fn a_header_longer_than_the_file_is_refused() {
    let (folder, _) = raw(&[&u64::MAX.to_le_bytes()[..], b"{}"].concat());
    let error = Weights::open(folder.path()).unwrap_err();
    assert!(
        matches!(
            error,
            WeightsError::HeaderLength {
                claimed: u64::MAX,
                available: 2,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn nan_and_infinity_are_named_with_their_tensor() {
    for (bytes, shown) in [([0xc0, 0x7f], "NaN"), ([0x80, 0xff], "-inf")] {
        let (folder, _) = file(GOOD, &[&[0; 10][..], &bytes].concat());
        let weights = Weights::open(folder.path()).unwrap();
        let error = weights
            .check_finite(weights.names())
            .unwrap_err()
            .to_string();
        let expected = format!(
            "model.safetensors: tensor \"b\": element 1 is {shown}, expected finite numbers"
        );
        assert!(error.ends_with(&expected), "{error}");
    }
}

#[test]
fn a_folder_without_weights_says_what_is_expected() {
    let folder = tempfile::tempdir().unwrap();
    let error = Weights::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("expected model.safetensors or model.safetensors.index.json"),
        "{error}"
    );
    std::fs::write(folder.path().join("pytorch_model.bin"), "a pickle").unwrap();
    let error = Weights::open(folder.path()).unwrap_err().to_string();
    assert!(error.contains("pickled"), "{error}");
}

/// The definition of the hash is part of every record: this one must never change.
#[test]
fn the_hash_of_a_known_file_is_known() {
    let (folder, _) = file(GOOD, &[7; 12]);
    let hash = Weights::open(folder.path()).unwrap().sha256();
    assert_eq!(
        hash,
        "ef63c7852c2b19fb81ad10e7c4262cad532689dafe0106ba1745c5a7c8775998"
    );
}

#[test]
fn a_type_that_is_no_weight_is_not_widened() {
    let header = r#"{"step":{"dtype":"I64","shape":[],"data_offsets":[0,8]}}"#;
    let (folder, _) = file(header, &5i64.to_le_bytes());
    let weights = Weights::open(folder.path()).unwrap();
    assert_eq!(weights.tensor("step").unwrap().bytes, 5i64.to_le_bytes());
    let error = weights.f32("step").unwrap_err().to_string();
    assert!(
        error.ends_with("expected float32, bfloat16 or float16, found I64"),
        "{error}"
    );
}

/// A header with one field replaced by anything.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![
        any::<u64>().prop_map(|n| n.to_string()),
        (0u64..40).prop_map(|n| n.to_string()),
        Just("-1".to_owned()),
        Just("1e99".to_owned())
    ];
    let entry = (
        "[ab]{1,2}",
        prop::sample::select(vec!["F32", "BF16", "I64", "U8", "X"]),
        prop::collection::vec(number.clone(), 0..4),
        number.clone(),
        number,
    )
        .prop_map(|(name, dtype, shape, begin, end)| {
            format!(
                r#""{name}":{{"dtype":"{dtype}","shape":[{}],"data_offsets":[{begin},{end}]}}"#,
                shape.join(",")
            )
        });
    (
        prop::collection::vec(entry, 0..4),
        prop::option::of(any::<u64>()),
        prop::collection::vec(any::<u8>(), 0..40),
    )
        .prop_map(|(entries, length, data)| {
            let header = format!("{{{}}}", entries.join(","));
            let length = length.unwrap_or(header.len() as u64);
            [&length.to_le_bytes()[..], header.as_bytes(), &data].concat()
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever is accepted covers the data exactly and can be read; nothing panics.
    #[test]
    fn damaged_headers_never_panic(bytes in damaged()) {
        let (folder, _) = raw(&bytes);
        if let Ok(weights) = Weights::open(folder.path()) {
            let names: Vec<&str> = weights.names().collect();
            let total: usize = names.iter().map(|name| weights.tensor(name).unwrap().bytes.len()).sum();
            let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
            prop_assert_eq!(total, bytes.len() - 8 - header);
            prop_assert_eq!(weights.sha256().len(), 64);
        }
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let (folder, _) = raw(&bytes);
        let _ = Weights::open(folder.path());
    }

    /// What the reference implementation of the format accepts of our own files is what we wrote.
    #[test]
    fn the_reference_implementation_reads_what_is_written(
        values in prop::collection::vec(-10f32..10.0, 0..20), odd in prop::collection::vec(any::<u8>(), 0..5),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        let tensors = vec![
            OutgoingTensor::from_bytes("odd", Dtype::U8, [odd.len()], odd.clone()),
            OutgoingTensor::from_f32("wide", Dtype::F32, [values.len()], &values),
            OutgoingTensor::from_f32("narrow", Dtype::BF16, [1, values.len()], &values),
        ];
        write_safetensors(&path, tensors, &[("format", "pt")]).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let reference = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let ours = Weights::open(folder.path()).unwrap();
        for name in ["odd", "wide", "narrow"] {
            let (theirs, ours) = (reference.tensor(name).unwrap(), ours.tensor(name).unwrap());
            prop_assert_eq!(theirs.data(), ours.bytes);
            prop_assert_eq!(theirs.shape(), ours.shape);
        }
        prop_assert_eq!(ours.f32("wide").unwrap(), values);
    }
}

/// A model of one layer whose configuration says that the embedding is the head.
fn tied() -> ModelConfig {
    ModelConfig {
        vocab_size: 2,
        hidden_size: 2,
        intermediate_size: 2,
        num_hidden_layers: 1,
        num_attention_heads: 1,
        num_key_value_heads: 1,
        head_dim: 2,
        max_position_embeddings: 8,
        rms_norm_eps: 1e-6,
        qkv_bias: true,
        qk_norm: false,
        rope: Rope {
            theta: 10_000.0,
            scaling: RopeScaling::Unscaled,
        },
        tie_word_embeddings: true,
        dtype: None,
        eos_token_ids: vec![],
    }
}

fn checked_with_head(head: Option<(Dtype, Vec<usize>, Vec<u8>)>) -> Result<(), WeightsError> {
    let (folder, config) = (tempfile::tempdir().unwrap(), tied());
    let f32s =
        |count: usize| -> Vec<u8> { (0..count).flat_map(|n| (n as f32).to_le_bytes()).collect() };
    let mut tensors: Vec<OutgoingTensor<'_>> = config
        .parameters()
        .into_iter()
        .map(|parameter| {
            let bytes = f32s(parameter.shape.iter().product());
            OutgoingTensor::from_bytes(parameter.name, Dtype::F32, parameter.shape, bytes)
        })
        .collect();
    if let Some((dtype, shape, bytes)) = head {
        tensors.push(OutgoingTensor::from_bytes(
            "lm_head.weight",
            dtype,
            shape,
            bytes,
        ));
    }
    write_safetensors(&folder.path().join("model.safetensors"), tensors, &[]).unwrap();
    Weights::open(folder.path()).unwrap().check(&config)
}

#[test]
fn a_head_beside_a_tied_embedding_is_a_copy_of_it_or_refused() {
    let embedding =
        |values: [f32; 4]| -> Vec<u8> { values.iter().flat_map(|x| x.to_le_bytes()).collect() };
    let same = embedding([0.0, 1.0, 2.0, 3.0]);
    checked_with_head(None).unwrap();
    checked_with_head(Some((Dtype::F32, vec![2, 2], same.clone()))).unwrap();
    // The same numbers in another type.
    let narrow = [0u16, 0x3f80, 0x4000, 0x4040]
        .iter()
        .flat_map(|x| x.to_le_bytes());
    checked_with_head(Some((Dtype::BF16, vec![2, 2], narrow.collect()))).unwrap();
    for (shape, head) in [
        (vec![2, 2], embedding([0.0, 1.0, 2.0, 3.5])),
        (vec![4, 1], same),
    ] {
        let error = checked_with_head(Some((Dtype::F32, shape, head))).unwrap_err();
        let expected = "model.safetensors: tensor \"lm_head.weight\" differs from \"model.embed_tokens.weight\", but \
                        config.json says \"tie_word_embeddings\": true";
        assert!(error.to_string().contains(expected), "{error}");
    }
}
