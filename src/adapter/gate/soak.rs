//! A soak time: the change has been in place for so long.

use std::time::Duration;

use crate::plan::shown_duration;
use crate::port::{GateContext, GateState};

/// Whether the change has been in place for `duration`.
pub fn state(duration: Duration, step: &GateContext) -> GateState {
    let Some(landed) = step.landed else {
        return GateState::Waiting {
            why: "the change has not landed".to_owned(),
            until: None,
        };
    };
    let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    let until = landed.since.saturating_add(seconds);
    if step.now >= until {
        return GateState::Passed;
    }
    GateState::Waiting {
        why: format!("it soaks for {}", shown_duration(duration)),
        until: Some(until),
    }
}
