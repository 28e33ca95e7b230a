//! Intervals for shares, and the pass@k estimator. Pure; knows nothing about records.

/// The two-sided 95 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % interval.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// What one question adds: `sum` successes out of `weight` trials, which are not independent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cluster {
    pub weight: f64,
    pub sum: f64,
}

/// Wilson's score interval (Wilson, J. Am. Stat. Assoc. 22, 1927) for a share `p` of `n` trials:
/// `(p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)`. `n` need not be whole.
pub fn wilson(p: f64, n: f64) -> Estimate {
    let z2 = Z * Z;
    let centre = p + z2 / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z2 / n;
    // At the ends one side is exactly p; rounding must not put it outside.
    let low = ((centre - half) / scale).clamp(0.0, p);
    let high = ((centre + half) / scale).clamp(p, 1.0);
    Estimate {
        value: p,
        low,
        high,
    }
}

/// The share of successes over all clusters, with Wilson's interval on the effective number of
/// trials (Korn and Graubard, Survey Methodology 24, 1998): `p(1-p)` over the variance of `p`
/// between clusters, at least the number of clusters and at most `trials`.
///
/// With one trial to a cluster that is Wilson's own interval.
///
/// None where there were no trials.
pub fn share(clusters: &[Cluster], trials: f64) -> Option<Estimate> {
    let count = clusters.len() as f64;
    let weight: f64 = clusters.iter().map(|cluster| cluster.weight).sum();
    if weight <= 0.0 {
        return None;
    }
    let p = clusters.iter().map(|cluster| cluster.sum).sum::<f64>() / weight;
    if count == trials {
        return Some(wilson(p, trials));
    }
    let residual = |cluster: &Cluster| (cluster.sum - p * cluster.weight).powi(2);
    let spread: f64 = clusters.iter().map(residual).sum();
    let variance = count / (count - 1.0).max(1.0) * spread / (weight * weight);
    let certain = p <= 0.0 || p >= 1.0;
    let effective = if certain {
        count
    } else {
        p * (1.0 - p) / variance
    };
    Some(wilson(p, effective.clamp(count, trials.max(count))))
}

/// The mean of independent estimates, each side's distance combined as a root of squares (Zou and
/// Donner's MOVER, Statistics in Medicine 27, 2008): never wider than its parts, and not of
/// width zero when every part is 0 or 1.
pub fn mean(parts: &[Estimate]) -> Estimate {
    let count = parts.len() as f64;
    let value = parts.iter().map(|part| part.value).sum::<f64>() / count;
    let side = |end: fn(&Estimate) -> f64| {
        parts
            .iter()
            .map(|part| (part.value - end(part)).powi(2))
            .sum::<f64>()
            .sqrt()
            / count
    };
    let (low, high) = (
        value - side(|part| part.low),
        value + side(|part| part.high),
    );
    Estimate {
        value,
        low: low.max(0.0),
        high: high.min(1.0),
    }
}

/// The chance that k of the n samples, drawn without replacement, hold one of the c right ones:
/// `1 - C(n-c, k) / C(n, k)`, unbiased for k independent samples (Chen et al., arXiv 2107.03374).
pub fn pass_at(k: u64, n: u64, c: u64) -> f64 {
    if n - c < k {
        return 1.0;
    }
    let missed = (n - c + 1..=n).map(|i| 1.0 - k as f64 / i as f64);
    1.0 - missed.product::<f64>()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)] // a test fails by panicking
mod tests {
    use super::*;

    fn close(estimate: Estimate, low: f64, high: f64) {
        let near = |a: f64, b: f64| (a - b).abs() < 5e-4;
        assert!(
            near(estimate.low, low) && near(estimate.high, high),
            "{estimate:?}"
        );
    }

    /// Values of Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    #[test]
    fn wilson_agrees_with_published_values() {
        close(wilson(81.0 / 263.0, 263.0), 0.2553, 0.3662);
        close(wilson(15.0 / 148.0, 148.0), 0.0624, 0.1605);
        close(wilson(0.0, 20.0), 0.0, 0.1611);
        close(wilson(1.0 / 29.0, 29.0), 0.0061, 0.1718);
    }

    #[test]
    fn samples_that_agree_count_once() {
        let alike: Vec<Cluster> = (0..100)
            .map(|at| Cluster {
                weight: 4.0,
                sum: if at < 30 { 4.0 } else { 0.0 },
            })
            .collect();
        let expected = wilson(0.3, 100.0);
        close(share(&alike, 400.0).unwrap(), expected.low, expected.high);
    }

    #[test]
    fn samples_that_are_independent_count_each() {
        // Two of four right in every question: no variance between questions at all.
        let even = [Cluster {
            weight: 4.0,
            sum: 2.0,
        }; 100];
        let expected = wilson(0.5, 400.0);
        close(share(&even, 400.0).unwrap(), expected.low, expected.high);
    }

    #[test]
    fn a_mean_of_equals_is_narrower_by_the_root_of_their_number() {
        let part = Estimate {
            value: 0.5,
            low: 0.4,
            high: 0.6,
        };
        close(mean(&[part; 4]), 0.45, 0.55);
        close(mean(&[part]), 0.4, 0.6);
    }

    #[test]
    fn pass_at_k_is_the_share_of_subsets_with_a_success() {
        for (n, c) in [(1, 0), (4, 1), (5, 3), (6, 6)] {
            for k in 1..=n {
                let subsets = (0u64..1 << n).filter(|set| u64::from(set.count_ones()) == k);
                let (mut all, mut hit) = (0, 0);
                for set in subsets {
                    all += 1;
                    hit += u64::from(set & ((1 << c) - 1) != 0);
                }
                let expected = hit as f64 / f64::from(all);
                assert!(
                    (pass_at(k, n, c) - expected).abs() < 1e-12,
                    "{k} of {n} with {c}"
                );
            }
        }
    }
}
