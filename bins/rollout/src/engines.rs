//! Which engine runs the policy, in how many workers with how many rows each.

use std::sync::Arc;

use anyhow::{Result, bail};
use checkpoints::Weights;
use generation::{Backend, Engine, NativeBackend, Sampler, Sampling, TorchBackend};
use native::{Model, Threads};
use tch::{Device, Kind};
use transformer::Decoder;

use crate::args::{Args, EngineName};
use crate::memory::{self, Demand};
use crate::policy::Policy;

/// Weights up to this size stay in the processor's shared cache, so that each thread may run a batch of its own.
const CACHED: usize = 24 << 20;

/// Dialogues at a time where nothing was asked for. Where weights are cached, sixteen rows a thread already keep the
/// arithmetic busy, and more only push one another's keys and values out of the cache; where they are not, rows share
/// the cost of bringing them in.
const CACHED_ROWS: usize = 16;
const CPU_BATCH: usize = 64;
const GPU_BATCH: usize = 256;

/// The engines, and how many dialogues they play at a time together.
pub struct Engines {
    pub engines: Vec<Engine>,
    pub batch: usize,
}

/// What was asked for, made definite.
pub fn choose(args: &Args, policy: &Policy) -> Result<Engines> {
    let threads = args
        .work
        .threads
        .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let devices = torch::parse_devices(&args.device)?;
    let on_cpu = devices == [Device::Cpu];
    match args.engine.unwrap_or(if on_cpu {
        EngineName::Native
    } else {
        EngineName::Torch
    }) {
        EngineName::Native if !on_cpu => bail!(
            "--engine native runs on a CPU, not on --device {}",
            args.device
        ),
        EngineName::Native if args.dtype.as_deref() == Some("bfloat16") => {
            bail!("--engine native computes in float32; take --engine torch for --dtype bfloat16")
        }
        EngineName::Native => native_engines(args, policy, threads),
        EngineName::Torch => torch_engines(args, policy, devices, threads),
    }
}

fn native_engines(args: &Args, policy: &Policy, threads: usize) -> Result<Engines> {
    let weights = Weights::open(&policy.directory)?;
    let model = Model::load(&weights, &policy.config, policy.context)?;
    let demand = Demand {
        bytes_per_token: model.cache_bytes_per_token(),
        context: policy.context,
    };
    // Small models: a batch for every thread, and they never wait for one another. Large ones: all threads read the
    // weights together, once for all rows.
    let (workers, usual) = if model.bytes() <= CACHED {
        (threads, CACHED_ROWS * threads)
    } else {
        (1, CPU_BATCH)
    };
    let asked = args.work.max_batch;
    let (workers, threads) = (workers.min(asked.unwrap_or(usual)), threads / workers);
    let memory = args.work.kv_memory.or_else(memory::available);
    let blocks = memory::blocks(workers, demand, native::BLOCK, memory)?;
    let batch = memory::batch_on_blocks(asked, usual, blocks.saturating_mul(workers))?;
    let engines = shares(batch, workers).map(|rows| {
        let (model, sampler) = (Arc::clone(&model), sampler(args, policy));
        let engine = move || {
            let engine = native::Engine::with_blocks(model, rows, blocks, Threads::new(threads)?);
            Ok(Box::new(NativeBackend::new(engine, sampler)) as Box<dyn Backend>)
        };
        Box::new(engine) as Engine
    });
    Ok(Engines {
        engines: engines.collect(),
        batch,
    })
}

fn torch_engines(
    args: &Args,
    policy: &Policy,
    devices: Vec<Device>,
    threads: usize,
) -> Result<Engines> {
    if args.work.kv_memory.is_some() {
        bail!(
            "--kv-memory is for --engine native: the cache of --engine torch grows with the longest dialogue; lower --max-batch"
        );
    }
    let on_cpu = devices == [Device::Cpu];
    let kind = match args.dtype.as_deref() {
        Some(name) => torch::parse_kind(name)?,
        None if on_cpu => Kind::Float,
        None => Kind::BFloat16,
    };
    let config = &policy.config;
    let elements = 2 * config.num_hidden_layers * config.num_key_value_heads * config.head_dim;
    let demand = Demand {
        bytes_per_token: elements * kind.elt_size_in_bytes(),
        context: policy.context,
    };
    let (usual, available) = if on_cpu {
        (CPU_BATCH, memory::available())
    } else {
        (GPU_BATCH * devices.len(), None)
    };
    let batch = memory::batch(args.work.max_batch, usual, demand, available)?;
    let rows = shares(batch, devices.len());
    let engines = devices.into_iter().zip(rows).map(|(device, rows)| {
        let (directory, config) = (policy.directory.clone(), policy.config.clone());
        let sampler = sampler(args, policy);
        let engine = move || {
            torch::set_threads(threads);
            let decoder = Decoder::load(&Weights::open(&directory)?, &config, device, kind, false)?;
            Ok(Box::new(TorchBackend::new(decoder, rows, sampler)?) as Box<dyn Backend>)
        };
        Box::new(engine) as Engine
    });
    Ok(Engines {
        engines: engines.collect(),
        batch,
    })
}

fn sampler(args: &Args, policy: &Policy) -> Sampler {
    let typed = &args.sampling;
    let sampling = Sampling {
        temperature: typed.temperature,
        top_k: typed.top_k,
        top_p: typed.top_p,
    };
    Sampler::new(sampling, policy.vocabulary.clone())
}

/// `batch` rows dealt out to workers that each get at least one.
fn shares(batch: usize, workers: usize) -> impl Iterator<Item = usize> {
    let workers = workers.clamp(1, batch);
    (0..workers).map(move |worker| batch / workers + usize::from(worker < batch % workers))
}
