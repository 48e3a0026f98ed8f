//! What holds when many promote at once, and when a promotion dies at any point.
//!
//! Each prints its figures; `cargo test -- proofs --nocapture` shows them.

mod crashes;
mod faults;
mod races;
mod secrets;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Lets one proof run at a time: each keeps the whole machine busy, and a server that has to wait
/// for it looks like one that does not answer.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}
