//! Rows in, rows out, in order: graded in parallel when many are waiting, at once when one is.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use anyhow::Result;
use records::Row;
use stage::{Context, IoArgs};
use tables::{Reader, TableError, Writer};

/// Rows that are graded together when that many are waiting.
const BATCH: usize = 1024;

/// Passes the input through `grade`, which keeps number and order of the rows. The output is left to be finished.
pub fn rows(
    io: &IoArgs,
    context: &Context,
    what: &str,
    grade: impl Fn(Vec<Row>) -> Result<Vec<Row>>,
) -> Result<Writer> {
    let input = io.open()?;
    let mut output = io.create()?;
    let progress = context.progress(None, what);
    // The reader runs ahead, so that a slow writer of the input never holds back rows that are here.
    let (sender, receiver) = sync_channel(2 * BATCH);
    thread::spawn(move || read(input, &sender));
    while let Some(batch) = waiting(&receiver) {
        let mut failure = None;
        let mut rows = Vec::with_capacity(batch.len());
        for row in batch {
            match row {
                Ok(row) => rows.push(row),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let count = rows.len() as u64;
        for row in grade(rows)? {
            output.write(row)?;
        }
        progress.inc(count);
        if let Some(error) = failure {
            return Err(error.into());
        }
    }
    progress.finish();
    Ok(output)
}

fn read(input: Reader, sender: &SyncSender<Result<Row, TableError>>) {
    for row in input {
        let failed = row.is_err();
        // The receiver is gone when the stage has failed or its reader has left.
        if sender.send(row).is_err() || failed {
            return;
        }
    }
}

/// The next row and whatever else is there by now.
fn waiting(receiver: &Receiver<Result<Row, TableError>>) -> Option<Vec<Result<Row, TableError>>> {
    let mut batch = vec![receiver.recv().ok()?];
    batch.extend(receiver.try_iter().take(BATCH - 1));
    Some(batch)
}
