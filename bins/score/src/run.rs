//! Windows of records in, the same records with three more fields out, in order.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use compute::Compute;
use learning::batch::tokens::{Limits, Tokens};
use learning::train::origin::PolicyCheck;
use learning::train::scoring::{Networks, Scores, score};
use learning::train::source::Source;
use records::Row;
use serde::{Deserialize, Serialize};
use stage::{Context, IoArgs, each_job};
use tables::{Writer, is_standard_stream};
use transformer::{Critic, Decoder};

use crate::args::Args;

/// Dialogues that are in memory at a time: enough that sorting them by length leaves little
/// padding, few enough that a reader down the pipe is not kept waiting. A constant, because a
/// dialogue's last bits may depend on its neighbours.
const WINDOW: usize = 256;

pub fn run(args: Args, context: &Context) -> Result<()> {
    let mut stage = Stage::load(&args)?;
    let Some(jobs) = &args.jobs.jobs else {
        let dialogues = stage.score(&args.io, context)?;
        tracing::debug!(dialogues, "scored");
        return Ok(());
    };
    let streams = [&args.io.input, &args.io.output];
    ensure!(
        streams.iter().all(|path| is_standard_stream(path)),
        "--jobs names the inputs and outputs: expected neither --input nor --output beside it"
    );
    each_job(jobs, |job: Job| {
        stage.take(&job)?;
        let io = IoArgs {
            input: job.input,
            output: job.output,
            ..args.io.clone()
        };
        Ok(Figures {
            dialogues: stage.score(&io, context)?,
            output: io.output,
        })
    })
}

/// A line of `--jobs`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    input: PathBuf,
    output: PathBuf,
    /// Networks that take the places of those that are loaded.
    policy: Option<PathBuf>,
    reference: Option<PathBuf>,
    critic: Option<PathBuf>,
}

/// What is told of a job.
#[derive(Serialize)]
struct Figures {
    output: PathBuf,
    dialogues: u64,
}

/// A network with what it can take.
struct Loaded<M> {
    model: M,
    limits: Limits,
}

fn open(path: &Path, flag: &str) -> Result<Source> {
    Source::open(path).with_context(|| format!("failed to open {flag}"))
}

fn decoder(source: &Source, compute: &Compute, flag: &str) -> Result<Loaded<Decoder>> {
    let (device, kind) = (compute.execution.device, compute.kind);
    let model = source.decoder(device, kind, false);
    Ok(Loaded {
        model: model.with_context(|| format!("failed to load {flag}"))?,
        limits: source.limits(),
    })
}

fn critic(source: &Source, compute: &Compute) -> Result<Loaded<Critic>> {
    let (device, kind) = (compute.execution.device, compute.kind);
    let model = source.critic(device, kind, false);
    Ok(Loaded {
        model: model.context("failed to load --critic")?,
        limits: source.critic_limits(),
    })
}

struct Stage {
    networks: Networks,
    /// Of policy, reference and critic.
    limits: [Option<Limits>; 3],
    check: PolicyCheck,
    allow_other_policy: bool,
    compute: Compute,
}

impl Stage {
    fn load(args: &Args) -> Result<Self> {
        let compute = args.compute.resolve()?;
        let source = open(&args.policy, "--policy")?;
        let check = PolicyCheck::new(&source, args.allow_other_policy);
        let policy = decoder(&source, &compute, "--policy")?;
        let mut stage = Self {
            networks: Networks {
                policy: policy.model,
                reference: None,
                critic: None,
            },
            limits: [Some(policy.limits), None, None],
            check,
            allow_other_policy: args.allow_other_policy,
            compute,
        };
        stage.take_reference(args.reference.as_deref())?;
        stage.take_critic(args.critic.as_deref())?;
        Ok(stage)
    }

    /// Reads the networks that a job names.
    fn take(&mut self, job: &Job) -> Result<()> {
        if let Some(path) = &job.policy {
            let source = open(path, "policy")?;
            self.check = PolicyCheck::new(&source, self.allow_other_policy);
            let policy = decoder(&source, &self.compute, "policy")?;
            (self.networks.policy, self.limits[0]) = (policy.model, Some(policy.limits));
        }
        self.take_reference(job.reference.as_deref())?;
        self.take_critic(job.critic.as_deref())
    }

    fn take_reference(&mut self, path: Option<&Path>) -> Result<()> {
        if let Some(path) = path {
            let source = open(path, "--reference")?;
            let reference = decoder(&source, &self.compute, "--reference")?;
            self.networks.reference = Some(reference.model);
            self.limits[1] = Some(reference.limits);
        }
        Ok(())
    }

    fn take_critic(&mut self, path: Option<&Path>) -> Result<()> {
        if let Some(path) = path {
            let critic = critic(&open(path, "--critic")?, &self.compute)?;
            self.networks.critic = Some(critic.model);
            self.limits[2] = Some(critic.limits);
        }
        Ok(())
    }

    /// The narrowest limits among the networks; the policy's are always there.
    fn narrowest(&self) -> Result<Limits> {
        let limits = self.limits.iter().flatten().cloned();
        let narrowest = limits.reduce(|one, other| one.narrower(&other));
        narrowest.context("no policy is loaded")
    }

    /// Scores the rows of one input; gives their number.
    fn score(&self, io: &IoArgs, context: &Context) -> Result<u64> {
        let limits = self.narrowest()?;
        let (input, mut output) = (io.open()?, io.create()?);
        let bar = context.progress(None, "dialogues");
        let (mut window, mut dialogues) = (Vec::new(), 0);
        for row in input {
            window.push(row?);
            dialogues += 1;
            if window.len() == WINDOW {
                self.window(std::mem::take(&mut window), &limits, &mut output)?;
                bar.inc(WINDOW as u64);
            }
        }
        self.window(window, &limits, &mut output)?;
        bar.finish();
        output.finish()?;
        Ok(dialogues)
    }

    fn window(&self, rows: Vec<Row>, limits: &Limits, output: &mut Writer) -> Result<()> {
        let dialogues: Vec<Tokens> = rows
            .iter()
            .map(|row| self.read(row, limits))
            .collect::<Result<_>>()?;
        let scores = score(
            &self.networks,
            &dialogues,
            &self.compute.batching,
            &self.compute.execution,
        )?;
        for ((mut row, dialogue), scores) in rows.into_iter().zip(&dialogues).zip(scores) {
            add(&mut row, dialogue, &scores);
            output.write(row)?;
        }
        Ok(())
    }

    fn read(&self, row: &Row, limits: &Limits) -> Result<Tokens> {
        self.check.row(row)?;
        Ok(Tokens::from_row(row, limits)?)
    }
}

fn add(row: &mut Row, dialogue: &Tokens, scores: &Scores) {
    row.set("policy_logprobs", dialogue.spread(&scores.policy_logprobs));
    if let Some(logprobs) = &scores.reference_logprobs {
        row.set("reference_logprobs", dialogue.spread(logprobs));
    }
    if let Some(values) = &scores.values {
        row.set("values", dialogue.spread(values));
    }
}
