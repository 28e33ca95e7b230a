//! The decoder panics on some damaged files. Here such a panic becomes an error like any other.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder; a panic in it is not printed but returned as its message. What the decoder worked
/// on must not be used again after an error.
pub fn guarded<T>(decode: impl FnOnce() -> T) -> Result<T, String> {
    silence();
    DECODING.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(decode));
    DECODING.set(false);
    outcome.map_err(|payload| format!("damaged data ({})", words(&*payload)))
}

/// Panics elsewhere are printed as before.
fn silence() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !DECODING.get() {
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
