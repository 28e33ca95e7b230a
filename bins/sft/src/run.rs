//! Read, train, write.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use checkpoints::{CheckpointWriter, StagedDirectory, write_model};
use compute::Compute;
use learning::batch::tokens::Tokens;
use learning::objective::adamw::AdamWSettings;
use learning::objective::schedule::Schedule;
use learning::train::flat::Flat;
use learning::train::optimizer::{Optimizer, OptimizerSettings};
use learning::train::source::Source;
use learning::train::supervised::{SupervisedSettings, steps_per_epoch, train};
use learning::train::update::Learner;
use stage::Context;
use tables::AtomicFile;
use tokens::Tokenizer;
use transcript::Format;
use transformer::{Decoder, dtype_of};

use crate::args::Args;
use crate::demonstrations::Encoder;
use crate::progress::Report;
use crate::starting_point;

pub fn run(args: Args, context: &Context) -> Result<()> {
    let mut compute = args.compute.resolve()?;
    compute.execution.recomputed_layers = args.recompute.recompute;
    let format = Format::open(&args.format, &args.model)?;
    // A signal removes it too.
    let (_temporary, staged) = tables::create_temporary(
        || StagedDirectory::create(&args.output_dir),
        |staged| staged.temporary_path().to_owned(),
    )
    .with_context(|| {
        format!(
            "failed to prepare --output-dir {}",
            args.output_dir.display()
        )
    })?;
    let scratch = staged.temporary_path().join("start");
    let source = starting_point::open(&args.model, args.from_scratch, args.seed, &scratch)?;
    let demonstrations = read(&args, &format, &source)?;
    let mut learner = learner(&args, &source, &compute, demonstrations.len())?;
    let metrics = args
        .metrics
        .as_deref()
        .map(AtomicFile::create)
        .transpose()?;
    let settings = settings(&args, &compute, demonstrations.len());
    let bar = context.progress(Some(settings.steps), "steps");
    let mut report = Report { bar, file: metrics };
    train(
        &mut learner,
        &demonstrations,
        &settings,
        &compute.execution,
        |step| Ok(report.step(step)?),
    )?;
    write(
        &learner.model,
        &args.model,
        staged.temporary_path(),
        &scratch,
    )?;
    report.finish()?;
    staged.publish().context("failed to publish the model")
}

fn read(args: &Args, format: &Format, source: &Source) -> Result<Vec<Tokens>> {
    let tokenizer = Tokenizer::load(&args.model)?;
    for warning in tokenizer.warnings() {
        tracing::warn!("{warning}");
    }
    tokenizer.check_vocabulary(source.config.vocab_size)?;
    let encoder = Encoder {
        format,
        limits: source.limits(),
    };
    let rows = tables::open(&args.input, args.input_format.map(Into::into))?;
    let demonstrations: Vec<Tokens> = rows
        .map(|row| encoder.encode(&row?))
        .collect::<Result<_>>()?;
    ensure!(
        !demonstrations.is_empty(),
        "{}: no demonstrations",
        args.input.display()
    );
    Ok(demonstrations)
}

fn steps(args: &Args, demonstrations: usize) -> u64 {
    args.steps
        .unwrap_or_else(|| args.epochs * steps_per_epoch(demonstrations, args.batch as usize))
}

fn settings(args: &Args, compute: &Compute, demonstrations: usize) -> SupervisedSettings {
    SupervisedSettings {
        batch: args.batch as usize,
        steps: steps(args, demonstrations),
        seed: args.seed,
        micro_batching: compute.batching,
    }
}

fn learner(
    args: &Args,
    source: &Source,
    compute: &Compute,
    demonstrations: usize,
) -> Result<Learner<Decoder>> {
    let model = source.decoder(compute.execution.device, compute.kind, true)?;
    let settings = OptimizerSettings {
        schedule: Schedule::cosine(
            args.lr,
            args.min_lr_ratio,
            args.warmup_ratio,
            steps(args, demonstrations),
        ),
        adamw: AdamWSettings {
            beta1: args.betas.0,
            beta2: args.betas.1,
            epsilon: args.eps,
            weight_decay: args.weight_decay,
        },
        max_grad_norm: (args.max_grad_norm > 0.0).then_some(args.max_grad_norm),
    };
    let optimizer = Optimizer::new(Flat::new(model.parameters()), settings);
    Ok(Learner { model, optimizer })
}

fn write(model: &Decoder, source: &Path, directory: &Path, scratch: &Path) -> Result<()> {
    if scratch.exists() {
        fs_err::remove_dir_all(scratch)?;
    }
    let dtype = dtype_of(model.kind()).context("the weights have a type that cannot be stored")?;
    write_model(
        directory,
        source,
        model.outgoing(dtype),
        CheckpointWriter::SHARD_BYTES,
    )?;
    Ok(())
}
