//! Dates, in universal time.

/// A time in seconds since 1970, as `2026-01-02 03:04`.
pub fn short(time: i64) -> String {
    let (year, month, day, seconds) = parts(time);
    let (hour, minute) = (seconds / 3600, seconds / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
}

/// The day of a time in seconds since 1970, as `2026-01-02`.
pub fn day(time: i64) -> String {
    let (year, month, day, _) = parts(time);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A time in seconds since 1970, as RFC 3339 writes it: `2026-01-02T03:04:05Z`.
pub fn rfc_3339(time: i64) -> String {
    let (year, month, day, seconds) = parts(time);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of the Gregorian calendar, and the second of the day.
///
/// The algorithm is Howard Hinnant's `civil_from_days`: years begin in March, so that a leap day is the
/// last one of its year.
fn parts(time: i64) -> (i64, i64, i64, i64) {
    let days = time.div_euclid(86_400) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day, time.rem_euclid(86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_gregorian_calendar() {
        for (time, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (1_767_323_045, "2026-01-02T03:04:05Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(rfc_3339(time), expected);
            assert_eq!(short(time), expected[..16].replace('T', " "));
            assert_eq!(day(time), expected[..10]);
        }
    }
}
