//! What every main shares: flag groups, configuration files, exit codes, progress, signals.
