//! Which files of a repository make up a model.

/// In the order in which they are fetched. The configuration comes first, so that a model that
/// cannot be used is refused before its weights travel; an index comes after its shards, so that
/// no folder with half of them looks complete.
pub fn wanted<'a>(all: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let all: Vec<&str> = all.into_iter().collect();
    let single = all.contains(&"model.safetensors");
    let mut files: Vec<&str> = all
        .into_iter()
        .filter(|name| rank(name).is_some() && !(single && is_sharded(name)))
        .collect();
    files.sort_by_key(|name| (rank(name), *name));
    files
}

fn rank(name: &str) -> Option<u8> {
    const SMALL: [&str; 3] = [
        "generation_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
    ];
    // Weights of adapters and other formats have other names; folders hold conversions.
    if name.contains('/') {
        return None;
    }
    match name {
        "config.json" => Some(0),
        _ if SMALL.contains(&name) || name.starts_with("chat_template") => Some(1),
        _ if name.starts_with("tokenizer") && name.ends_with(".json") => Some(1),
        "model.safetensors" => Some(2),
        _ if name.starts_with("model-") && name.ends_with(".safetensors") => Some(2),
        "model.safetensors.index.json" => Some(3),
        _ => None,
    }
}

fn is_sharded(name: &str) -> bool {
    rank(name) >= Some(2) && name != "model.safetensors"
}

/// True for what may be a name on the hub: `name` or `organisation/name`.
pub fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let part =
        |part: &str| !part.is_empty() && part.chars().all(allowed) && !part.starts_with(['.', '-']);
    text.split('/').count() <= 2 && text.split('/').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_model_is_fetched_and_its_index_last() {
        let all = [
            ".gitattributes",
            "README.md",
            "adapter_model.safetensors",
            "chat_template.jinja",
            "config.json",
            "consolidated.safetensors",
            "generation_config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "onnx/model.safetensors",
            "pytorch_model.bin",
            "tokenizer.json",
            "tokenizer.model",
            "tokenizer_config.json",
        ];
        let expected = [
            "config.json",
            "chat_template.jinja",
            "generation_config.json",
            "tokenizer.json",
            "tokenizer_config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
        ];
        assert_eq!(wanted(all), expected);
    }

    #[test]
    fn shards_beside_a_whole_file_stay_away() {
        let all = [
            "model-00001-of-00001.safetensors",
            "model.safetensors",
            "config.json",
        ];
        assert_eq!(wanted(all), ["config.json", "model.safetensors"]);
    }

    #[test]
    fn names_are_told_from_paths() {
        for name in ["Qwen/Qwen2.5-Math-1.5B", "gpt2", "a_b/c.d"] {
            assert!(is_name(name), "{name}");
        }
        for path in [
            "", "/a", "./a", "../a", "a/b/c", "a/", "~/a", "a b", ".hidden", "-x/y",
        ] {
            assert!(!is_name(path), "{path}");
        }
    }
}
