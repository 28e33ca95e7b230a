//! GAE, RLOO, GRPO, REINFORCE and whitening over slices and masks.
