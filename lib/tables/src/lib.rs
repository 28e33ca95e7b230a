//! Reading and writing rows: JSONL and Parquet, standard streams, atomic files.
