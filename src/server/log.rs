//! What happens in the background, and who changes what: a line each.

use std::io::Write;
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::caller::Caller;
use crate::domain::Person;
use crate::render::{Advice, date, escaped};

/// Where lines go.
pub(super) struct Log(Mutex<Lines>);

struct Lines {
    out: Box<dyn Write + Send>,
    /// The minute, since 1970, of the last line that a stranger caused.
    minute: i64,
    /// How many such lines were written in it.
    written: usize,
    /// How many were left out in it.
    left_out: usize,
}

/// Who causes a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The server, or somebody who it knows.
    Known,
    /// Anyone who can reach the server, as often as they like.
    Stranger,
}

/// The most lines in a minute that strangers cause.
const MOST_OF_STRANGERS: usize = 60;

impl Log {
    pub fn new(out: Box<dyn Write + Send>) -> Self {
        Self(Mutex::new(Lines {
            out,
            minute: 0,
            written: 0,
            left_out: 0,
        }))
    }

    /// Something failed for which nobody waits.
    pub fn failure(&self, repository: &str, advice: &Advice) {
        self.line(&format!(
            "error repository={repository} {}",
            in_words(advice)
        ));
    }

    /// Something that whoever runs the server should know.
    pub fn notice(&self, what: &str) {
        self.line(&format!("notice {what}"));
    }

    /// A sign-in failed, which anyone can begin.
    pub fn sign_in_failed(&self, why: &dyn std::error::Error) {
        let text = format!("notice a sign-in failed: {why}");
        self.line_of(Cause::Stranger, &text);
    }

    /// The ID token of a program is refused, which anyone can send.
    pub fn token_refused(&self, why: &dyn std::error::Error) {
        let text = format!("notice an ID token was refused: {why}");
        self.line_of(Cause::Stranger, &text);
    }

    /// The program has a fault, which concerns this repository.
    pub fn broken(&self, repository: &str, error: &dyn std::error::Error) {
        self.line(&format!("error repository={repository} {error}"));
    }

    /// A person changes something; `stage` is how far it is, or how it ended.
    pub fn change(&self, repository: &str, caller: &Caller, what: &str, stage: &str) {
        let what = bounded(what);
        let stage = bounded(stage);
        self.line(&format!(
            "change repository={repository} by={caller} {what}: {stage}"
        ));
    }

    /// A change was refused before anything looked at it.
    pub fn refused(&self, caller: &Caller, what: &str) {
        let cause = match caller {
            Caller::Unknown => Cause::Stranger,
            Caller::Local | Caller::Person(_) | Caller::SignedIn(_) => Cause::Known,
        };
        self.line_of(cause, &format!("refused by={caller} {}", bounded(what)));
    }

    /// Somebody has signed in.
    pub fn signed_in(&self, person: &Person) {
        self.line(&format!("sign-in by={:?}", person.to_string()));
    }

    /// Somebody has signed out.
    pub fn signed_out(&self, person: &Person) {
        self.line(&format!("sign-out by={:?}", person.to_string()));
    }

    fn line(&self, text: &str) {
        self.line_of(Cause::Known, text);
    }

    fn line_of(&self, cause: Cause, text: &str) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |now| i64::try_from(now.as_secs()).unwrap_or_default());
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.write(now, cause, text);
    }
}

impl Lines {
    fn write(&mut self, now: i64, cause: Cause, text: &str) {
        if self.minute != now / 60 {
            self.minute = now / 60;
            self.written = 0;
            let left_out = std::mem::take(&mut self.left_out);
            if left_out > 0 {
                let text = format!("notice {left_out} lines about strangers were left out");
                self.line(now, &text);
            }
        }
        if cause == Cause::Stranger {
            if self.written == MOST_OF_STRANGERS {
                self.left_out += 1;
                return;
            }
            self.written += 1;
        }
        self.line(now, text);
    }

    fn line(&mut self, now: i64, text: &str) {
        // A closed output does not end the server.
        let _ = writeln!(self.out, "{} {}", date::rfc_3339(now), escaped(text));
        let _ = self.out.flush();
    }
}

/// An error with its causes.
pub(super) fn in_words(advice: &Advice) -> String {
    let causes = advice.causes.iter().map(|cause| format!(": {cause}"));
    let causes: String = causes.collect();
    format!("{}{causes}", advice.message)
}

/// The longest text of others in a line, in characters.
const LONGEST: usize = 600;

/// The beginning of a text of others.
pub(super) fn bounded(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Arc;

    use super::*;

    /// Where a test reads what was logged.
    #[derive(Clone, Default)]
    pub struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Memory {
        pub fn lines(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(str::to_owned).collect()
        }
    }

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn strangers_cause_so_many_lines_in_a_minute_and_the_rest_is_counted() {
        let memory = Memory::default();
        let log = Log::new(Box::new(memory.clone()));
        let write = |now, cause, text| log.0.lock().unwrap().write(now, cause, text);
        for _ in 0..100 {
            write(600, Cause::Stranger, "refused");
        }
        write(601, Cause::Known, "change");
        assert_eq!(memory.lines().len(), MOST_OF_STRANGERS + 1);
        assert!(memory.lines().last().unwrap().ends_with(" change"));
        write(660, Cause::Stranger, "refused");
        let lines = memory.lines();
        let [.., count, last] = &lines[..] else {
            panic!("{lines:?}");
        };
        assert!(count.ends_with(" notice 40 lines about strangers were left out"));
        assert!(last.ends_with(" refused"));
    }

    #[test]
    fn a_line_is_one_line_and_has_an_end() {
        let memory = Memory::default();
        let log = Log::new(Box::new(memory.clone()));
        let hostile = format!("promote\n2026 change by=root\u{1b}[2K{}", "x".repeat(5000));
        log.change("shop", &Caller::Local, &hostile, &hostile);
        log.refused(&Caller::Unknown, &hostile);
        let lines = memory.lines();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for line in lines {
            assert!(!line.contains('\u{1b}') && line.len() < 1500, "{line}");
        }
    }
}
