//! Periods in which nothing is promoted.

use jiff::tz::TimeZone;

use super::zone;
use crate::domain::Period;
use crate::port::{GateContext, GateState};

/// Whether it is a time outside of all periods.
pub fn state(periods: &[Period], zone: &TimeZone, step: &GateContext) -> GateState {
    let ends = periods.iter().filter_map(|period| {
        let (from, until) = (
            zone::time(zone, period.from),
            // Frozen through both of the hours that the clock shows twice.
            zone::last_time(zone, period.until),
        );
        (from..until).contains(&step.now).then_some(until)
    });
    match ends.max() {
        Some(until) => GateState::Waiting {
            why: format!("promotions are frozen until {}", zone::shown(zone, until)),
            until: Some(until),
        },
        None => GateState::Passed,
    }
}
