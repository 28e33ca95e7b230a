//! The work: a thread reads rows, workers play them, another grades, this one writes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use anyhow::{Context as _, Error, Result};
use generation::{Counters, Pool, Settings};
use grading::Grader;
use stage::{Context, Progress};

use crate::args::Args;
use crate::engines::{self, Engines};
use crate::feed::{Event, Feed, Window};
use crate::policy::Policy;
use crate::summary::Summary;
use crate::written::{Ordered, WrittenBy};

/// Rows read beyond the slowest dialogue, in batches: enough that its neighbours need not wait for it.
const AHEAD: usize = 8;

pub fn run(args: Args, context: &Context) -> Result<()> {
    // First, so that a mistyped file is known before a large model is read.
    let (reader, writer) = (args.io.open()?, args.io.create()?);
    let policy = Policy::open(&args)?;
    let Engines { engines, batch } = engines::choose(&args, &policy)?;
    let grader = args.grader.open()?;
    let settings = Settings {
        environment: Arc::clone(&policy.environment),
        grader: Arc::clone(&grader),
    };
    let (events, inbox) = channel();
    let pool = pool(engines, &settings, events.clone())?;
    let window = Arc::new(Window::new((AHEAD * batch).max(1024) as u64));
    let feed = Feed {
        reader,
        environment: settings.environment,
        shard: args.work.shard,
        too_long: args.dialogue.too_long,
        window: Arc::clone(&window),
        queue: pool.queue(),
        events,
    };
    // Not joined: it may be waiting for input that never comes when the run has ended for another reason.
    std::thread::Builder::new()
        .name("reader".into())
        .spawn(move || feed.run())?;
    let started = Instant::now();
    let by = WrittenBy {
        policy: &policy,
        grader: grader.name(),
    };
    let ordered = Ordered::new(writer, by, window);
    let summary = write_all(
        ordered,
        &inbox,
        &*grader,
        pool.counters(),
        &context.progress(None, "dialogues"),
    )?;
    tracing::info!("{}", summary.line(started.elapsed()));
    let fed = pool.counters().fed.load(Ordering::Relaxed);
    tracing::debug!("{fed} tokens went through the policy, prompts and feedback included");
    Ok(())
}

fn pool(
    engines: Vec<generation::Engine>,
    settings: &Settings,
    events: Sender<Event>,
) -> Result<Pool> {
    let deliver = move |played| {
        // Nobody listens any more where the run has ended already.
        let _ = events.send(Event::Played(played));
    };
    Pool::start(engines, settings, deliver).context("failed to start a thread")
}

/// Writes every dialogue in its turn. An unusable row fails the run after all rows before it have been written.
fn write_all(
    mut ordered: Ordered<'_>,
    inbox: &Receiver<Event>,
    grader: &dyn Grader,
    counters: &Counters,
    progress: &Progress,
) -> Result<Summary> {
    let started = Instant::now();
    let mut read_to_the_end = false;
    let mut failure: Option<Error> = None;
    while !(read_to_the_end && ordered.is_empty()) {
        match inbox.recv().context("all threads have gone")? {
            Event::Arrived(arrival) => ordered.arrived(arrival)?,
            Event::Failed(error) => failure = Some(error),
            Event::Ended => read_to_the_end = true,
            Event::Played(played) => {
                let played = played?;
                ordered.played(played.index, played.finished)?;
                let sampled = counters.sampled.load(Ordering::Relaxed) as f64;
                progress.message(format!(
                    "{:.0} tokens/s",
                    sampled / started.elapsed().as_secs_f64()
                ));
                progress.inc(1);
            }
        }
    }
    progress.finish();
    match failure {
        Some(error) => Err(error),
        None => {
            grader.finish()?;
            ordered.finish()
        }
    }
}
