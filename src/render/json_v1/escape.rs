//! Invisible characters in JSON.
//!
//! # Why
//!
//! JSON itself only escapes the oldest control characters. The output often ends up in a terminal or
//! in the log of a CI runner, where others have the same effects. `\u009b` is the same value to every
//! reader of JSON.

use std::io::{self, Write};

use crate::domain::is_invisible;
use crate::render::terminal::is_command_sign;

/// Writes JSON with its invisible characters escaped, each time many whole characters.
///
/// Outside of strings, JSON as it is written here has no such characters but line ends.
pub(super) struct Escape<W>(pub W);

impl<W: Write> Write for Escape<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if is_plain(bytes) {
            self.0.write_all(bytes)?;
            return Ok(bytes.len());
        }
        // The serializer writes whole characters, and a buffer passes on what it was given.
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let mut start = 0;
        for (at, c) in text.char_indices() {
            let must_escape = match c {
                '\n' => false,
                ':' | '#' => begins_command(text, at),
                c => is_invisible(c),
            };
            if must_escape {
                self.0.write_all(&bytes[start..at])?;
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(self.0, "\\u{unit:04x}")?;
                }
                start = at + c.len_utf8();
            }
        }
        self.0.write_all(&bytes[start..])?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Whether a command for a CI runner can begin at a `:` or `#`: at the start of a string, or anywhere.
fn begins_command(json: &str, at: usize) -> bool {
    let (before, rest) = json.split_at(at);
    let starts_string = || before.is_empty() || before.trim_end().ends_with('"');
    (!rest.starts_with(':') || starts_string()) && is_command_sign(rest, 0)
}

/// Whether bytes have nothing to escape, as nearly all have. Without an early end, so that many bytes
/// are compared at once.
#[expect(clippy::needless_bitwise_bool, reason = "a branch would be slower")]
fn is_plain(bytes: &[u8]) -> bool {
    let is_printable = |all, byte: &u8| all & matches!(byte, b'\n' | b' '..=b'~');
    let begins_command = |any, (a, b): (&u8, &u8)| any | (matches!(a, b':' | b'#') & (a == b));
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    bytes.iter().fold(true, is_printable) && !pairs.fold(false, begins_command)
}
