//! What policies set for verification.

use std::time::Duration;

use super::file::PolicyEntry;
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::words::quoted;
use crate::domain::VerifySettings;

/// Reads the commands and their time limit.
pub(super) fn read(entry: &PolicyEntry, at: &Pointer, notes: &mut Notes) -> VerifySettings {
    let commands = entry.verify.as_ref().map(|list| {
        let commands = list.each(&at.key("verify")).into_iter();
        commands
            .map(|(at, command)| {
                if command.trim().is_empty() || command.contains('\0') {
                    notes.fault(Note::at(at, "a command is empty or has a null character"));
                }
                command.clone()
            })
            .collect()
    });
    let time_limit = entry.verify_timeout.as_ref().and_then(|text| {
        let limit = duration(text);
        if limit.is_none() {
            let message = format!("{} is not a time", quoted(text));
            let note = Note::at(at.key("verifyTimeout"), message);
            notes.fault(note.hint("write a number with `s`, `m` or `h`, such as `90s` or `10m`"));
        }
        limit
    });
    VerifySettings {
        commands,
        time_limit,
    }
}

/// A time such as `90s`, `10m` or `1h`.
fn duration(text: &str) -> Option<Duration> {
    let (number, seconds) = match text.char_indices().last()? {
        (at, 's') => (&text[..at], 1),
        (at, 'm') => (&text[..at], 60),
        (at, 'h') => (&text[..at], 3_600),
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
    fn times_have_a_number_and_a_unit() {
        for (text, seconds) in [
            ("90s", Some(90)),
            ("10m", Some(600)),
            ("2h", Some(7_200)),
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
            assert_eq!(duration(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
