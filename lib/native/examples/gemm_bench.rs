//! Measures the matrix kernel against the rate of fused multiply-adds of one core, and the decoder's step.
//!
//! `cargo run --release -p native --example gemm_bench -- MODEL_DIR`

use std::path::Path;
use std::time::Instant;

use checkpoints::{ModelConfig, Weights};
use native::{Engine, Level, Model, Threads};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args()
        .nth(1)
        .ok_or("expected the folder of a model")?;
    let (config, weights) = (
        ModelConfig::load(Path::new(&folder))?,
        Weights::open(Path::new(&folder))?,
    );
    for level in Level::available().into_iter().rev() {
        for (columns, inner) in [(512, 64), (64, 256), (1024, 256), (4096, 1024)] {
            for rows in [1, 4, 8, 32, 96] {
                let rate = native::bench::multiply_rate(level, rows, columns, inner);
                eprintln!(
                    "{level:?} {rows} x {inner} x {columns}: {:.1} GFLOP/s",
                    rate / 1e9
                );
            }
        }
        let model = Model::load_at(&weights, &config, config.max_position_embeddings, level)?;
        for rows in [1, 32, 256] {
            let mut engine = Engine::new(model.clone(), rows, Threads::Caller);
            let prompt: Vec<i32> = (0..100).map(|i| i % 200).collect();
            let chunks: Vec<_> = (0..rows).map(|slot| (slot, &prompt[..])).collect();
            let start = Instant::now();
            engine.extend(&chunks)?;
            let prefill = (rows * prompt.len()) as f64 / start.elapsed().as_secs_f64();
            let steps = 200;
            let start = Instant::now();
            for _ in 0..steps {
                let chunks: Vec<_> = (0..rows).map(|slot| (slot, &prompt[..1])).collect();
                engine.extend(&chunks)?;
            }
            let decode = (rows * steps) as f64 / start.elapsed().as_secs_f64();
            eprintln!(
                "{level:?} {rows} rows, context 100-300: prefill {prefill:.0} tokens/s, decode {decode:.0} tokens/s"
            );
        }
    }
    Ok(())
}
