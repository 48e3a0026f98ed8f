//! A time between two moments, such as a freeze of promotions.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use thiserror::Error;

/// A time between two moments, in the local time of some zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Period {
    /// The moment at which it starts.
    pub from: DateTime,
    /// The moment at which it has ended.
    pub until: DateTime,
}

/// A text that is not a moment, or moments in the wrong order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum PeriodError {
    /// The first text is not a moment.
    #[error("its start is not of the form 2026-12-20 or 2026-12-20T18:00")]
    From,
    /// The second text is not a moment.
    #[error("its end is not of the form 2026-12-20 or 2026-12-20T18:00")]
    To,
    /// The end is not after the start.
    #[error("it ends before it starts")]
    Order,
}

impl Period {
    /// Parses the first and the last moment; a date without a time is the whole day.
    ///
    /// # Errors
    /// When a text is neither a date nor a date with a time, or the period would be empty.
    pub fn parse(from: &str, to: &str) -> Result<Self, PeriodError> {
        let time = |text: &str| DateTime::strptime("%Y-%m-%dT%H:%M", text).ok();
        let day = |text: &str| Date::strptime("%Y-%m-%d", text).ok();
        let start = day(from).map(|day| day.to_datetime(Time::midnight()));
        let next = day(to).and_then(|day| day.tomorrow().ok());
        let end = next.map(|day| day.to_datetime(Time::midnight()));
        let from = start.or_else(|| time(from)).ok_or(PeriodError::From)?;
        let until = end.or_else(|| time(to)).ok_or(PeriodError::To)?;
        if from < until {
            Ok(Self { from, until })
        } else {
            Err(PeriodError::Order)
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_the_whole_day() {
        for (from, to, expected) in [
            (
                "2026-12-20",
                "2026-12-20",
                Ok("2026-12-20T00:00:00 to 2026-12-21T00:00:00"),
            ),
            (
                "2026-12-20T18:00",
                "2027-01-02",
                Ok("2026-12-20T18:00:00 to 2027-01-03T00:00:00"),
            ),
            (
                "2026-12-20",
                "2026-12-20T08:30",
                Ok("2026-12-20T00:00:00 to 2026-12-20T08:30:00"),
            ),
            ("20.12.2026", "2026-12-20", Err(PeriodError::From)),
            ("2026-12-20", "2026-12-32", Err(PeriodError::To)),
            ("2026-12-20", "2026-12-21T08:00+01", Err(PeriodError::To)),
            ("2026-12-20", "2026-12-19", Err(PeriodError::Order)),
            (
                "2026-12-20T18:00",
                "2026-12-20T18:00",
                Err(PeriodError::Order),
            ),
        ] {
            let found = Period::parse(from, to).map(|period| period.to_string());
            assert_eq!(found, expected.map(ToOwned::to_owned), "{from} {to}");
        }
    }
}
