//! The door to libtorch: devices, threads, CUDA on demand.
