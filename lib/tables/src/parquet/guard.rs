//! The decoder panics on some damaged files, the encoder on some types. Here such a panic becomes an error like any
//! other.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder; see [`caught`].
pub fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, String> {
    caught(decode).map_err(|words| format!("damaged data ({words})"))
}

/// Runs foreign code; a panic in it is not printed but returned as its message. What the
/// code worked on must not be used again after an error.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    silence();
    GUARDED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(false);
    outcome.map_err(|payload| words(&*payload).to_owned())
}

/// Panics elsewhere are printed as before.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
}

fn words(payload: &(dyn Any + Send)) -> &str {
    let literal = payload.downcast_ref::<&str>().copied();
    let built = payload.downcast_ref::<String>().map(String::as_str);
    literal.or(built).unwrap_or("no reason given")
}
