//! The policy of equality, clause by clause.

/// How equality is decided; the default is the documented policy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {}
