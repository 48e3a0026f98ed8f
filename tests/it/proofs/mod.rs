//! What holds when many promote at once, and when a promotion dies at any point.
//!
//! Each prints its figures; `cargo test -- proofs --nocapture` shows them.

mod crashes;
mod faults;
mod promoted;
mod races;
mod release_kills;
mod secrets;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many halves of the machine are free.
static FREE: (Mutex<usize>, Condvar) = (Mutex::new(2), Condvar::new());

/// A share of the machine, until it is dropped.
///
/// # Why
///
/// Each proof keeps the whole machine busy, or half of it; and a server that has to wait for others
/// looks like one that does not answer.
struct Share(usize);

/// The points at which a proof kills or fails something: all of them if `GIT_PROMOTE_ALL_KILLS` is set, as
/// `.ci/nightly kills` does, else every `stride`th.
fn chosen<T>(points: Vec<T>, stride: usize) -> Vec<T> {
    points.into_iter().step_by(stride_of(stride)).collect()
}

fn stride_of(stride: usize) -> usize {
    match std::env::var_os("GIT_PROMOTE_ALL_KILLS") {
        Some(_) => 1,
        None => stride,
    }
}

/// Waits for the whole machine.
fn alone() -> Share {
    Share::take(2)
}

/// Waits for a half of it: for proofs that do one thing at a time.
fn half() -> Share {
    Share::take(1)
}

impl Share {
    fn take(wanted: usize) -> Self {
        let mut free = FREE
            .1
            .wait_while(Self::free(), |free| *free < wanted)
            .unwrap_or_else(PoisonError::into_inner);
        *free -= wanted;
        Self(wanted)
    }

    /// A proof that failed has let go of its share all the same.
    fn free() -> MutexGuard<'static, usize> {
        FREE.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        *Self::free() += self.0;
        FREE.1.notify_all();
    }
}
