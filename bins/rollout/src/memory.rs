//! How many dialogues fit into memory at a time: keys and values are never promised more than there is.

use anyhow::{Result, bail};

/// What a running dialogue may take, in the worst case.
#[derive(Clone, Copy, Debug)]
pub struct Demand {
    pub bytes_per_token: usize,
    pub context: usize,
}

/// The batch to run: what was asked for, which must fit, or `usual`, made smaller where it does not.
pub fn batch(
    asked: Option<usize>,
    usual: usize,
    demand: Demand,
    available: Option<usize>,
) -> Result<usize> {
    let Demand {
        bytes_per_token,
        context,
    } = demand;
    let row = (bytes_per_token * context).max(1);
    let Some(available) = available else {
        return Ok(asked.unwrap_or(usual));
    };
    let fits = available / row;
    let batch = asked.unwrap_or(usual.min(fits.max(1)));
    if batch > fits {
        bail!(
            "a batch of {batch} dialogues of up to {context} tokens needs {} of keys and values ({bytes_per_token} bytes a token), {} are available; lower --max-batch or --context-length",
            size(batch * row),
            size(available),
        );
    }
    Ok(batch)
}

/// Blocks of `positions` positions that each of `workers` has when they share `memory` bytes. Dialogues that do not fit
/// together give way to one another, so they need not all fit at their longest; but one of them must.
pub fn blocks(
    workers: usize,
    demand: Demand,
    positions: usize,
    memory: Option<usize>,
) -> Result<usize> {
    let Demand {
        bytes_per_token,
        context,
    } = demand;
    let Some(memory) = memory else {
        return Ok(usize::MAX);
    };
    let (block, share) = ((bytes_per_token * positions).max(1), memory / workers);
    let longest = context.div_ceil(positions);
    if share / block < longest {
        let (whose, or_threads) = match workers {
            1 => (String::new(), ""),
            _ => (format!(" for each of {workers} workers"), " or --threads"),
        };
        bail!(
            "the keys and values of one dialogue of up to {context} tokens need {} ({bytes_per_token} bytes a token), there are {}{whose}; raise --kv-memory, or lower --context-length{or_threads}",
            size(longest * block),
            size(share),
        );
    }
    Ok(share / block)
}

/// The batch to run on `blocks` blocks, of which each dialogue holds at least one: what was asked for, which must fit, or
/// `usual`, made smaller where it does not.
pub fn batch_on_blocks(asked: Option<usize>, usual: usize, blocks: usize) -> Result<usize> {
    match asked {
        Some(batch) if batch > blocks => bail!(
            "a batch of {batch} dialogues needs a block of keys and values for each, there is memory for {blocks}; lower --max-batch"
        ),
        Some(batch) => Ok(batch),
        None => Ok(usual.min(blocks)),
    }
}

/// A number of bytes: digits, and KiB, MiB or GiB.
pub fn parse_size(text: &str) -> Result<usize, String> {
    let expected = || format!("expected a number of bytes such as 8GiB or 512MiB, found `{text}`");
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit: usize = match &text[digits.len()..] {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(expected()),
    };
    let number: f64 = digits.trim().parse().map_err(|_| expected())?;
    let bytes = number * unit as f64;
    if bytes >= 1.0 && bytes < usize::MAX as f64 {
        Ok(bytes as usize)
    } else {
        Err(expected())
    }
}

/// Free host memory in bytes, where the system tells; nine tenths of it, since others need some too.
pub fn available() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 10 * 9 * 1024)
}

fn size(bytes: usize) -> String {
    let bytes = bytes as f64;
    for (unit, name) in [(1u64 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] {
        if bytes >= unit as f64 {
            return format!("{:.1} {name}", bytes / unit as f64);
        }
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEMAND: Demand = Demand {
        bytes_per_token: 1 << 20,
        context: 1024,
    };
    const GIBIBYTE: usize = 1 << 30;

    #[test]
    fn the_usual_batch_shrinks_to_what_fits() {
        assert_eq!(batch(None, 64, DEMAND, Some(100 * GIBIBYTE)).unwrap(), 64);
        assert_eq!(batch(None, 64, DEMAND, Some(10 * GIBIBYTE)).unwrap(), 10);
        assert_eq!(batch(None, 64, DEMAND, None).unwrap(), 64);
    }

    #[test]
    fn memory_is_divided_into_blocks() {
        let blocks = |workers, memory| super::blocks(workers, DEMAND, 16, memory);
        assert_eq!(blocks(2, Some(10 * GIBIBYTE)).unwrap(), 320);
        assert_eq!(blocks(2, None).unwrap(), usize::MAX);
        let error = blocks(4, Some(3 * GIBIBYTE)).unwrap_err().to_string();
        assert!(
            error.contains("1.0 GiB") && error.contains("768.0 MiB") && error.contains("4 workers"),
            "{error}"
        );
    }

    #[test]
    fn a_dialogue_holds_a_block_at_least() {
        assert_eq!(batch_on_blocks(None, 64, 10).unwrap(), 10);
        assert_eq!(batch_on_blocks(Some(10), 64, 10).unwrap(), 10);
        let error = batch_on_blocks(Some(11), 64, 10).unwrap_err().to_string();
        assert!(
            error.contains("11 dialogues") && error.contains("for 10"),
            "{error}"
        );
    }

    #[test]
    fn sizes_are_bytes_with_a_unit() {
        assert_eq!(parse_size("8GiB"), Ok(8 * GIBIBYTE));
        assert_eq!(parse_size("1.5MiB"), Ok(3 << 19));
        assert_eq!(parse_size("4096"), Ok(4096));
        for text in ["", "GiB", "8G", "-1GiB", "0", "inf", "1e40GiB"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_impossible_request_is_refused_with_its_numbers() {
        let error = batch(Some(11), 64, DEMAND, Some(10 * GIBIBYTE))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("11 dialogues")
                && error.contains("11.0 GiB")
                && error.contains("10.0 GiB"),
            "{error}"
        );
        assert!(batch(None, 64, DEMAND, Some(GIBIBYTE / 2)).is_err());
    }
}
