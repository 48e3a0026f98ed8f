//! Durations, as `promote.yaml` has them.

use std::time::Duration;

/// A whole number of the largest unit that needs no other: `90s`, `10m`, `24h`, `2d`.
pub(super) fn short(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm')];
    let whole = units
        .iter()
        .find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    // A day reads better as `24h`.
    match whole {
        Some((86_400, _)) if seconds == 86_400 => "24h".to_owned(),
        Some((unit, letter)) => format!("{}{letter}", seconds / unit),
        None => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_is_used() {
        for (seconds, expected) in [
            (0, "0s"),
            (90, "90s"),
            (600, "10m"),
            (5_400, "90m"),
            (7_200, "2h"),
            (86_400, "24h"),
            (172_800, "2d"),
        ] {
            assert_eq!(short(Duration::from_secs(seconds)), expected);
        }
    }
}
