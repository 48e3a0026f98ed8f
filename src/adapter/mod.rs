//! The outside world behind the ports.

pub mod clock;
pub mod environment;
pub mod forge;
pub mod gate;
pub mod git;
pub mod limits;
pub mod runner;
