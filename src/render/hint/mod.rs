//! Hints: what to do about an error.

mod engine;
mod forge;
mod kind;
mod names;
mod release;
mod releases;
mod repository;

pub use engine::of_engine;
pub use kind::{FailureKind, Hint};
pub use release::of_release;
pub use releases::of_releases;
pub use repository::of_repository;
