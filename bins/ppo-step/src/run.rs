//! Read, learn, write.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use checkpoints::StagedDirectory;
use compute::Compute;
use learning::batch::batches::MicroBatching;
use learning::batch::experience::{Experience, Needs};
use learning::objective::importance::Importance;
use learning::objective::losses::PolicyLossSettings;
use learning::objective::reduction::LossMean;
use learning::train::origin::PolicyCheck;
use learning::train::update::{Learners, UpdateSettings, update};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use stage::{Context, each_job};
use tables::is_standard_stream;

use crate::args::{Args, LevelName, LossArgs, SurrogateName};
use crate::checkpoint::{RunState, publish};
use crate::launcher::check_ranks;
use crate::learners::{PreviousCheckpoint, Sources, load, positive};
use crate::report::Report;

pub fn run(args: Args, context: &Context) -> Result<()> {
    check_ranks()?;
    check(&args.loss)?;
    let mut compute = args.compute.resolve()?;
    compute.execution.recomputed_layers = args.recompute.recompute;
    let previous = args.optimizer.as_deref().map(PreviousCheckpoint::open);
    let previous = previous.transpose()?;
    let sources = Sources::open(&args)?;
    ensure!(
        args.optimisation.critic_warmup_steps <= rl_steps(previous.as_ref())
            || sources.critic.is_some(),
        "--critic-warmup-steps trains the critic alone, but there is no --critic"
    );
    let mut trainer = Trainer {
        args: &args,
        context,
        compute,
        previous,
        sources,
        learners: None,
    };
    match (&args.jobs.jobs, &args.output_dir) {
        (Some(jobs), None) => {
            ensure!(
                is_standard_stream(&args.input) && args.metrics.is_none(),
                "--jobs names inputs and metrics: expected neither --input nor --metrics beside it"
            );
            each_job(jobs, |job: Job| {
                let dialogues = trainer.pass(&job.input, &job.output_dir, Some(&job.metrics))?;
                trainer.go_on_from(&job.output_dir)?;
                Ok(Figures {
                    output_dir: job.output_dir,
                    dialogues,
                })
            })
        }
        (None, Some(output_dir)) => {
            trainer.pass(&args.input, output_dir, args.metrics.as_deref())?;
            Ok(())
        }
        _ => bail!("--output-dir: expected either it or --jobs, whose lines name one each"),
    }
}

/// A line of `--jobs`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    input: PathBuf,
    output_dir: PathBuf,
    metrics: PathBuf,
}

/// What is told of a job.
#[derive(Serialize)]
struct Figures {
    output_dir: PathBuf,
    dialogues: usize,
}

/// Networks between passes, and where they came from.
struct Trainer<'a> {
    args: &'a Args,
    context: &'a Context,
    compute: Compute,
    /// The checkpoint that the next pass starts from.
    previous: Option<PreviousCheckpoint>,
    sources: Sources,
    /// None before the first pass has read its dialogues, which may be refused in less time.
    learners: Option<Learners>,
}

impl Trainer<'_> {
    /// Learns from one input and publishes the checkpoint; gives the number of dialogues.
    fn pass(&mut self, input: &Path, output_dir: &Path, metrics: Option<&Path>) -> Result<usize> {
        let rl_step = rl_steps(self.previous.as_ref());
        let settings = settings(self.args, self.compute.batching, rl_step);
        let experiences = read(self.args, input, &self.sources, &settings)?;
        let learners = match &mut self.learners {
            Some(learners) => learners,
            none => none.insert(load(
                self.args,
                &self.sources,
                &self.compute,
                self.previous.as_ref(),
            )?),
        };
        // A signal removes it too.
        let (_temporary, staged) = tables::create_temporary(
            || StagedDirectory::create(output_dir),
            |staged| staged.temporary_path().to_owned(),
        )
        .with_context(|| format!("failed to prepare --output-dir {}", output_dir.display()))?;
        let steps = steps(&settings, experiences.len());
        let bar = self.context.progress(Some(steps), "optimiser steps");
        let most_steps = self
            .previous
            .as_ref()
            .map_or(0, PreviousCheckpoint::most_steps);
        let mut report = Report::create(metrics, bar, rl_step, most_steps)?;
        update(
            learners,
            &experiences,
            &settings,
            &self.compute.execution,
            rl_step,
            |step| Ok(report.step(step)?),
        )?;
        report.finish()?;
        let state = RunState {
            rl_steps: rl_step + 1,
            seed: settings.seed,
            settings: settings_record(self.args, &settings, &self.compute)?,
        };
        publish(staged, learners, &self.sources, state)?;
        Ok(experiences.len())
    }

    /// The checkpoint just written is where the next pass starts; weights and moments are in memory already.
    fn go_on_from(&mut self, checkpoint: &Path) -> Result<()> {
        self.previous = Some(PreviousCheckpoint::open(checkpoint)?);
        self.sources = self.sources.after(checkpoint)?;
        Ok(())
    }
}

