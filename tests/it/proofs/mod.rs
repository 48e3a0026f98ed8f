//! What holds when many promote at once, and when a promotion dies at any point.
//!
//! Each prints its figures; `cargo test -- proofs --nocapture` shows them.

mod crashes;
mod faults;
mod races;
mod secrets;
