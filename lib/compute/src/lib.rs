//! The flags that `score`, `ppo-step` and `sft` share: device, number type, threads, micro-batches.
//! Turns them into what `learning` works with; knows nothing about models or records.

use clap::Args;
use learning::batch::batches::MicroBatching;
use learning::train::execution::Execution;
use tch::{Device, Kind};
use torch::{TorchError, keep_freed_memory, kind_name, parse_devices, parse_kind, set_threads};

/// As typed.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Computation")]
pub struct ComputeArgs {
    /// Where to compute: cpu, cuda, or cuda:1
    #[arg(long, value_name = "DEVICE", default_value = "cpu")]
    pub device: String,

    /// Number type of weights and activations: float32 or bfloat16 [default: float32 on the CPU, bfloat16 on a GPU]
    #[arg(long, value_name = "TYPE", value_parser = parse_kind)]
    pub dtype: Option<Kind>,

    /// Worker threads on the CPU; they do not change the results [default: all processors]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,

    /// Most tokens of one forward pass, padding included; a longer dialogue goes alone
    #[arg(long, value_name = "TOKENS", default_value_t = 2048, value_parser = clap::value_parser!(u32).range(1..))]
    pub micro_batch_tokens: u32,

    /// Most dialogues of one forward pass
    #[arg(long, value_name = "DIALOGUES", value_parser = clap::value_parser!(u32).range(1..))]
    pub micro_batch: Option<u32>,

    /// Most tokens whose logits exist at a time [default: as many as make 2^26 logits]
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(1..))]
    pub head_tokens: Option<u32>,
}

/// What the backward pass keeps of the forward pass, as typed.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Computation")]
pub struct RecomputeArgs {
    /// Layers whose activations are computed a second time instead of being kept: none, all, or the first N. The results are
    /// the same to the last bit
    #[arg(long, value_name = "none|all|N", value_parser = parse_layers, default_value = "none")]
    pub recompute: usize,
}

fn parse_layers(text: &str) -> Result<usize, String> {
    match text {
        "none" => Ok(0),
        "all" => Ok(usize::MAX),
        number => number
            .parse()
            .map_err(|_| "expected none, all or a number of layers".into()),
    }
}

/// What cannot be computed on.
#[derive(Debug, thiserror::Error)]
pub enum ComputeError {
    #[error(transparent)]
    Torch(#[from] TorchError),
    #[error("--device {text}: expected one device, found {found}")]
    SeveralDevices { text: String, found: usize },
}

/// Device, threads and number type, ready for use.
#[derive(Clone, Copy, Debug)]
pub struct Compute {
    pub execution: Execution,
    pub kind: Kind,
    pub batching: MicroBatching,
}

impl ComputeArgs {
    /// Looks the device up. To be called before the program's first tensor.
    ///
    /// On the CPU every worker thread runs libtorch with one thread: results then depend on the
    /// micro-batches alone, and small matrices keep all processors busy.
    pub fn resolve(&self) -> Result<Compute, ComputeError> {
        let devices = parse_devices(&self.device)?;
        let [device] = devices[..] else {
            let (text, found) = (self.device.clone(), devices.len());
            return Err(ComputeError::SeveralDevices { text, found });
        };
        set_threads(1);
        keep_freed_memory();
        let (kind, threads) = match device {
            Device::Cpu => (
                Kind::Float,
                self.threads.map_or_else(processors, usize::from),
            ),
            _ => (Kind::BFloat16, 1),
        };
        let batching = MicroBatching {
            tokens: Some(self.micro_batch_tokens as usize),
            rows: self.micro_batch.map(|rows| rows as usize),
            in_order: false,
        };
        Ok(Compute {
            execution: Execution {
                head_tokens: self.head_tokens.map(|tokens| tokens as usize),
                ..Execution::on(device, threads)
            },
            kind: self.dtype.unwrap_or(kind),
            batching,
        })
    }
}

impl Compute {
    /// The number type as it is spelled.
    pub fn kind_name(&self) -> String {
        kind_name(self.kind)
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