/// Passes before the next one.
fn rl_steps(previous: Option<&PreviousCheckpoint>) -> u64 {
    previous.map_or(0, |previous| previous.state.rl_steps)
}

fn settings(args: &Args, batching: MicroBatching, rl_step: u64) -> UpdateSettings {
    let (loss, optimisation) = (&args.loss, &args.optimisation);
    let loss_mean = LossMean::from(loss.loss_mean);
    UpdateSettings {
        policy_loss: PolicyLossSettings {
            surrogate: loss.surrogate.into(),
            ratio: loss.ratio.into(),
            clip_low: loss.clip_low,
            clip_high: loss.clip_high,
            dual_clip: positive(loss.dual_clip),
            importance: importance(loss),
            kl_coefficient: loss.kl_coef,
            kl_estimator: loss.kl_estimator.into(),
            entropy_coefficient: loss.entropy_coef,
        },
        value_clip: positive(loss.value_clip),
        loss_mean,
        freeze_policy: rl_step < optimisation.critic_warmup_steps,
        minibatch: optimisation.minibatch as usize,
        epochs: optimisation.epochs as usize,
        shuffle: !optimisation.no_shuffle,
        seed: optimisation.seed,
        // The mean over micro-batches depends on what is in them: there the order is kept.
        micro_batching: MicroBatching {
            in_order: loss_mean == LossMean::MicroBatch,
            ..batching
        },
    }
}

/// Weights for the sampler where a flag asks for any.
fn importance(loss: &LossArgs) -> Option<Importance> {
    let (cap, bounds) = (positive(loss.tis_cap), loss.tis_bounds);
    (cap.is_some() || bounds.is_some()).then(|| Importance {
        level: loss.tis_level.into(),
        cap,
        bounds,
    })
}

/// Flags that say nothing together.
fn check(loss: &LossArgs) -> Result<()> {
    ensure!(
        loss.surrogate == SurrogateName::Ppo || loss.dual_clip == 0.0,
        "--dual-clip bounds the surrogate of PPO, that of --surrogate cispo has no such bound"
    );
    ensure!(
        loss.tis_level == LevelName::Token || importance(loss).is_some(),
        "--tis-level sequence: expected --tis-cap or --tis-bounds with it"
    );
    Ok(())
}

fn read(
    args: &Args,
    input: &Path,
    sources: &Sources,
    settings: &UpdateSettings,
) -> Result<Vec<Experience>> {
    let mut limits = sources.policy.source.limits();
    if let Some(critic) = &sources.critic {
        limits = limits.narrower(&critic.source.critic_limits());
    }
    let policy = !settings.freeze_policy;
    let needs = Needs {
        policy,
        critic: sources.critic.is_some(),
        reference: policy && settings.policy_loss.kl_coefficient > 0.0,
        rollout: policy && settings.policy_loss.importance.is_some(),
    };
    let check = PolicyCheck::with_sha256(&sources.policy.sha256, args.allow_other_policy);
    let rows = tables::open(input, args.input_format.map(Into::into))?;
    let experiences: Vec<Experience> = rows
        .map(|row| {
            let row = row?;
            check.row(&row)?;
            Ok(Experience::from_row(&row, &limits, &needs)?)
        })
        .collect::<Result<_>>()?;
    ensure!(!experiences.is_empty(), "{}: no dialogues", input.display());
    Ok(experiences)
}

fn steps(settings: &UpdateSettings, dialogues: usize) -> u64 {
    (settings.epochs * dialogues.div_ceil(settings.minibatch)) as u64
}

/// The settings that shape the result, for the state.
fn settings_record(args: &Args, settings: &UpdateSettings, compute: &Compute) -> Result<Value> {
    let optimisation = &args.optimisation;
    Ok(json!({
        "update": serde_json::to_value(settings)?,
        "actor_lr": optimisation.actor_lr,
        "critic_lr": optimisation.critic_lr,
        "total_steps": optimisation.total_steps,
        "min_lr_ratio": optimisation.min_lr_ratio,
        "warmup_ratio": optimisation.warmup_ratio,
        "critic_warmup_steps": optimisation.critic_warmup_steps,
        "max_grad_norm": optimisation.max_grad_norm,
        "weight_decay": optimisation.weight_decay,
        "betas": [optimisation.betas.0, optimisation.betas.1],
        "eps": optimisation.eps,
        "device": args.compute.device,
        "dtype": compute.kind_name(),
    }))
}
