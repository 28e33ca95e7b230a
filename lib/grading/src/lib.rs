//! Extracts final answers and decides whether they equal the reference.
