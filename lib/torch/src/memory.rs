//! How freed memory is kept for the next operation.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use std::ffi::c_int;

/// Lets the allocator keep what libtorch frees instead of giving it back to the system.
///
/// Every operation on the CPU allocates its result. glibc maps arrays above 128 kB afresh and the
/// kernel clears each page as it is touched: a quarter of the time of a forward pass over a small
/// model. With these thresholds the same pages serve again; the process then keeps its largest
/// working set until it ends. Arrays above 32 MiB are mapped afresh all the same; libtorch is told to
/// ask for huge pages for them, which halves what the kernel takes to hand them out. To be called
/// before threads start. Does nothing with other C libraries.
pub fn keep_freed_memory() {
    ask_for_huge_pages();
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        // As <malloc.h> has them. 32 MiB is the highest threshold that every glibc takes.
        const M_TRIM_THRESHOLD: c_int = -1;
        const M_TOP_PAD: c_int = -2;
        const M_MMAP_THRESHOLD: c_int = -3;
        const KEPT: [(c_int, c_int); 3] = [
            (M_MMAP_THRESHOLD, 32 << 20),
            (M_TRIM_THRESHOLD, c_int::MAX),
            (M_TOP_PAD, 64 << 20),
        ];
        for (parameter, value) in KEPT {
            // SAFETY: mallopt takes two integers by value and locks the allocator itself; values
            // that it does not accept are refused by its result and change nothing.
            #[allow(unsafe_code)]
            unsafe {
                mallopt(parameter, value);
            }
        }
    }
}

/// What libtorch's allocator reads before its first array of 2 MiB or more; a value that is set stays.
fn ask_for_huge_pages() {
    const NAME: &str = "THP_MEM_ALLOC_ENABLE";
    if std::env::var_os(NAME).is_none() {
        // SAFETY: no other thread reads the environment yet.
        #[allow(unsafe_code)]
        unsafe {
            std::env::set_var(NAME, "1");
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
// SAFETY: the declaration of glibc's <malloc.h>: int mallopt(int param, int value).
unsafe extern "C" {
    fn mallopt(parameter: c_int, value: c_int) -> c_int;
}

#[cfg(test)]
mod tests {
    #[test]
    fn allocation_goes_on() {
        super::keep_freed_memory();
        assert!(std::env::var_os("THP_MEM_ALLOC_ENABLE").is_some());
        let big = vec![1u8; 10_000_000];
        assert_eq!(
            big.iter().map(|byte| u64::from(*byte)).sum::<u64>(),
            10_000_000
        );
    }
}
