//! The thread that grades, so that the policy never waits for a verdict.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use grading::{Graded, Grader, GraderError, Request};

use crate::task::Query;

/// Requests beyond this wait for the next round, so that the first verdicts of a rush are not held up by the last.
const ROUND: usize = 256;

/// A verdict on its way back: the slot that it belongs to.
pub(crate) type Verdict = (usize, Result<Graded, GraderError>);

/// One request and where its verdict goes.
pub(crate) struct Asked {
    pub query: Query,
    pub slot: usize,
    pub reply: Sender<Verdict>,
}

/// Where workers bring attempts. Ends when every sender is gone.
pub(crate) fn grader_thread(
    grader: Arc<dyn Grader>,
) -> std::io::Result<(Sender<Asked>, JoinHandle<()>)> {
    let (sender, receiver) = channel();
    let thread = std::thread::Builder::new()
        .name("grader".into())
        .spawn(move || serve(&*grader, &receiver))?;
    Ok((sender, thread))
}

fn serve(grader: &dyn Grader, asked: &Receiver<Asked>) {
    while let Ok(first) = asked.recv() {
        let mut round = vec![first];
        round.extend(asked.try_iter().take(ROUND - 1));
        if !answer(grader, round) {
            return;
        }
    }
}

/// Whether the grader can be asked again.
fn answer(grader: &dyn Grader, round: Vec<Asked>) -> bool {
    let contexts: Vec<Vec<(&str, &str)>> = round.iter().map(|asked| pairs(&asked.query)).collect();
    let requests: Vec<Request<'_>> = round
        .iter()
        .zip(&contexts)
        .map(|(asked, context)| {
            Request::new(&asked.query.response, &asked.query.reference).with_context(context)
        })
        .collect();
    // A worker that has gone needs no verdict.
    match grader.grade_many(&requests) {
        Ok(verdicts) => {
            for (asked, graded) in round.iter().zip(verdicts) {
                let _ = asked.reply.send((asked.slot, Ok(graded)));
            }
            true
        }
        Err(error) => {
            let _ = round[0].reply.send((round[0].slot, Err(error)));
            false
        }
    }
}

fn pairs(query: &Query) -> Vec<(&str, &str)> {
    query
        .context
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
