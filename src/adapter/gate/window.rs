//! Times of the week at which promotions are allowed.

use jiff::Span;
use jiff::tz::TimeZone;

use super::zone;
use crate::domain::WeeklyWindow;
use crate::port::{GateContext, GateState};

/// Whether it is a time that one of `allow` has.
pub fn state(allow: &[WeeklyWindow], zone: &TimeZone, step: &GateContext) -> GateState {
    let today = zone::clock(zone, step.now).date();
    // A window of yesterday may end today, and the longest pause is a week.
    let days = (-1..=8).filter_map(|n| today.checked_add(Span::new().days(n)).ok());
    let periods = days.flat_map(|day| allow.iter().filter_map(move |window| window.on(day)));
    let mut next: Option<i64> = None;
    for period in periods {
        let (from, until) = (
            zone::time(zone, period.from),
            zone::time(zone, period.until),
        );
        if (from..until).contains(&step.now) {
            return GateState::Passed;
        }
        if from > step.now {
            next = Some(next.map_or(from, |next| next.min(from)));
        }
    }
    match next {
        Some(next) => GateState::Waiting {
            why: format!("the next window opens at {}", zone::shown(zone, next)),
            until: Some(next),
        },
        None => GateState::Failed {
            why: "it has no times at which promotions are allowed".to_owned(),
        },
    }
}
