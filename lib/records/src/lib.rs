//! The rows that stages exchange: fields, types and located errors; no input or output.
