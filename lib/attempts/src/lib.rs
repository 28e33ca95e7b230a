//! The multi-attempt dialogue as a pure state machine: budget, feedback, reward.
