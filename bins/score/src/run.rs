//! Windows of records in, the same records with three more fields out, in order.

use std::path::Path;

use anyhow::{Context as _, Result};
use compute::Compute;
use learning::batch::tokens::{Limits, Tokens};
use learning::train::origin::PolicyCheck;
use learning::train::scoring::{Networks, Scores, score};
use learning::train::source::Source;
use records::Row;
use stage::Context;
use tables::Writer;

use crate::args::Args;

/// Dialogues that are in memory at a time: enough that sorting them by length leaves little
/// padding, few enough that a reader down the pipe is not kept waiting. A constant, because a
/// dialogue's last bits may depend on its neighbours.
const WINDOW: usize = 256;

pub fn run(args: Args, context: &Context) -> Result<()> {
    let compute = args.compute.resolve()?;
    let policy = Source::open(&args.policy).context("failed to open --policy")?;
    let check = PolicyCheck::new(&policy, args.allow_other_policy);
    let (networks, limits) = load(&args, policy, &compute)?;
    let stage = Stage {
        networks,
        limits,
        check,
        compute,
    };
    let input = args.io.open()?;
    let mut output = args.io.create()?;
    let bar = context.progress(None, "dialogues");
    let mut window = Vec::new();
    for row in input {
        window.push(row?);
        if window.len() == WINDOW {
            stage.window(std::mem::take(&mut window), &mut output)?;
            bar.inc(WINDOW as u64);
        }
    }
    stage.window(window, &mut output)?;
    bar.finish();
    Ok(output.finish()?)
}

/// The networks, and the narrowest limits among them.
fn load(args: &Args, policy: Source, compute: &Compute) -> Result<(Networks, Limits)> {
    let (device, kind) = (compute.execution.device, compute.kind);
    let open = |path: &Path, flag: &str| -> Result<Source> {
        Source::open(path).with_context(|| format!("failed to open {flag}"))
    };
    let reference = args
        .reference
        .as_deref()
        .map(|path| open(path, "--reference"))
        .transpose()?;
    let critic = args
        .critic
        .as_deref()
        .map(|path| open(path, "--critic"))
        .transpose()?;
    let others = [
        reference.as_ref().map(Source::limits),
        critic.as_ref().map(Source::critic_limits),
    ];
    let limits = others
        .iter()
        .flatten()
        .fold(policy.limits(), |limits, other| limits.narrower(other));
    let networks = Networks {
        policy: policy
            .decoder(device, kind, false)
            .context("failed to load --policy")?,
        reference: reference
            .map(|source| {
                source
                    .decoder(device, kind, false)
                    .context("failed to load --reference")
            })
            .transpose()?,
        critic: critic
            .map(|source| {
                source
                    .critic(device, kind, false)
                    .context("failed to load --critic")
            })
            .transpose()?,
    };
    Ok((networks, limits))
}

struct Stage {
    networks: Networks,
    limits: Limits,
    check: PolicyCheck,
    compute: Compute,
}

impl Stage {
    fn window(&self, rows: Vec<Row>, output: &mut Writer) -> Result<()> {
        let dialogues: Vec<Tokens> = rows
            .iter()
            .map(|row| self.read(row))
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

    fn read(&self, row: &Row) -> Result<Tokens> {
        self.check.row(row)?;
        Ok(Tokens::from_row(row, &self.limits)?)
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
