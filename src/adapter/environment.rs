//! The environment of the process.

use std::env;
use std::sync::Arc;

use crate::port::Variables;

/// Reads the variables of the process.
pub fn of_process() -> Variables {
    Arc::new(|name| env::var(name).ok())
}
