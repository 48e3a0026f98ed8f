//! Something of both sides of a pair.

/// Something of the source's file, and the same of the target's.
#[derive(Clone, Debug, Default)]
pub(super) struct BothSides<T> {
    pub source: T,
    pub target: T,
}
