//! Draws tokens: temperature, top-k, top-p, greedy, each draw a function of logits and one keyed random number.
//!
//! Knows nothing about dialogues or models.

use tokens::Vocabulary;

/// How the next token is chosen. The order is temperature, then top-k, then top-p among what top-k left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// 0 takes the likeliest token; logits are divided by anything else.
    pub temperature: f32,
    /// Keeps the `k` likeliest tokens; 0 keeps all. Equal logits: the lower id is the likelier.
    pub top_k: usize,
    /// Keeps the fewest likeliest tokens that together hold this much probability; 1 keeps all.
    pub top_p: f32,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
        }
    }
}

/// A drawn token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    pub token: i32,
    /// Natural logarithm of its probability under the distribution that it was drawn from: after temperature, top-k
    /// and top-p. The greedy choice is certain, so 0.
    pub logprob: f32,
}

/// Tokens whose probabilities are added in one go before they join the running sum.
const BLOCK: usize = 256;

/// Draws tokens one by one, reusing its memory.
pub struct Sampler {
    sampling: Sampling,
    /// What may be drawn; an id outside of it has no probability, whatever its logit.
    vocabulary: Vocabulary,
    /// The logits of `vocabulary`, side by side, where it has gaps.
    gathered: Vec<f32>,
    weights: Vec<f32>,
    kept: Vec<(f32, u32)>,
}

impl Sampler {
    pub fn new(sampling: Sampling, vocabulary: Vocabulary) -> Self {
        Self {
            sampling,
            vocabulary,
            gathered: Vec::new(),
            weights: Vec::new(),
            kept: Vec::new(),
        }
    }

    /// Another sampler of the same kind, with memory of its own.
    pub fn fresh(&self) -> Self {
        Self::new(self.sampling, self.vocabulary.clone())
    }

    /// The token where the cumulative probability, in the order of ids, passes `uniform`. `logits` has one entry for
    /// each id of the model. None where the logit of an id that may be drawn is not finite.
    pub fn draw(&mut self, logits: &[f32], uniform: f64) -> Option<Drawn> {
        let known = &logits[..self.vocabulary.end().min(logits.len())];
        if self.vocabulary.gaps().is_empty() {
            return self.draw_among(known, uniform);
        }
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.clear();
        let logit = |id: i32| known.get(id as usize);
        gathered.extend(self.vocabulary.ids().filter_map(logit));
        let drawn = self.draw_among(&gathered, uniform);
        self.gathered = gathered;
        let mut drawn = drawn?;
        drawn.token = self.vocabulary.ids().nth(drawn.token as usize)?;
        Some(drawn)
    }

    /// As [`draw`](Self::draw) where every logit is that of a token that may be drawn; gives its index.
    fn draw_among(&mut self, logits: &[f32], uniform: f64) -> Option<Drawn> {
        if logits.iter().any(|logit| !logit.is_finite()) {
            return None;
        }
        let likeliest = likeliest(logits);
        if self.sampling.temperature == 0.0 {
            return Some(Drawn {
                token: likeliest as i32,
                logprob: 0.0,
            });
        }
        let (greatest, temperature) = (logits[likeliest], self.sampling.temperature);
        native::softmax_weights(logits, greatest, temperature, &mut self.weights);
        self.restrict();
        let total = block_sums(&self.weights).sum::<f64>();
        let token = self.place(uniform * total).unwrap_or(likeliest);
        let scaled = f64::from(logits[token] - greatest) / f64::from(temperature);
        // Adding zero turns -0 into 0.
        Some(Drawn {
            token: token as i32,
            logprob: (scaled - total.ln()) as f32 + 0.0,
        })
    }

    /// The first token at which the cumulative weight exceeds `target`.
    fn place(&self, target: f64) -> Option<usize> {
        let mut below = 0.0;
        for (block, sum) in block_sums(&self.weights).enumerate() {
            if below + sum > target {
                let first = block * BLOCK;
                let end = (first + BLOCK).min(self.weights.len());
                return self.place_within(first..end, target - below);
            }
            below += sum;
        }
        None
    }

    fn place_within(&self, tokens: std::ops::Range<usize>, target: f64) -> Option<usize> {
        let mut below = 0.0;
        let mut last = None;
        for token in tokens {
            let weight = f64::from(self.weights[token]);
            below += weight;
            if weight > 0.0 {
                last = Some(token);
                if below > target {
                    break;
                }
            }
        }
        // Sums rounded differently may leave the target just above the block: then its last token.
        last
    }

    /// Sets the weights that top-k and top-p exclude to zero.
    fn restrict(&mut self) {
        let Sampling { top_k, top_p, .. } = self.sampling;
        let all = self.weights.len();
        let k = if top_k == 0 { all } else { top_k.min(all) };
        if k == all && top_p >= 1.0 {
            return;
        }
        self.keep_candidates(k);
        if top_p < 1.0 {
            self.keep_nucleus();
        }
        self.weights.fill(0.0);
        for &(weight, token) in &self.kept {
            self.weights[token as usize] = weight;
        }
    }

    /// Leaves the `k` likeliest tokens in `kept`, likeliest first.
    fn keep_candidates(&mut self, k: usize) {
        let all = self.weights.len();
        // Tokens lighter than this hold less than 1 - top_p together, so top-p excludes them whatever else there is.
        let lightest = if k == all {
            (1.0 - f64::from(self.sampling.top_p)) * block_sums(&self.weights).sum::<f64>()
                / all as f64
        } else {
            0.0
        };
        let tokens = self
            .weights
            .iter()
            .zip(0u32..)
            .map(|(weight, token)| (*weight, token));
        self.kept.clear();
        self.kept
            .extend(tokens.filter(|(weight, _)| f64::from(*weight) >= lightest));
        let likelier = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if k < self.kept.len() {
            self.kept.select_nth_unstable_by(k, likelier);
            self.kept.truncate(k);
        }
        self.kept.sort_unstable_by(likelier);
    }

    /// Cuts `kept` after the token at which its cumulative weight reaches `top_p` of the whole.
    fn keep_nucleus(&mut self) {
        let whole: f64 = match self.sampling.top_k {
            0 => block_sums(&self.weights).sum(),
            _ => self.kept.iter().map(|(weight, _)| f64::from(*weight)).sum(),
        };
        let enough = whole * f64::from(self.sampling.top_p);
        let mut sum = 0.0;
        let reached = self.kept.iter().position(|(weight, _)| {
            sum += f64::from(*weight);
            sum >= enough
        });
        self.kept
            .truncate(reached.map_or(self.kept.len(), |last| last + 1).max(1));
    }
}

/// The lowest id among those with the greatest logit.
fn likeliest(logits: &[f32]) -> usize {
    let greatest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    logits
        .iter()
        .position(|logit| *logit == greatest)
        .unwrap_or(0)
}

/// Sums of blocks, each of sixteen interleaved float32 sums: fast, and in an order fixed by the ids alone.
fn block_sums(weights: &[f32]) -> impl Iterator<Item = f64> {
    weights.chunks(BLOCK).map(|block| {
        let mut lanes = [0.0f32; 16];
        let mut whole = block.chunks_exact(16);
        for sixteen in &mut whole {
            for (lane, weight) in lanes.iter_mut().zip(sixteen) {
                *lane += weight;
            }
        }
        for (lane, weight) in lanes.iter_mut().zip(whole.remainder()) {
            *lane += weight;
        }
        lanes.into_iter().map(f64::from).sum()
    })
}
