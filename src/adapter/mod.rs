//! The outside world behind the ports.

pub mod clock;
pub mod forge;
pub mod git;
