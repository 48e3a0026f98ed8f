//! Runs commands in temporary folders of this machine.
//!
//! | file | what it holds |
//! |---|---|
//! | `checkout` | a temporary folder with the files of a commit |
//! | `process` | running a program within limits of time and output |
//! | `running` | what is ended by a signal: commands and folders |
//! | `environment` | the variables that a command gets |
//! | `workflow/` | workflows: commands, requests and CI runs |

mod checkout;
mod environment;
mod process;
mod running;
mod workflow;

use crate::port::{Checkout, Runner, RunnerError, Snapshot};
use checkout::LocalCheckout;

pub use running::end_on_signals;
pub use workflow::ConfiguredWorkflows;

/// Refuses to run commands.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRunner;

impl Runner for NoRunner {
    fn check_out(&self, _: &dyn Snapshot) -> Result<Box<dyn Checkout>, RunnerError> {
        Err(RunnerError::NotHere)
    }
}

/// Runs commands as child processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalRunner;

impl Runner for LocalRunner {
    fn check_out(&self, snapshot: &dyn Snapshot) -> Result<Box<dyn Checkout>, RunnerError> {
        Ok(Box::new(LocalCheckout::of(snapshot)?))
    }
}
