//! Times on the clock of a zone.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// What a zone's clock shows at a time, in seconds since 1970.
pub fn clock(zone: &TimeZone, time: i64) -> DateTime {
    at(zone, time).datetime()
}

/// When a zone's clock shows this, in seconds since 1970. Of two such times it is the first; a time that
/// the clock skips is moved by as much as it skips.
pub fn time(zone: &TimeZone, clock: DateTime) -> i64 {
    let time = zone.to_ambiguous_zoned_datetime(clock).compatible();
    time.map_or(i64::MAX, |time| time.timestamp().as_second())
}

/// The same, but of two such times the second.
pub fn last_time(zone: &TimeZone, clock: DateTime) -> i64 {
    let time = zone.to_ambiguous_zoned_datetime(clock).later();
    time.map_or(i64::MAX, |time| time.timestamp().as_second())
}

/// A time as messages show it.
pub fn shown(zone: &TimeZone, time: i64) -> String {
    at(zone, time).strftime("%a %Y-%m-%d %H:%M %Z").to_string()
}

fn at(zone: &TimeZone, time: i64) -> ZonedDateTime {
    // Only a damaged record has a time out of range.
    let time = Timestamp::from_second(time).unwrap_or_default();
    time.to_zoned_datetime(zone.clone())
}
