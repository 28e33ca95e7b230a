//! The decoder on a CPU, in kernels whose results do not depend on the batch.
