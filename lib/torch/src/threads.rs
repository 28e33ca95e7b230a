//! How many threads one operation of libtorch uses.

/// Sets the number of threads inside one operation, for threads that are started from now on and
/// for the calling one. Results of reductions may depend on it in the last bits: what must not
/// depend on the machine is computed with 1.
pub fn set_threads(count: usize) {
    tch::set_num_threads(i32::try_from(count.max(1)).unwrap_or(i32::MAX));
}

/// The number of threads inside one operation.
pub fn threads() -> usize {
    usize::try_from(tch::get_num_threads()).unwrap_or(1)
}
