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
    let gibibytes = bytes as f64 / f64::from(1 << 30);
    if gibibytes >= 1.0 {
        format!("{gibibytes:.1} GiB")
    } else {
        format!("{:.1} MiB", gibibytes * 1024.0)
    }
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
