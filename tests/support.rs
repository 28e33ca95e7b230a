//! Finds the stages under test and the folders they work in.
