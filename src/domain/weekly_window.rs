//! Times of the week, such as `Mon-Fri 09:00-16:00`.

use std::fmt;

use jiff::Span;
use jiff::civil::{Date, Time};
use thiserror::Error;

use super::period::Period;

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const DAY: u16 = 24 * 60;

/// A time on some days of the week, in the local time of some zone.
///
/// It is written as days, times or both: `Mon-Fri 09:00-16:00`, `Sat,Sun`, `22:00-02:00`. A time that ends
/// before it starts ends on the next day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WeeklyWindow {
    /// The days on which it starts, from Monday.
    days: [bool; 7],
    /// The minute of the day at which it starts.
    from: u16,
    /// The minute of the day at which it has ended; up to 24:00.
    to: u16,
    text: String,
}

/// A text that is not a time of the week.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum WeeklyWindowError {
    /// Neither days nor times.
    #[error("it is empty")]
    Empty,
    /// A part that is neither.
    #[error("it has more than days and times")]
    Parts,
    /// A word that is no day.
    #[error("a day is not one of Mon, Tue, Wed, Thu, Fri, Sat and Sun")]
    Day,
    /// Not a start and an end.
    #[error("a time is not of the form 09:00-16:00")]
    Time,
    /// Start and end are equal.
    #[error("it ends when it starts")]
    NoTime,
}

impl WeeklyWindow {
    /// Parses a text.
    ///
    /// # Errors
    /// When it is not of the form `Mon-Fri 09:00-16:00`.
    pub fn parse(text: &str) -> Result<Self, WeeklyWindowError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_time = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
        let (days, times) = match words.as_slice() {
            [] => return Err(WeeklyWindowError::Empty),
            [times] if is_time(times) => (None, Some(*times)),
            [days] => (Some(*days), None),
            [days, times] => (Some(*days), Some(*times)),
            _ => return Err(WeeklyWindowError::Parts),
        };
        let (from, to) = times.map_or(Ok((0, DAY)), read_times)?;
        Ok(Self {
            days: days.map_or(Ok([true; 7]), read_days)?,
            from,
            to,
            text: words.join(" "),
        })
    }

    /// When it is on a day, if it starts on that day.
    pub fn on(&self, day: Date) -> Option<Period> {
        let weekday = usize::try_from(day.weekday().to_monday_zero_offset()).ok()?;
        if !self.days[weekday] {
            return None;
        }
        let at = |day: Date, minute: u16| {
            let midnight = day.to_datetime(Time::midnight());
            midnight
                .checked_add(Span::new().minutes(i64::from(minute)))
                .ok()
        };
        let last_day = if self.from < self.to {
            day
        } else {
            day.tomorrow().ok()?
        };
        Some(Period {
            from: at(day, self.from)?,
            until: at(last_day, self.to)?,
        })
    }
}

impl fmt::Display for WeeklyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `Mon-Fri`, `Sat,Sun`; `Sat-Mon` goes over the end of the week.
fn read_days(text: &str) -> Result<[bool; 7], WeeklyWindowError> {
    let day = |word: &str| {
        let found = DAYS.iter().position(|day| day.eq_ignore_ascii_case(word));
        found.ok_or(WeeklyWindowError::Day)
    };
    let mut days = [false; 7];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        let count = (last + 7 - first) % 7;
        (0..=count).for_each(|i| days[(first + i) % 7] = true);
    }
    Ok(days)
}

/// `09:00-16:00`, as minutes of the day.
fn read_times(text: &str) -> Result<(u16, u16), WeeklyWindowError> {
    let (from, to) = text.split_once('-').ok_or(WeeklyWindowError::Time)?;
    let (from, to) = (minute(from)?, minute(to)?);
    match from {
        _ if from == to => Err(WeeklyWindowError::NoTime),
        DAY => Err(WeeklyWindowError::Time),
        _ => Ok((from, to)),
    }
}

/// `09:00`, as a minute of the day; `24:00` is its end.
fn minute(text: &str) -> Result<u16, WeeklyWindowError> {
    let number = |digits: &str| {
        let is_number = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|_| is_number)
    };
    let (hour, minute) = text.split_once(':').ok_or(WeeklyWindowError::Time)?;
    let (Some(hour), Some(minute)) = (number(hour), number(minute)) else {
        return Err(WeeklyWindowError::Time);
    };
    let time = hour * 60 + minute;
    if minute < 60 && time <= DAY {
        Ok(time)
    } else {
        Err(WeeklyWindowError::Time)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn it_contains_the_times_of_its_days() {
        // 2026-11-23 is a Monday.
        for (window, day, hour, minute, expected) in [
            ("Mon-Fri 09:00-16:00", 23, 9, 0, true),
            ("Mon-Fri 09:00-16:00", 23, 8, 59, false),
            ("Mon-Fri 09:00-16:00", 27, 15, 59, true),
            ("Mon-Fri 09:00-16:00", 27, 16, 0, false),
            ("Mon-Fri 09:00-16:00", 28, 12, 0, false),
            ("sat,Sun", 29, 23, 59, true),
            ("sat,Sun", 23, 0, 0, false),
            ("Sat-Mon", 23, 0, 0, true),
            ("Sat-Mon", 24, 0, 0, false),
            ("09:00-24:00", 25, 23, 59, true),
            // Over midnight: it belongs to the day on which it starts.
            ("Fri 22:00-02:00", 27, 22, 0, true),
            ("Fri 22:00-02:00", 28, 1, 59, true),
            ("Fri 22:00-02:00", 28, 2, 0, false),
            ("Fri 22:00-02:00", 27, 1, 0, false),
        ] {
            let at = date(2026, 11, day).at(hour, minute, 0, 0);
            let window = WeeklyWindow::parse(window).unwrap();
            let days = [at.date().yesterday().unwrap(), at.date()];
            let mut periods = days.into_iter().filter_map(|day| window.on(day));
            let is_within = periods.any(|period| (period.from..period.until).contains(&at));
            assert_eq!(is_within, expected, "{window} {at}");
        }
    }

    #[test]
    fn other_texts_are_errors() {
        use WeeklyWindowError as E;
        for (text, error) in [
            (" ", E::Empty),
            ("Mon-Fri 09:00-16:00 UTC", E::Parts),
            ("Mo-Fr 09:00-16:00", E::Day),
            ("Mon- 09:00-16:00", E::Day),
            ("9:00-16:00", E::Time),
            ("09:00", E::Time),
            ("09:60-10:00", E::Time),
            ("24:00-09:00", E::Time),
            ("09:00-24:01", E::Time),
            ("09-16", E::Time),
            ("09:00-09:00", E::NoTime),
        ] {
            assert_eq!(WeeklyWindow::parse(text), Err(error), "{text}");
        }
    }
}
