//! Durations such as `90s`, `10m`, `1h` and `2d`.

use std::time::Duration;

use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;

/// What a duration is for the schema.
pub(super) const PATTERN: &str = "^[1-9][0-9]{0,4}[smhd]$";

/// Reads a duration, if there is a text; notes one that is not valid.
pub(super) fn read(text: Option<&String>, at: &Pointer, notes: &mut Notes) -> Option<Duration> {
    let text = text?;
    let duration = parse(text);
    if duration.is_none() {
        let message = format!("{} is not a time", quoted(text));
        let hint = "write a number with `s`, `m`, `h` or `d`, such as `90s` or `10m`";
        notes.fault(Note::at(at.clone(), message).hint(hint));
    }
    duration
}

/// A duration such as `90s`, `10m`, `1h` or `2d`.
fn parse(text: &str) -> Option<Duration> {
    let (number, seconds) = match text.char_indices().last()? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3_600),
        (at, 'd') => (&text[..at], 86_400),
        _ => return None,
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_number)?;
    (1..100_000)
        .contains(&number)
        .then(|| Duration::from_secs(number * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, seconds) in [
            ("90s", Some(90)),
            ("10m", Some(600)),
            ("2h", Some(7_200)),
            ("3d", Some(259_200)),
            ("0s", None),
            ("10", None),
            ("m", None),
            ("+5m", None),
            ("-5m", None),
            ("1.5h", None),
            ("100000s", None),
            ("5µ", None),
            ("", None),
        ] {
            assert_eq!(parse(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
