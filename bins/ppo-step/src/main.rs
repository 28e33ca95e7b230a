//! One pass of clipped PPO: policy and critic.
fn main() {}
